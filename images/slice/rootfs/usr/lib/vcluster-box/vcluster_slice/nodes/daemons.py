"""Starting and stopping the daemons of nodes.

What Ganeti's `daemon-util` does, for many nodes at once and without its `ensure-dirs` at each start: the arguments come
from the node's `etc/default/ganeti`, users and groups are those of `daemon-util`, and `start-stop-daemon` starts them.
"""

import shlex
import signal
import subprocess
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..processes import cpus
from ..commands import node_environment
from ..failure import StepFailed
from ..plan.model import Node
from ..processes import alive, frozen, signal_all, with_descendants

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
#: in the order in which the master's start
MASTER = (WCONFD, LUXID, RAPI)
#: whose log is named otherwise than the daemon (`ganeti.constants.DAEMONS_LOGFILES`)
LOGS = {NODED: "node", CONFD: "conf", WCONFD: "wconf", RAPI: "rapi", LUXID: "luxi", MOND: "monitoring", METAD: "meta"}

Job = tuple[Node, str]


def start_all(jobs: Iterable[Job]) -> None:
    """Starts daemons side by side.

    :raises StepFailed: naming the first that does not start
    """
    with ThreadPoolExecutor(max_workers=2 * cpus()) as pool:
        for _ in pool.map(lambda job: start(*job), jobs):
            pass


def stop(jobs: Iterable[Job], *, seconds: float = 8) -> list[Job]:
    """Asks all to end, waits for all, and kills those that have not ended after `seconds`, which it returns."""
    pids = {job: pid for job in jobs if (pid := running_pid(*job)) is not None}
    signal_all(pids.values(), signal.SIGTERM)
    # One that is frozen ends when it goes on.
    signal_all(with_descendants(pid for pid in pids.values() if frozen(pid)), signal.SIGCONT)
    deadline = time.monotonic() + seconds
    while any(alive(pid) for pid in pids.values()) and time.monotonic() < deadline:
        time.sleep(0.02)
    late = {job: pid for job, pid in pids.items() if alive(pid)}
    signal_all(late.values(), signal.SIGKILL)
    return list(late)


def running_pid(node: Node, daemon: str) -> int | None:
    """By its pid file, if that names a living process of that daemon (a pid file may be stale, its pid reused)."""
    try:
        pid = int(_pid_file(node, daemon).read_text())
        return pid if Path(f"/proc/{pid}/comm").read_text().strip() == daemon and alive(pid) else None
    except (OSError, ValueError):
        return None


def log_file(node: Node, daemon: str) -> Path:
    return node.directory / "var/log/ganeti" / f"{LOGS[daemon]}-daemon.log"


def remove_stale(nodes: Iterable[Node]) -> None:
    """After an unclean stop: `start-stop-daemon` refuses a pid file that a user other than root owns and that names no
    living process of it, and then confd, wconfd, luxid and rapi never start again."""
    for node in nodes:
        run = node.directory / "var/run/ganeti"
        for stale in (*run.glob("*.pid"), *run.glob("socket/*"), *run.glob("livelocks/*")):
            stale.unlink(missing_ok=True)


def start(node: Node, daemon: str, *more: str) -> None:
    """Starts a daemon that does not run; it is ready to answer when this returns.

    :param more: arguments beside those of the node's defaults file
    :raises StepFailed: when it does not start
    """
    # start-stop-daemon would not see for itself: it refuses any pid file that a user other than root owns.
    if running_pid(node, daemon) is not None:
        return
    forget_pid_file(node, daemon)
    argv = ["start-stop-daemon", "--start", "--quiet", "--oknodo", "--pidfile", str(_pid_file(node, daemon))]
    argv += ["--startas", f"/usr/sbin/{daemon}", "--chuid", USERS[daemon], "--", *arguments(node, daemon), *more]
    started = subprocess.run(
        argv, env=node_environment(node), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False,
    )  # fmt: skip
    # 11: it says that this node is not the master; daemon-util takes that for a success too
    if started.returncode not in (0, 11):
        message = f"{daemon} does not start (status {started.returncode})"
        raise StepFailed(message, node=node.name, output=started.stdout, log=log_file(node, daemon))


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
