"""The marks of a node that was stopped on purpose, or powered off.

A node that is stopped stays stopped: over restarts of the slice, for `start-all`, and against `ganeti-watcher`, which would
start its daemons again (`vcluster_node/watcher.py` looks for the same file).  Only starting that very node takes the mark away.
A node that is off (`power.py`) is stopped, too, and its mark says so.
"""

from pathlib import Path

from ..plan.model import Node

MARK = Path("var/lib/vcluster-box/stopped")
OFF = "off\n"


def is_stopped(node: Node) -> bool:
    return (node.directory / MARK).exists()


def is_off(node: Node) -> bool:
    try:
        return (node.directory / MARK).read_text() == OFF
    except FileNotFoundError:
        return False


def mark_stopped(node: Node) -> None:
    """One that is off stays off."""
    _make_place(node).touch()


def mark_off(node: Node) -> None:
    _make_place(node).write_text(OFF)


def unmark(node: Node) -> None:
    (node.directory / MARK).unlink(missing_ok=True)


def _make_place(node: Node) -> Path:
    mark = node.directory / MARK
    mark.parent.mkdir(parents=True, exist_ok=True)
    return mark
