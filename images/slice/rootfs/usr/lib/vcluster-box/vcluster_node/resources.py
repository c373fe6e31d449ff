"""A node's simulated memory, CPUs and disk, as in the plan.

The slice writes them to the node's directory (`vcluster_slice/nodes/directories.py`).  They are read each time, so a
change of the file takes effect at once.  Without the file, Ganeti reports what the machine has.
"""

import json
import os
from typing import Any

FILE = "var/lib/vcluster-box/resources.json"


def read() -> dict[str, Any] | None:
    """`NodeResources` in `src/plan/plan.ts`; None without the file."""
    try:
        with open(os.path.join(os.environ["GANETI_ROOTDIR"], FILE), encoding="ascii") as file:
            resources: dict[str, Any] = json.load(file)
            return resources
    except FileNotFoundError:
        return None
