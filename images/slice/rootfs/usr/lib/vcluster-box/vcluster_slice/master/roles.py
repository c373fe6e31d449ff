"""Who is master, who is a candidate: as the nodes' own ssconf files say, which Ganeti keeps."""

from collections.abc import Iterable
from pathlib import Path

from .. import files
from ..nodes.daemons import CONFD, MASTER, MOND, NODED, Job
from ..nodes.marks import is_stopped
from ..plan.model import Node, Plan

#: `ganeti.constants.NR_*`
ROLES = {"M": "master", "C": "candidate", "R": "regular", "D": "drained", "O": "offline"}


def read_ssconf(node: Node, key: str) -> str:
    """Empty when the node is not in a cluster (yet)."""
    try:
        return _ssconf(node, key).read_text().strip()
    except OSError:
        return ""


def _ssconf(node: Node, key: str) -> Path:
    return node.directory / "var/lib/ganeti" / f"ssconf_{key}"


def find_master(plan: Plan) -> Node | None:
    """The node of this slice that most of its nodes take for the master; None when that is in another slice.

    A node that was stopped during a failover takes itself for the master still.  So they vote, as Ganeti has them do, and
    those that are stopped have no vote unless all are.  Where the votes are equal, as they are with two nodes, the one that
    was named last is the master.

    With several slices this is what the slice knows; before the master's daemons are started, `succession` asks the others.
    """
    named = master_name(plan)
    return next((node for node in plan.own_nodes if node.name == named), None)


def master_name(plan: Plan) -> str | None:
    """Of whatever slice; None before there is a cluster."""
    votes: dict[str, list[float]] = {}
    awake = [node for node in plan.own_nodes if not is_stopped(node)]
    for node in awake or plan.own_nodes:
        if (told := named_master(node)) is not None:
            votes.setdefault(told[0], []).append(told[1])
    return max(votes, key=lambda name: (len(votes[name]), max(votes[name])), default=None)


def informed_node(plan: Plan) -> Node | None:
    """The node of this slice whose files say best how the cluster is: its master, or the one that was told last."""
    master = find_master(plan)
    if master is not None:
        return master
    told = ((named_master(node), node) for node in plan.own_nodes)
    return max(((at[1], node) for at, node in told if at is not None), key=lambda pair: pair[0], default=(0, None))[1]


def named_master(node: Node) -> tuple[str, float] | None:
    """Whom a node takes for the master, and since when; None when it is in no cluster, or just being removed."""
    try:
        named_at = _ssconf(node, "master_node").stat().st_mtime
    except OSError:
        return None
    return read_ssconf(node, "master_node"), named_at


def name_master(node: Node, master: str) -> None:
    """Tells a node that has missed who is the master.  Ganeti does the rest, when it redistributes the configuration."""
    path = _ssconf(node, "master_node")
    files.write(path, f"{master}\n".encode(), like=path.stat())


def has_no_cluster(plan: Plan) -> bool:
    """Whether this is a slice that makes none itself, and nobody else has made one on its nodes so far."""
    return not plan.provision and not any(read_ssconf(node, "master_node") for node in plan.own_nodes)


def is_candidate(node: Node) -> bool:
    return node.name in read_ssconf(node, "master_candidates").split()


def candidates_among(nodes: Iterable[Node]) -> list[Node]:
    """In the order given.  As the one of them has it that was told last: one that is offline is not told when it ceases to be one."""
    asked = list(nodes)
    known = max(asked, key=_told_candidates_at, default=None)
    names = read_ssconf(known, "master_candidates").split() if known is not None else []
    return [node for node in asked if node.name in names]


def _told_candidates_at(node: Node) -> float:
    try:
        return _ssconf(node, "master_candidates").stat().st_mtime
    except OSError:
        return 0


def node_daemons(node: Node) -> list[Job]:
    """What every node runs.  confd runs on master candidates only: elsewhere it would but hold an inotify instance, of
    which one user has 128 over all containers of an engine."""
    return [(node, NODED), (node, MOND), *([(node, CONFD)] if is_candidate(node) else [])]


def master_daemons(node: Node) -> list[Job]:
    return [(node, daemon) for daemon in MASTER]
