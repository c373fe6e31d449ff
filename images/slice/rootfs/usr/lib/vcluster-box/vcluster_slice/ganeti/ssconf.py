"""The nodes' ssconf files, in which Ganeti gives every node the parts of its configuration that a node needs by
itself."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from .. import files
from ..plan.model import Named, Node, Plan

#: `ganeti.constants.NR_*`
ROLES = {"M": "master", "C": "candidate", "R": "regular", "D": "drained", "O": "offline"}
#: in a node's directory: a copy of `ssconf_master_node` from when its content was new
FIRST_NAMED = Path("var/lib/vcluster-box/ssconf_master_node")


def read_ssconf(node: Node, key: str) -> str:
    """Empty when the node is not in a cluster (yet)."""
    try:
        return _ssconf(node, key).read_text().strip()
    except OSError:
        return ""


def read_latest(nodes: Iterable[Node], key: str) -> str:
    """What the node that was updated last has: Ganeti does not update nodes that are stopped or offline."""
    latest = max(nodes, key=lambda node: _updated_at(node, key), default=None)
    return "" if latest is None else read_ssconf(latest, key)


def current_cluster(plan: Plan) -> Named:
    """The cluster's name and address as Ganeti has them: `gnt-cluster rename` changes both.

    Those of the plan when the nodes of this slice are in no cluster.
    """
    name = read_latest(plan.own_nodes, "cluster_name")
    names = plan.cluster.names if name in ("", plan.cluster.name) else (name,)
    return Named(names, read_latest(plan.own_nodes, "master_ip") or plan.cluster.address)


def named_master(node: Node) -> tuple[str, float] | None:
    """The name of the node that this node considers the master, and since when.

    Ganeti replaces the file whenever its configuration changes.  A copy from the first look at each name has its time:
    otherwise a master that was cut off would seem to be named again with every job.

    :returns: None when the node is in no cluster, or is being removed
    """
    file, copy = _ssconf(node, "master_node"), node.directory / FIRST_NAMED
    try:
        name, named_at = file.read_text(), file.stat().st_mtime
    except OSError:
        return None
    try:
        if not copy.exists() or copy.read_text() != name:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)
        named_at = copy.stat().st_mtime
    except OSError:
        pass  # The disk is full.
    return name.strip(), named_at


def write_master_name(node: Node, master: str) -> None:
    """Corrects a node that has missed a failover.  Redistributing the configuration does the rest."""
    path = _ssconf(node, "master_node")
    files.write(path, f"{master}\n".encode(), like=path.stat())


def is_candidate(node: Node) -> bool:
    return node.name in read_ssconf(node, "master_candidates").split()


def candidates_among(nodes: Iterable[Node]) -> list[Node]:
    """In the order given.  A node that is offline does not learn that it is no longer a candidate."""
    asked = list(nodes)
    names = read_latest(asked, "master_candidates").split()
    return [node for node in asked if node.name in names]


def _ssconf(node: Node, key: str) -> Path:
    return node.directory / "var/lib/ganeti" / f"ssconf_{key}"


def _updated_at(node: Node, key: str) -> float:
    try:
        return _ssconf(node, key).stat().st_mtime
    except OSError:
        return 0
