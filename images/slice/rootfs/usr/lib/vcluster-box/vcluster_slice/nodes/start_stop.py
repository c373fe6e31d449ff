"""Starting and stopping the daemons of this slice's nodes, in the order that Ganeti needs."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from ..failure import StepFailed
from ..ganeti import luxi
from ..master.leader import leader
from ..master.votes import has_no_cluster
from ..plan.model import Node, Plan
from . import daemons, forkserver
from .daemons import node_daemons
from .state import is_stopped

Progress = Callable[[int, int], None]

ENSURE_DIRS = "/usr/lib/ganeti/ensure-dirs"


def start_all(plan: Plan, progress: Progress = lambda done, total: None, *, timeout: float = 0) -> None:
    """Starts all nodes but those that were stopped on purpose.

    :param timeout: see `leader`
    """
    nodes = [node for node in plan.own_nodes if not is_stopped(node)]
    start(plan, nodes, leader(plan, timeout=timeout), progress)


def start(plan: Plan, nodes: list[Node], master: Node | None, progress: Progress = lambda done, total: None) -> None:
    """All node daemons start first: luxid and wconfd ask the other nodes who the master is, and retry only after 10 s
    when too few answer.

    :param progress: called with the number of node daemons that run, and of all of them
    """
    try:
        _start_nodeds(nodes, lambda done: progress(done, len(nodes)))
        others = [job for node in nodes for job in node_daemons(node) if job[1] != daemons.NODED]
        if master is None or master not in nodes:
            daemons.start_all(others)
            return
        ensure_directories(master)
        with ThreadPoolExecutor(max_workers=2) as pool:
            started = [pool.submit(_start_master_daemons, master), pool.submit(daemons.start_all, others)]
            _start_python([(master, daemons.RAPI)])
            for each in started:
                each.result()
        _end_dead_jobs(master)
    finally:
        forkserver.end()


def start_again(jobs: Sequence[daemons.Job]) -> None:
    """Starts single daemons of nodes that run.

    :raises StepFailed: naming the first that does not start
    """
    leading = [job for job in jobs if job[1] in (daemons.WCONFD, daemons.LUXID)]
    python = [job for job in jobs if job[1] in (daemons.NODED, daemons.RAPI)]
    try:
        _start_python(python)
        daemons.start_all([job for job in jobs if job not in leading and job not in python])
        for node in {node for node, _ in leading}:
            _start_master_daemons(node)
    finally:
        forkserver.end()


def stop(nodes: Iterable[Node], *, seconds: float = 8) -> list[daemons.Job]:
    """The master's daemons stop first, so that no job goes to a node that is stopping; then all others at once.

    :returns: those that had to be killed
    """
    stopping = list(nodes)
    leading = [(node, daemon) for node in stopping for daemon in reversed(daemons.MASTER)]
    others = [(node, daemon) for node in stopping for daemon in daemons.USERS if daemon not in daemons.MASTER]
    killed = daemons.stop(leading, seconds=seconds * 0.6)
    return killed + daemons.stop(others, seconds=seconds * 0.4)


def ensure_directories(master: Node) -> None:
    """Sets the owners of files that `gnt-cluster init` or noded might have created as root, such as those of the job
    queue.  daemon-util does this at every start of every daemon."""
    forkserver.run_one(forkserver.Program(master, [ENSURE_DIRS]))


def start_forkserver(plan: Plan) -> None:
    """In advance, so that it is ready by the time it is needed."""
    if plan.own_nodes and not has_no_cluster(plan):
        forkserver.start(plan.own_nodes[0])


def _start_nodeds(nodes: list[Node], progress: Callable[[int], None]) -> None:
    """
    :param progress: called with the number of those that run
    """
    missing = [node for node in nodes if daemons.running_pid(node, daemons.NODED) is None]
    running = len(nodes) - len(missing)
    progress(running)
    _start_python([(node, daemons.NODED) for node in missing], lambda done: progress(running + done))


def _start_python(jobs: list[daemons.Job], progress: Callable[[int], None] = lambda done: None) -> None:
    """Starts daemons that are Python programs, unless they run.  Each is ready to answer when it is counted.

    :raises StepFailed: naming the first that does not start
    """
    missing = [(node, daemon) for node, daemon in jobs if daemons.running_pid(node, daemon) is None]
    programs = []
    for node, daemon in missing:
        daemons.forget_pid_file(node, daemon)
        argv = [f"/usr/sbin/{daemon}", *daemons.arguments(node, daemon)]
        programs.append(forkserver.Program(node, argv, daemons.USERS[daemon]))
    for done, (number, status, output) in enumerate(forkserver.run(programs), start=1):
        if status not in daemons.STARTED:
            raise daemons.not_started(*missing[number], status, output)
        progress(done)


def _start_master_daemons(master: Node) -> None:
    """Starts wconfd and luxid without their vote.  They would ask all nodes at once who the master is, and wait 10 s
    when too few answer in time, as happens with a hundred nodes on a busy machine.  `leader` has counted the votes
    already."""
    for daemon in (daemons.WCONFD, daemons.LUXID):
        daemons.start(master, daemon, "--no-voting", "--yes-do-it")


def _end_dead_jobs(master: Node) -> None:
    """Ends jobs whose processes died with the slice, or with their node's power: their livelock files are gone (see
    `daemons.remove_stale`).  luxid looks for them every five minutes only, but at once when it is asked to kill one."""
    try:
        for file in (master.directory / "var/lib/ganeti/queue").glob("job-*"):
            job = json.loads(file.read_text())
            if job["end_timestamp"] is None and job.get("livelock") and not os.path.exists(job["livelock"]):
                luxi.ask(master, "CancelJob", [job["id"], True])
    except (OSError, ValueError, luxi.NoAnswer):
        pass  # luxid ends them later
