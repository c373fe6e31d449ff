"""The state of a node, as of a machine: running, paused, stopped, or off.

A stopped node stays stopped, across restarts of the slice, for `start-all`, and for `ganeti-watcher`, which would
otherwise start its daemons (`vcluster_node/watcher.py` reads the same file).  Only starting that node itself clears the
state.  A node that is off (see `power`) counts as stopped too.

A paused node keeps its processes and their memory, but they are frozen (SIGSTOP) and answer nothing.  They are found by
the daemons' pid files; what the daemons have started (a job, a request handler) are their children.  Transfers of disks
(export, import, move) are children of no daemon, so they are found by pid files of their own.  Frozen processes do not
survive the container, so no node is paused after a restart.
"""

import os
import signal
from pathlib import Path

from .. import processes
from ..plan.model import Node
from . import daemons

STOPPED = Path("var/lib/vcluster-box/stopped")
#: content of that file when the node is powered off
OFF = "off\n"


def state_of(node: Node) -> str:
    """`off`, `stopped`, `paused`, or `running`, whatever its daemons do."""
    if is_off(node):
        return "off"
    if is_stopped(node):
        return "stopped"
    return "paused" if is_paused(node) else "running"


def is_stopped(node: Node) -> bool:
    return (node.directory / STOPPED).exists()


def is_off(node: Node) -> bool:
    try:
        return (node.directory / STOPPED).read_text() == OFF
    except FileNotFoundError:
        return False


def is_paused(node: Node) -> bool:
    pid = daemons.running_pid(node, daemons.NODED)
    return pid is not None and processes.frozen(pid)


def mark_stopped(node: Node) -> None:
    """A node that is off stays off."""
    _stopped_file(node).touch()


def mark_off(node: Node) -> None:
    _stopped_file(node).write_text(OFF)


def unmark(node: Node) -> None:
    (node.directory / STOPPED).unlink(missing_ok=True)


def freeze(node: Node) -> None:
    # A process can start another one before our signal reaches it, so repeat until there is nothing new.
    done: set[int] = set()
    while new := set(processes_of(node)) - done:
        processes.signal_all(new, signal.SIGSTOP)
        done |= new


def thaw(node: Node) -> None:
    processes.signal_all(reversed(processes_of(node)), signal.SIGCONT)


def processes_of(node: Node) -> list[int]:
    """All but this process, which can be a child of one of the node's daemons itself."""
    pids = (daemons.running_pid(node, daemon) for daemon in daemons.USERS)
    found = processes.with_descendants([*(pid for pid in pids if pid is not None), *_transfers(node)])
    return [pid for pid in found if pid != os.getpid()]


def _transfers(node: Node) -> list[int]:
    """By the pid file in each transfer's directory, if the process's command line names that directory
    (`ganeti.backend.StartImportExportDaemon`)."""
    found = []
    for file in (node.directory / "var/run/ganeti/import-export").glob("*/pid"):
        try:
            pid = int(file.read_text())
            if os.fsencode(file.parent) in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
        except (OSError, ValueError):
            continue  # it has just ended or started
    return found


def _stopped_file(node: Node) -> Path:
    file = node.directory / STOPPED
    file.parent.mkdir(parents=True, exist_ok=True)
    return file
