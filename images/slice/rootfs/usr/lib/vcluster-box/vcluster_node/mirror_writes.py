"""Copies what a request to the node daemon has written to simulated DRBD devices to their other sides, if these are in
another slice (`vcluster_storage/drbd/mirror.py`), before it is answered.

With real DRBD, what the scripts of an OS, an import or a conversion have written is on the other side at once.
"""

import os
from types import ModuleType
from typing import Any

from . import expect

#: what does not work without the change
LOST = "what OS scripts, imports and conversions write to disks of template drbd does not reach other hosts"


def change(noded: ModuleType) -> None:
    handler = noded.NodeRequestHandler
    handle = handler.HandleRequest
    expect.parameters(handle, "self", "req")

    def handle_request(self: Any, req: Any) -> Any:
        result = handle(self, req)
        root = os.environ["GANETI_ROOTDIR"]
        # Short requests, which the daemon itself answers, write nothing.
        if os.getpid() != self.noded_pid and os.path.exists(f"{root}/var/lib/vcluster-box/drbd.json"):
            _bring(noded, root)
        return result

    handler.HandleRequest = handle_request


def _bring(noded: ModuleType, root: str) -> None:
    from vcluster_storage.drbd import mirror
    from vcluster_storage.node import Node

    try:
        mirror.bring(Node(root))
    except Exception:
        noded.logging.exception("Cannot copy to the other sides of mirrored disks")
