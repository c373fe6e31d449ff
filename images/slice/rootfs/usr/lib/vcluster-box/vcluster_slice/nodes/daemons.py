"""The daemons of a node: which there are, whether they run, starting and stopping them.

This replaces Ganeti's `daemon-util`, for many nodes at once and without its `ensure-dirs` at each start.  The arguments
come from the node's `etc/default/ganeti`, users and groups are those of `daemon-util`, and `start-stop-daemon` starts
them.
"""

import shlex
import signal
import subprocess
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..commands import node_environment
from ..failure import StepFailed
from ..ganeti.ssconf import is_candidate
from ..plan.model import Node
from ..processes import alive, cpus, frozen, signal_all, with_descendants

NODED, CONFD, WCONFD, RAPI, LUXID, MOND, METAD = (
    f"ganeti-{name}" for name in ("noded", "confd", "wconfd", "rapi", "luxid", "mond", "metad")
)
#: `user:group` as in `_daemon_usergroup` of daemon-util
USERS = {
    NODED: "root:root",
    CONFD: "gnt-confd:gnt-confd",
    WCONFD: "gnt-masterd:gnt-confd",
    RAPI: "gnt-rapi:gnt-rapi",
    LUXID: "gnt-masterd:gnt-luxid",
    MOND: "root:root",
    METAD: "gnt-metad:gnt-metad",
}
#: in the order in which they start on the master
MASTER = (WCONFD, LUXID, RAPI)
#: what their log files are called (`ganeti.constants.DAEMONS_LOGFILES`)
LOGS = {NODED: "node", CONFD: "conf", WCONFD: "wconf", RAPI: "rapi", LUXID: "luxi", MOND: "monitoring", METAD: "meta"}

#: 11: the daemon says that this node is not the master; daemon-util counts that as success too
STARTED = (0, 11)

Job = tuple[Node, str]


def node_daemons(node: Node) -> list[Job]:
    """The daemons of every node.  confd runs on master candidates only: on other nodes it would only take an inotify
    instance, and one user has 128 of them over all containers of an engine."""
    return [(node, NODED), (node, MOND), *([(node, CONFD)] if is_candidate(node) else [])]


def master_daemons(node: Node) -> list[Job]:
    return [(node, daemon) for daemon in MASTER]


def missing_confd(node: Node) -> list[Job]:
    """confd, if the node runs and should have one.  When a candidate leaves, Ganeti promotes another node."""
    runs = running_pid(node, NODED) is not None
    return [job for job in node_daemons(node) if runs and job[1] == CONFD]


def start_all(jobs: Iterable[Job]) -> None:
    """Starts daemons in parallel.

    :raises StepFailed: naming the first that does not start
    """
    with ThreadPoolExecutor(max_workers=2 * cpus()) as pool:
        for _ in pool.map(lambda job: start(*job), jobs):
            pass


def stop(jobs: Iterable[Job], *, seconds: float = 8) -> list[Job]:
    """Sends all SIGTERM, waits for `seconds`, then kills those that still run.

    :returns: those that were killed
    """
    pids = {job: pid for job in jobs if (pid := running_pid(*job)) is not None}
    signal_all(pids.values(), signal.SIGTERM)
    # A frozen process ends only when it continues.
    signal_all(with_descendants(pid for pid in pids.values() if frozen(pid)), signal.SIGCONT)
    deadline = time.monotonic() + seconds
    while any(alive(pid) for pid in pids.values()) and time.monotonic() < deadline:
        time.sleep(0.02)
    late = {job: pid for job, pid in pids.items() if alive(pid)}
    signal_all(late.values(), signal.SIGKILL)
    return list(late)


def running_pid(node: Node, daemon: str) -> int | None:
    """By its pid file, if that names a running process of that daemon: the file might be stale, and its pid reused."""
    try:
        pid = int(_pid_file(node, daemon).read_text())
        return pid if Path(f"/proc/{pid}/comm").read_text().strip() == daemon and alive(pid) else None
    except (OSError, ValueError):
        return None


def log_file(node: Node, daemon: str) -> Path:
    return node.directory / "var/log/ganeti" / f"{LOGS[daemon]}-daemon.log"


def remove_stale(nodes: Iterable[Node]) -> None:
    """After an unclean stop: `start-stop-daemon` refuses a pid file that a user other than root owns if it names no
    running process of that daemon, so confd, wconfd, luxid and rapi would never start again."""
    for node in nodes:
        run = node.directory / "var/run/ganeti"
        for stale in (*run.glob("*.pid"), *run.glob("socket/*"), *run.glob("livelocks/*")):
            stale.unlink(missing_ok=True)


def start(node: Node, daemon: str, *more: str) -> None:
    """Starts a daemon if it does not run; it is ready to answer when this returns.

    :param more: arguments in addition to those of the node's defaults file
    :raises StepFailed: when it does not start
    """
    # start-stop-daemon cannot tell: it refuses any pid file that a user other than root owns.
    if running_pid(node, daemon) is not None:
        return
    forget_pid_file(node, daemon)
    argv = ["start-stop-daemon", "--start", "--quiet", "--oknodo", "--pidfile", str(_pid_file(node, daemon))]
    argv += ["--startas", f"/usr/sbin/{daemon}", "--chuid", USERS[daemon], "--", *arguments(node, daemon), *more]
    started = subprocess.run(
        argv, env=node_environment(node), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False,
    )  # fmt: skip
    if started.returncode not in STARTED:
        raise not_started(node, daemon, started.returncode, started.stdout)


def not_started(node: Node, daemon: str, status: int, output: str) -> StepFailed:
    message = f"{daemon} does not start (status {status})"
    return StepFailed(message, node=node.name, output=output, log=log_file(node, daemon))


def forget_pid_file(node: Node, daemon: str) -> None:
    """For a daemon that does not run.  See `remove_stale`."""
    _pid_file(node, daemon).unlink(missing_ok=True)


def _pid_file(node: Node, daemon: str) -> Path:
    return node.directory / "var/run/ganeti" / f"{daemon}.pid"


def arguments(node: Node, daemon: str) -> list[str]:
    """`NODED_ARGS` and `EXTRA_NODED_ARGS` of the node's defaults file, as daemon-util joins them."""
    name = daemon.removeprefix("ganeti-").upper() + "_ARGS"
    values = {}
    for word in shlex.split((node.directory / "etc/default/ganeti").read_text(), comments=True):
        key, _, value = word.partition("=")
        values[key] = value
    return f"{values.get(name, '')} {values.get(f'EXTRA_{name}', '')}".split()
