"""`gnt-node powercycle` restarts the virtual node, and nothing else.

Ganeti writes to /proc/sysrq-trigger, and where that cannot be, calls `reboot -n -f` (`BaseHypervisor.LinuxPowercycle`, for all
hypervisors).  Both are for a machine that belongs to the node.  Nothing of Ganeti's is left here that would reach for the machine's.
"""

import os
import subprocess
from types import ModuleType
from typing import Any, NoReturn

from . import expect

OOB = "/usr/lib/vcluster-box/oob"


def change(hv_base: ModuleType) -> None:
    expect.parameters(hv_base.BaseHypervisor.LinuxPowercycle, "cls")
    hv_base.BaseHypervisor.LinuxPowercycle = classmethod(_powercycle)


def _powercycle(_hypervisor: Any) -> NoReturn:
    """Runs in a process that the node daemon has forked for this, which on a real machine would not live to see its end."""
    command = [OOB, "power-cycle", os.environ["GANETI_HOSTNAME"]]
    # In a session of its own, for all that belongs to the node daemon ends.
    subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    os._exit(0)
