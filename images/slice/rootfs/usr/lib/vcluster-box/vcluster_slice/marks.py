"""The mark of a node that was stopped on purpose.

A node that is stopped stays stopped: over restarts of the slice, for `start-all`, and against `ganeti-watcher`, which would
start its daemons again (`vcluster_node/watcher.py` looks for the same file).  Only starting that very node takes the mark away.
"""

from pathlib import Path

from .plan import Node

MARK = Path("var/lib/vcluster-box/stopped")


def is_stopped(node: Node) -> bool:
    return (node.directory / MARK).exists()


def mark_stopped(node: Node) -> None:
    mark = node.directory / MARK
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def unmark(node: Node) -> None:
    (node.directory / MARK).unlink(missing_ok=True)
