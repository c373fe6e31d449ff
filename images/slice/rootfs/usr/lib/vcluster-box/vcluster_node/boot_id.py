"""A node that was without power has booted: its boot id is another one.

`ganeti-watcher` activates disks of instances on nodes that have booted, and tells them by the kernel's boot id
(`ganeti.backend.GetNodeInfo`), which is the same for all nodes.  `vcluster_slice/nodes/power.py` writes another one for a node.
"""

import os
from types import ModuleType

BOOT_ID = "var/lib/vcluster-box/boot-id"


def change(backend: ModuleType) -> None:
    kernels = backend._BOOT_ID_PATH
    own = os.path.join(os.environ["GANETI_ROOTDIR"], BOOT_ID)
    # A node that loses its power loses its daemons, so this is looked at anew.
    backend._BOOT_ID_PATH = own if os.path.exists(own) else kernels
