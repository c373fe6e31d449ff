"""Who is master, who is a candidate: as the nodes' own ssconf files say, which Ganeti keeps."""

from .daemons import CONFD, MASTER, MOND, NODED, Job
from .plan import Node, Plan


def read_ssconf(node: Node, key: str) -> str:
    """Empty when the node is not in a cluster (yet)."""
    try:
        return (node.directory / "var/lib/ganeti" / f"ssconf_{key}").read_text().strip()
    except OSError:
        return ""


def find_master(plan: Plan) -> Node | None:
    """The node of this slice that takes itself for the master; None when the master is in another slice."""
    for node in plan.own_nodes:
        if read_ssconf(node, "master_node") == node.name:
            return node
    return None


def is_candidate(node: Node) -> bool:
    return node.name in read_ssconf(node, "master_candidates").split()


def node_daemons(node: Node) -> list[Job]:
    """What every node runs.  confd runs on master candidates only: elsewhere it would but hold an inotify instance, of
    which one user has 128 over all containers of an engine."""
    return [(node, NODED), (node, MOND), *([(node, CONFD)] if is_candidate(node) else [])]


def master_daemons(node: Node) -> list[Job]:
    return [(node, daemon) for daemon in MASTER]
