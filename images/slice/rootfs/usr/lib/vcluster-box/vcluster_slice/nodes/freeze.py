"""Freezing a node: all its processes stand still, with what they hold in memory, and answer nobody until they go on.

A node's daemons are found by their pid files, and what they have started (a job, the handling of a request) as their
children; so are its transfers of disks (exports, imports, moves), which are nobody's children.  Frozen processes do not outlive the container, so after a restart no node is frozen.
"""

import os
import signal
from pathlib import Path

from .. import processes
from ..plan.model import Node
from . import daemons


def freeze(node: Node) -> None:
    # A process may start another between our look and our signal: look again until there is nothing new.
    done: set[int] = set()
    while new := set(processes_of(node)) - done:
        processes.signal_all(new, signal.SIGSTOP)
        done |= new


def thaw(node: Node) -> None:
    processes.signal_all(reversed(processes_of(node)), signal.SIGCONT)


def is_frozen(node: Node) -> bool:
    pid = daemons.running_pid(node, daemons.NODED)
    return pid is not None and processes.frozen(pid)


def processes_of(node: Node) -> list[int]:
    """But for this one, which may be a child of a node's daemon itself."""
    pids = (daemons.running_pid(node, daemon) for daemon in daemons.USERS)
    found = processes.with_descendants([*(pid for pid in pids if pid is not None), *_transfers(node)])
    return [pid for pid in found if pid != os.getpid()]


def _transfers(node: Node) -> list[int]:
    """By the pid file in the directory of each, if that names a process that has this directory in its command line
    (`ganeti.backend.StartImportExportDaemon`)."""
    found = []
    for file in (node.directory / "var/run/ganeti/import-export").glob("*/pid"):
        try:
            pid = int(file.read_text())
            if os.fsencode(file.parent) in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
        except (OSError, ValueError):
            continue  # it has just ended, or begun
    return found
