"""Lets `gnt-node powercycle` restart the virtual node, and nothing else.

Ganeti writes to /proc/sysrq-trigger, and if that fails, calls `reboot -n -f` (`BaseHypervisor.LinuxPowercycle`, for all
hypervisors).  Both would restart the machine that all nodes run on.
"""

import os
import subprocess
from types import ModuleType
from typing import Any, NoReturn

from . import expect

OOB = "/usr/lib/vcluster-box/oob"
#: what does not work without the change
LOST = "gnt-node powercycle does not restart the node"


def change(hv_base: ModuleType) -> None:
    expect.parameters(hv_base.BaseHypervisor.LinuxPowercycle, "cls")
    hv_base.BaseHypervisor.LinuxPowercycle = classmethod(_powercycle)


def _powercycle(_hypervisor: Any) -> NoReturn:
    """Runs in a process that the node daemon has forked for it, and must not return."""
    command = [OOB, "power-cycle", os.environ["GANETI_HOSTNAME"]]
    # In its own session, because all processes of the node daemon end.
    subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    os._exit(0)
