"""Links `/srv/ganeti/file-storage/INSTANCE` to that instance's directory on the node that has it.

Users and scripts use the path that `gnt-instance info` shows.  So does Ganeti's QA: it removes an instance's disks with
`rm -rf` on that path, to see them recreated.  That removes only the link.  So if there is no link, the files count as
removed, and a directory of that name is deleted when the next one is created.
"""

import contextlib
import os
from collections.abc import Callable
from types import ModuleType
from typing import Any

from . import expect
from .own_paths import FILE_STORAGE, NODES, nominal, real

#: what does not work without the change
LOST = "the paths of files that gnt-instance info shows do not exist"


def change(backend: ModuleType) -> None:
    transform = backend._TransformFileStorageDir
    create, remove = backend.CreateFileStorageDir, backend.RemoveFileStorageDir
    rename = backend.RenameFileStorageDir
    for function in (transform, create, remove):
        expect.parameters(function, "fs_dir" if function is transform else "file_storage_dir")
    expect.parameters(rename, "old_file_storage_dir", "new_file_storage_dir")

    def create_directory(path: str) -> Any:
        return _followed(create, path, lambda: _link(path))

    def remove_directory(path: str) -> Any:
        return _followed(remove, path, lambda: _unlink(path))

    def rename_directory(old: str, new: str) -> Any:
        result = rename(old, new)
        if _has_link(new):
            _unlink(old)
            _link(new)
        return result

    backend._TransformFileStorageDir = lambda path: real(transform(path))
    backend.CreateFileStorageDir, backend.RemoveFileStorageDir = create_directory, remove_directory
    backend.RenameFileStorageDir = rename_directory


def removed(file: str) -> bool:
    """Whether the link to the directory of this file was removed, by the path that Ganeti shows."""
    return nominal(file) != file and not os.path.lexists(os.path.dirname(nominal(file)))


def follow(file: str) -> None:
    """Points the link to this node, whose disk is about to be used: it might have been copied here."""
    directory = os.path.dirname(nominal(file))
    if _has_link(directory) and os.path.realpath(directory) != os.path.realpath(real(directory)):
        _link(directory)


def _followed(action: Callable[[str], Any], path: str, then: Callable[[], None]) -> Any:
    if not _has_link(path):
        return action(path)
    _clear(path)
    result = action(path)
    then()
    return result


def _has_link(path: str) -> bool:
    """Paths of shared storage, and the storage directory itself, have none."""
    return real(path) != path and os.path.normpath(path) != FILE_STORAGE


def _clear(path: str) -> None:
    if not os.path.lexists(path):
        import shutil  # here, because every `gnt-*` command imports this file, and hardly any needs it

        for directory in _directories(path):
            shutil.rmtree(directory, ignore_errors=True)


def _link(path: str) -> None:
    """Points the link to this node's directory.  A directory in its place is kept."""
    if os.path.isdir(path) and not os.path.islink(path):
        return
    os.makedirs(os.path.dirname(path), 0o750, exist_ok=True)
    _put_link(real(path), path)


def _unlink(path: str) -> None:
    """If another node also has the directory, as after a move, the link then points there."""
    if not os.path.islink(path) or os.path.isdir(path):
        return
    others = _directories(path)
    if others:
        _put_link(others[0], path)
    else:
        os.unlink(path)


def _put_link(directory: str, path: str) -> None:
    """Atomic: without a link, the disks would count as removed."""
    new = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        # Left by a killed process with the same pid.
        os.unlink(new)
    os.symlink(directory, new)
    os.replace(new, path)


def _directories(path: str) -> list[str]:
    """The directories of all nodes of this slice that have one."""
    below = nominal(os.path.normpath(path))
    found = (node.path + below for node in os.scandir(NODES) if node.is_dir())
    return sorted(directory for directory in found if os.path.isdir(directory))
