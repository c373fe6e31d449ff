"""Gives each node a disk of its own, for instances of template `file`.

Ganeti asks the file system (`filestorage.GetFileStorageSpaceInfo` for `gnt-node list` and allocators,
`container.FileStorage` for `gnt-node list-storage`), which is the same for all virtual nodes.  Here the disk is as
large as the plan says.  It is used by the nominal sizes of the instances' files: a disk of 10 GiB uses 10 GiB, although
it takes hardly any space on the engine's disk.  The node's logical volumes are on the same disk
(`vcluster_storage/lvm/state.py`), so they use it too.

Shared storage (`sharedfile`) belongs to no single node, and is reported as Ganeti finds it.
"""

from types import ModuleType
from typing import Any

from . import expect, resources
from .own_paths import ROOT, real

MEBI = 2**20
#: what does not work without the change
LOST = "gnt-node list and list-storage report the machine's disk instead of the node's own"


def change_space(filestorage: ModuleType) -> None:
    original = filestorage.GetFileStorageSpaceInfo
    expect.parameters(original, "path")

    def get_file_storage_space_info(path: str) -> dict[str, Any]:
        info: dict[str, Any] = original(path)
        size = _size()
        if size is None:
            return info
        return {**info, "storage_size": size, "storage_free": max(0, size - _used(real(path)) - _volumes())}

    filestorage.GetFileStorageSpaceInfo = get_file_storage_space_info


def change_list(container: ModuleType) -> None:
    original = container.FileStorage._ListInner
    expect.parameters(original, "path", "fields")
    names = container.constants
    name_of_size, name_of_free, name_of_used = names.SF_SIZE, names.SF_FREE, names.SF_USED

    def list_inner(path: str, fields: list[str]) -> list[Any]:
        values: list[Any] = original(path, fields)
        own, size = _own(path), _size()
        if own is None or size is None:
            return values
        used = _used(own)
        simulated = {name_of_size: size, name_of_used: used, name_of_free: max(0, size - used - _volumes())}
        return [simulated.get(field, value) for field, value in zip(fields, values, strict=True)]

    container.FileStorage._ListInner = staticmethod(list_inner)


def _size() -> int | None:
    own = resources.read()
    return None if own is None else int(own["diskMiB"])


def _own(path: str) -> str | None:
    """The node's own directory for it; None for a path that all nodes share."""
    own = real(path)
    return own if own.startswith(f"{ROOT}/") else None


def _used(path: str) -> int:
    """MiB, by the nominal sizes of the files."""
    from vcluster_storage.node import nominal_size  # here, because every `gnt-*` command imports this file

    return nominal_size(path) // MEBI


def _volumes() -> int:
    """MiB that the node's logical volumes use."""
    from vcluster_storage.lvm import store
    from vcluster_storage.node import Node

    return store.read(Node(ROOT)).volumes_mib()
