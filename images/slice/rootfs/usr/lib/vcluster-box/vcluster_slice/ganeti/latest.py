"""What Ganeti has told a node about the cluster, and which node of the slice it has told last.

The command line tool learns the cluster's name, address, master and nodes from this one file, however many nodes there
are, and also when the slice is stopped (`src/cluster/current-plan.ts`).  Ganeti removes it with the node's other files
when the node leaves the cluster.
"""

import json
import os
import time
from pathlib import Path

#: leads to the directory with the file: engines follow links to directories, not to files
LINK = Path("/var/lib/vcluster-box/latest")
NAME = "latest.json"


def note(node: Path) -> None:
    """
    :param node: the directory of a node that has just got its ssconf files
    """
    data = node / "var/lib/ganeti"

    def read(key: str) -> str:
        return (data / f"ssconf_{key}").read_text().strip()

    told = {
        "at": time.time(), "name": read("cluster_name"), "address": read("master_ip"), "master": read("master_node"),
        "nodes": read("node_list").split(),
    }  # fmt: skip
    draft = data / f"{NAME}.{os.getpid()}"
    draft.write_text(json.dumps(told))
    draft.replace(data / NAME)
    link = LINK.with_name(f"{LINK.name}.{os.getpid()}")
    link.unlink(missing_ok=True)
    link.symlink_to(data)
    link.replace(LINK)
