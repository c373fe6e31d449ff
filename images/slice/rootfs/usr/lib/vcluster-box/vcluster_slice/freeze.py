"""Freezing a node: all its processes stand still, with what they hold in memory, and answer nobody until they go on.

A node's daemons are found by their pid files, and what they have started (a job, the handling of a request) as their
children.  Frozen processes do not outlive the container, so after a restart no node is frozen.
"""

import signal

from . import daemons, processes
from .plan import Node


def freeze(node: Node) -> None:
    # A process may start another between our look and our signal: look again until there is nothing new.
    done: set[int] = set()
    while new := set(_processes(node)) - done:
        processes.signal_all(new, signal.SIGSTOP)
        done |= new


def thaw(node: Node) -> None:
    processes.signal_all(reversed(_processes(node)), signal.SIGCONT)


def is_frozen(node: Node) -> bool:
    pid = daemons.running_pid(node, daemons.NODED)
    return pid is not None and processes.frozen(pid)


def _processes(node: Node) -> list[int]:
    pids = (daemons.running_pid(node, daemon) for daemon in daemons.USERS)
    return processes.with_descendants(pid for pid in pids if pid is not None)
