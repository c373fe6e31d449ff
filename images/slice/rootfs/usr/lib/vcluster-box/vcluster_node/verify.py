"""Fixes `gnt-cluster verify` on a kernel without magic SysRq.

If /proc/sysrq-trigger is missing, Ganeti reports that /proc is not mounted (`ganeti.backend.VerifyNode`).  Some kernels
are built without it.  The message is dropped if /proc is visibly mounted; all others stay.
"""

import os
from types import ModuleType
from typing import Any

COMPLAINT = "/proc/sysrq-trigger"
#: what does not work without the change
LOST = "on a kernel without magic SysRq, gnt-cluster verify reports that /proc is not mounted"


def change(backend: ModuleType) -> None:
    original = backend.VerifyNode
    setup = backend.constants.NV_NODESETUP

    def verify_node(what: Any, *rest: Any, **options: Any) -> Any:
        result = original(what, *rest, **options)
        if setup in result and os.path.isdir("/proc/sys"):
            result[setup] = [message for message in result[setup] if COMPLAINT not in message]
        return result

    backend.VerifyNode = verify_node
