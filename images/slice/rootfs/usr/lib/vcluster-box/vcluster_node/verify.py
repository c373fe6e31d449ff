"""`gnt-cluster verify` on a kernel without magic SysRq.

Ganeti takes a missing /proc/sysrq-trigger for a sign that /proc is not mounted (`ganeti.backend.VerifyNode`).  Some kernels
are built without it.  The complaint goes where /proc is mounted for all to see; every other one stays.
"""

import os
from types import ModuleType
from typing import Any

COMPLAINT = "/proc/sysrq-trigger"


def change(backend: ModuleType) -> None:
    original = backend.VerifyNode
    setup = backend.constants.NV_NODESETUP

    def verify_node(what: Any, *rest: Any, **options: Any) -> Any:
        result = original(what, *rest, **options)
        if setup in result and os.path.isdir("/proc/sys"):
            result[setup] = [message for message in result[setup] if COMPLAINT not in message]
        return result

    backend.VerifyNode = verify_node
