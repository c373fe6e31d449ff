"""Gives each node a file storage of its own, as real machines have it, although the configuration has one path for all.

Otherwise the disks of an instance would be at the same path on all nodes of a slice, and `gnt-instance move` would fail
with "File exists".  So what Ganeti does with a file at its nominal path, it does with the one below the node's
directory.  OS scripts and `dd` get that path too.  Whether a path is accepted depends on the nominal path, because the
list of accepted paths must be the same on all nodes.  Shared file storage has another path, which does not change.
"""

from types import ModuleType
from typing import Any

from . import expect, file_storage_links
from .own_paths import nominal, real

#: what does not work without the change
LOST = "the nodes of a slice share the files of disks of template file: gnt-instance move fails"


def change_files(filestorage: ModuleType) -> None:
    helper = filestorage.FileDeviceHelper
    create, init, move = helper.CreateFile.__func__, helper.__init__, helper.Move
    expect.parameters(create, "cls", "path", "size")
    expect.parameters(init, "self", "path")
    expect.parameters(move, "self", "new_path")
    exists = helper.Exists
    expect.parameters(exists, "self", "assert_exists")

    def create_file(cls: Any, path: str, *rest: Any, **options: Any) -> Any:
        return create(cls, real(path), *rest, **options)

    def init_helper(self: Any, path: str, *rest: Any, **options: Any) -> None:
        init(self, real(path), *rest, **options)

    def move_file(self: Any, new_path: str) -> None:
        move(self, real(new_path))

    def file_exists(self: Any, *rest: Any, **options: Any) -> bool:
        if not file_storage_links.removed(self.path):
            return bool(exists(self, *rest, **options))
        own, self.path = self.path, nominal(self.path)
        try:
            return bool(exists(self, *rest, **options))
        finally:
            self.path = own

    helper.CreateFile, helper.__init__, helper.Move = classmethod(create_file), init_helper, move_file
    helper.Exists = file_exists
    _change_device(filestorage.FileStorage)
    _change_checks(filestorage)


def _change_device(device: Any) -> None:
    original, assemble = device.__init__, device.Assemble
    expect.parameters(original, "self", "unique_id")
    expect.parameters(assemble, "self")

    def init(self: Any, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **options)
        self.dev_path = self.file.path

    def assemble_here(self: Any) -> None:
        assemble(self)
        file_storage_links.follow(self.dev_path)

    device.__init__, device.Assemble = init, assemble_here


def _change_checks(filestorage: ModuleType) -> None:
    accept, check = filestorage.CheckFileStoragePathAcceptance, filestorage.CheckFileStoragePath
    expect.parameters(accept, "path")
    expect.parameters(check, "path")

    def check_acceptance(path: str, *rest: Any, **options: Any) -> None:
        accept(nominal(path), *rest, **options)

    def check_path(path: str, *rest: Any, **options: Any) -> Any:
        return check(real(path), *rest, **options)

    filestorage.CheckFileStoragePathAcceptance, filestorage.CheckFileStoragePath = check_acceptance, check_path


def change_units(container: ModuleType) -> None:
    """`gnt-node list-storage`: what this node uses, under the path in the configuration."""
    original = container.FileStorage._ListInner
    expect.parameters(original, "path", "fields")
    name = container.constants.SF_NAME

    def list_inner(path: str, fields: list[str]) -> list[Any]:
        values = original(real(path), fields)
        return [path if field == name else value for field, value in zip(fields, values, strict=True)]

    container.FileStorage._ListInner = staticmethod(list_inner)

