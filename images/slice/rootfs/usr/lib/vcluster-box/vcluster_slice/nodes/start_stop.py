"""Starting and stopping the daemons of this slice's nodes, in the order that Ganeti needs."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..commands import clean_environment, run
from ..failure import StepFailed
from ..ganeti import luxi
from ..master.leader import leader
from ..master.votes import has_no_cluster
from ..plan.model import Node, Plan
from . import daemons
from .daemons import master_daemons, node_daemons
from .state import is_stopped

Progress = Callable[[int, int], None]

#: long enough that a daemon's own command line fits over the fork server's (see `noded_forkserver`)
PADDING = "-" * 200
#: the one that was started in advance, until it is used
_forkservers: list[subprocess.Popen[str]] = []


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
    start_nodeds(nodes, lambda done: progress(done, len(nodes)))
    if master is not None and master in nodes:
        # noded might have created files of the job queue as root.  daemon-util does this at every start of every
        # daemon.
        run(["/usr/lib/ganeti/ensure-dirs"], node=master)
        _start_master_daemons(master)
        _end_dead_jobs(master)
    daemons.start_all(job for node in nodes for job in node_daemons(node) if job[1] != daemons.NODED)


def stop(nodes: Iterable[Node], *, seconds: float = 8) -> list[daemons.Job]:
    """The master's daemons stop first, so that no job goes to a node that is stopping; then all others at once.

    :returns: those that had to be killed
    """
    stopping = list(nodes)
    leading = [(node, daemon) for node in stopping for daemon in reversed(daemons.MASTER)]
    others = [(node, daemon) for node in stopping for daemon in daemons.USERS if daemon not in daemons.MASTER]
    killed = daemons.stop(leading, seconds=seconds * 0.6)
    return killed + daemons.stop(others, seconds=seconds * 0.4)


def start_nodeds(nodes: list[Node], progress: Callable[[int], None]) -> None:
    """Starts the node daemons that do not run.  Each is ready to answer when it is counted.

    :raises StepFailed: naming the first that does not start
    """
    missing = [node for node in nodes if daemons.running_pid(node, daemons.NODED) is None]
    progress(len(nodes) - len(missing))
    by_root = {str(node.directory): node for node in missing}
    for done, answer in enumerate(_fork_nodeds(missing), start=len(nodes) - len(missing) + 1):
        if answer["status"] != 0:
            node = by_root[answer["root"]]
            message = f"{daemons.NODED} does not start (status {answer['status']})"
            log = daemons.log_file(node, daemons.NODED)
            raise StepFailed(message, node=node.name, output=answer["output"], log=log)
        progress(done)


def start_forkserver(plan: Plan) -> None:
    """Starts the process that will start the node daemons, so that it is ready by then."""
    if plan.own_nodes and not has_no_cluster(plan):
        _forkservers.append(_forkserver(plan.own_nodes[0]))


def _forkserver(node: Node) -> subprocess.Popen[str]:
    argv = [sys.executable, "-s", "-P", "-m", "vcluster_slice.nodes.noded_forkserver", str(node.directory.parent), PADDING]
    # The fork server imports this program; the daemons do not inherit the variable.
    environment = {**clean_environment(), "PYTHONPATH": os.environ["PYTHONPATH"]}
    return subprocess.Popen(
        argv, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, errors="replace"
    )


def _fork_nodeds(nodes: list[Node]) -> Iterator[dict[str, Any]]:
    if not nodes:
        return
    with _forkservers.pop() if _forkservers else _forkserver(nodes[0]) as server:
        assert server.stdin is not None and server.stdout is not None
        for node in nodes:
            daemons.forget_pid_file(node, daemons.NODED)
            command = [f"/usr/sbin/{daemons.NODED}", *daemons.arguments(node, daemons.NODED)]
            server.stdin.write(json.dumps({"root": str(node.directory), "argv": command}) + "\n")
        server.stdin.close()
        unanswered = {str(node.directory) for node in nodes}
        for line in server.stdout:
            answer = json.loads(line)
            unanswered.discard(answer["root"])
            yield answer
        for root in unanswered:
            yield {"root": root, "status": -1, "output": "the process that starts node daemons ended early"}


def _start_master_daemons(master: Node) -> None:
    """Starts wconfd and luxid without their vote.  They would ask all nodes at once who the master is, and wait 10 s
    when too few answer in time, as happens with a hundred nodes on a busy machine.  `leader` has counted the votes
    already."""
    for node, daemon in master_daemons(master):
        votes = daemon in (daemons.WCONFD, daemons.LUXID)
        daemons.start(node, daemon, *(("--no-voting", "--yes-do-it") if votes else ()))


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
