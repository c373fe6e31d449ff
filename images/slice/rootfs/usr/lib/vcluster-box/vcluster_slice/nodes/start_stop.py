"""The daemons of this slice's nodes, in the order that Ganeti needs."""

from collections.abc import Callable, Iterable

from .. import paths
from ..commands import run
from ..failure import StepFailed
from ..master import master_address
from ..master.leader import elect, leader
from ..master.roles import master_daemons, master_name, node_daemons
from ..plan.model import Node, Plan
from . import daemons
from .marks import is_stopped
from .nodeds import start_nodeds

Progress = Callable[[int, int], None]


def start_all(plan: Plan, progress: Progress = lambda done, total: None, *, patience: float = 0) -> None:
    """All nodes but those that were stopped on purpose.

    :param patience: see `leader`
    """
    awake = [node for node in plan.own_nodes if not is_stopped(node)]
    start(plan, awake, leader(plan, patience=patience), progress)


def start(
    plan: Plan, nodes: list[Node], master: Node | None, progress: Progress = lambda done, total: None
) -> None:
    """All node daemons first: luxid and wconfd ask the other nodes who the master is, and try again only after 10 s when
    too few answer.

    :param progress: called with the number of node daemons that run, and of all of them
    """
    start_nodeds(nodes, lambda done: progress(done, len(nodes)))
    if master is not None and master in nodes:
        # Its noded may have made files of the job queue, as root.  daemon-util does this at every start of every daemon.
        run(["/usr/lib/ganeti/ensure-dirs"], node=master)
        _start_master(master)
    daemons.start_all(job for node in nodes for job in node_daemons(node) if job[1] != daemons.NODED)


def _start_master(master: Node) -> None:
    """wconfd and luxid ask all nodes at once who the master is, and wait 10 s when too few answer in time, as they do when
    there are a hundred on a busy machine.  Here the nodes' answers are in their files, and `leader` has counted them."""
    for node, daemon in master_daemons(master):
        votes = daemon in (daemons.WCONFD, daemons.LUXID)
        daemons.start(node, daemon, *(("--no-voting", "--yes-do-it") if votes else ()))


def lead(plan: Plan, node: Node) -> None:
    """Without a majority that names it: its user knows better.

    :raises StepFailed: when it is not named master even by its own slice, or another leads
    """
    named = master_name(plan)
    if named != node.name:
        raise StepFailed(f"it is not the master: its slice's nodes name {named}", node=node.name)
    leading = elect(plan).master
    if leading not in (None, node.name):
        raise StepFailed(f"{leading} is the master", node=node.name)
    paths.UNDECIDED.unlink(missing_ok=True)
    start(plan, [node], node)
    master_address.hold(node)


def stop(nodes: Iterable[Node], *, seconds: float = 8) -> list[daemons.Job]:
    """The master's daemons first, so that no job is given to a node that is going; then all others at once.

    :returns: those that had to be killed
    """
    stopping = list(nodes)
    leading = [(node, daemon) for node in stopping for daemon in reversed(daemons.MASTER)]
    others = [(node, daemon) for node in stopping for daemon in daemons.USERS if daemon not in daemons.MASTER]
    killed = daemons.stop(leading, seconds=seconds * 0.6)
    return killed + daemons.stop(others, seconds=seconds * 0.4)
