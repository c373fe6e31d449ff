"""All daemons of this slice's nodes, in the order that Ganeti needs."""

import sys
from collections.abc import Callable

from . import daemons
from .commands import run
from .nodeds import start_nodeds
from .plan import Node, Plan
from .roles import find_master, master_daemons, node_daemons, read_ssconf
from .steps import StepFailed


def start_all(plan: Plan, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """All node daemons first: luxid and wconfd ask the other nodes who the master is, and try again only after 10 s when
    too few answer.

    :param progress: called with the number of node daemons that run, and of all of them
    """
    everywhere = [job for node in plan.own_nodes for job in node_daemons(node)]
    nodes = list(plan.own_nodes)
    start_nodeds(nodes, lambda done: progress(done, len(nodes)))
    master = find_master(plan)
    if master is not None:
        # Its noded may have made files of the job queue, as root.  daemon-util does this at every start of every daemon.
        run(["/usr/lib/ganeti/ensure-dirs"], node=master)
        _start_master(plan, master)
    daemons.start_all(job for job in everywhere if job[1] != daemons.NODED)


def _start_master(plan: Plan, master: Node) -> None:
    """wconfd and luxid ask all nodes at once who the master is, and wait 10 s when too few answer in time, as they do when
    there are a hundred on a busy machine.  Where all nodes are in this slice, their answers are here in their files."""
    alone = len(plan.own_nodes) == len(plan.nodes)
    agreed = alone and all(read_ssconf(node, "master_node") == master.name for node in plan.nodes)
    for node, daemon in master_daemons(master):
        votes = daemon in (daemons.WCONFD, daemons.LUXID)
        daemons.start(node, daemon, *(("--no-voting", "--yes-do-it") if agreed and votes else ()))


def stop_all(plan: Plan, *, seconds: float = 8) -> list[daemons.Job]:
    """The master's daemons first, so that no job is given to a node that is going; then all others at once.

    :returns: those that had to be killed
    """
    leading = [(node, daemon) for node in plan.own_nodes for daemon in reversed(daemons.MASTER)]
    others = [(node, daemon) for node in plan.own_nodes for daemon in daemons.USERS if daemon not in daemons.MASTER]
    killed = daemons.stop(leading, seconds=seconds * 0.6)
    return killed + daemons.stop(others, seconds=seconds * 0.4)


def watcher_all(plan: Plan, arguments: list[str]) -> int:
    """`ganeti-watcher` on every node of this slice, on all of them even if it fails on one.

    :returns: 0 if it succeeded on all nodes, else 1
    """
    failed = 0
    for node in plan.own_nodes:
        print(f"Running watcher for virtual node {node.name} ...", flush=True)
        try:
            sys.stdout.write(run(["ganeti-watcher", *arguments], node=node))
        except StepFailed as error:
            print(f"{node.name}: {error}\n{error.output}", file=sys.stderr)
            failed = 1
    return failed
