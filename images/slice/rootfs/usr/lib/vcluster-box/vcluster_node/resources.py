"""What a node has: its simulated memory, CPUs and disk, as the plan says.

The slice writes them into the node directory (`vcluster_slice/nodes/directories.py`).  They are read anew each time, so a change of
the file counts at once.  A node without the file has what the machine has, as Ganeti by itself says.
"""

import json
import os
from typing import Any

FILE = "var/lib/vcluster-box/resources.json"


def read() -> dict[str, Any] | None:
    """`NodeResources` in `src/plan/node-resources.ts`; None when this node has none of its own."""
    try:
        with open(os.path.join(os.environ["GANETI_ROOTDIR"], FILE), encoding="ascii") as file:
            resources: dict[str, Any] = json.load(file)
            return resources
    except FileNotFoundError:
        return None
