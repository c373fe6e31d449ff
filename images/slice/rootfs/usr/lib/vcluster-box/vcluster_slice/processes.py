"""Processes, read from /proc (proc(5)): their parents, and whether they are frozen.

psutil does the same, but importing it takes longer than most calls of this program need.
"""

import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ZOMBIE = "Z"
#: stopped by a signal (SIGSTOP)
FROZEN = "T"


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    #: one letter, as in /proc/PID/stat
    state: str


def read(pid: int) -> Process | None:
    """None when the process does not exist (any more)."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except (OSError, ValueError):
        return None
    return Process(pid, int(parent), state)


def alive(pid: int) -> bool:
    """A zombie has ended: its parent has only not waited for it yet."""
    process = read(pid)
    return process is not None and process.state != ZOMBIE


def frozen(pid: int) -> bool:
    process = read(pid)
    return process is not None and process.state == FROZEN


def with_descendants(pids: Iterable[int]) -> list[int]:
    """The processes, their children, and so on: parents before their children."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        process = read(int(entry)) if entry.isdigit() else None
        if process is not None:
            children.setdefault(process.parent, []).append(process.pid)
    found: list[int] = []
    queue = list(pids)
    while queue:
        pid = queue.pop(0)
        if pid not in found:
            found.append(pid)
            queue += children.get(pid, [])
    return found


def signal_all(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def cpus() -> int:
    return len(os.sched_getaffinity(0))
