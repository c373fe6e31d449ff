"""Gives a node that was powered off another boot id, so that Ganeti notices that it has rebooted.

`ganeti-watcher` activates the disks of instances on nodes that have rebooted.  It compares the kernel's boot id
(`ganeti.backend.GetNodeInfo`), which is the same for all nodes here.  `vcluster_slice/nodes/power.py` writes another
one for a node.
"""

import os
from types import ModuleType

BOOT_ID = "var/lib/vcluster-box/boot-id"


def change(backend: ModuleType) -> None:
    kernels = backend._BOOT_ID_PATH
    own = os.path.join(os.environ["GANETI_ROOTDIR"], BOOT_ID)
    # Checked once: powering a node off ends its daemons, and a new one checks again.
    backend._BOOT_ID_PATH = own if os.path.exists(own) else kernels
