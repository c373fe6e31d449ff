"""Gives a node that was powered off another boot id, so that Ganeti notices that it has rebooted.

`ganeti-watcher` activates the disks of instances on nodes that have rebooted.  It compares the kernel's boot id
(`ganeti.backend.GetNodeInfo`), which is the same for all nodes here.  `vcluster_slice/nodes/power.py` writes another
one for a node.
"""

import os
from types import ModuleType

BOOT_ID = "var/lib/vcluster-box/boot-id"
#: what does not work without the change
LOST = "ganeti-watcher does not notice that a node was powered off, and does not activate its disks"


def change(backend: ModuleType) -> None:
    backend._BOOT_ID_PATH = _BootIdPath(backend._BOOT_ID_PATH)


class _BootIdPath(os.PathLike[str]):
    """Chosen at each use: a node daemon is not always the node that imported this (`forkserver_process`)."""

    def __init__(self, kernels: str) -> None:
        self._kernels = kernels

    def __fspath__(self) -> str:
        own = os.path.join(os.environ["GANETI_ROOTDIR"], BOOT_ID)
        return own if os.path.exists(own) else self._kernels
