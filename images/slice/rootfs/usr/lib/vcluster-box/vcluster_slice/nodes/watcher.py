"""`ganeti-watcher` and `ganeti-cleaner` on the nodes, as cron runs them on real ones: Debian's cron file knows nothing
of virtual nodes."""

import subprocess
import sys
import time

from ..commands import node_environment, run
from ..events import emit
from ..failure import StepFailed
from ..ganeti.ssconf import read_ssconf
from ..plan.model import Node, Plan
from .state import is_paused, is_stopped

#: seconds after which a hanging watcher is killed; one that asks a paused master hangs
TIME_LIMIT = 60.0
#: what cron runs once a day on each node
CLEANERS = (
    ["runuser", "-u", "gnt-masterd", "--", "ganeti-cleaner", "master"],
    ["ganeti-cleaner", "node"],
)
DAY = 24 * 60 * 60.0


class Rounds:
    """Runs the watcher on each node once in an interval, and the cleaner at the first turn of a day.

    The nodes take turns instead of all starting at once: each run costs half a second of CPU, and there can be
    hundreds.
    """

    def __init__(self, interval: float) -> None:
        """:param interval: seconds"""
        self._interval = interval
        self._turn = 0
        self._due = time.monotonic()
        self._failing: set[str] = set()
        self._cleaned: dict[str, float] = {}

    def seconds_left(self, plan: Plan) -> float:
        """Until the next turn."""
        # One of several slices can have no nodes yet.
        return max(0.0, self._due + self._interval / max(1, len(plan.own_nodes)) - time.monotonic())

    def take_turn(self, plan: Plan, left: float | None) -> None:
        """:param left: seconds that it can take at most; None: no limit but `TIME_LIMIT`"""
        # Turns that were missed, because a run took long or the container was frozen, are not made up for.
        self._due = time.monotonic()
        if not plan.own_nodes:
            return
        node = plan.own_nodes[self._turn % len(plan.own_nodes)]
        self._turn += 1
        if _inactive(node) is not None:
            return
        limit = TIME_LIMIT if left is None else min(TIME_LIMIT, left)
        # It does not wait for the watcher of each node group, which it starts: that can wait for a lock as long as a
        # job holds it, and the other nodes have their turns too.
        self._report(node, _run_quietly(node, ["ganeti-watcher", "--no-wait-children"], limit))
        if self._cleaned.get(node.name, -DAY) + DAY <= time.monotonic():
            self._cleaned[node.name] = time.monotonic()
            for cleaner in CLEANERS:
                _run_quietly(node, cleaner, limit)

    def _report(self, node: Node, status: int) -> None:
        """Warns once when the watcher begins to fail on a node."""
        if status == 0:
            self._failing.discard(node.name)
        elif node.name not in self._failing:
            self._failing.add(node.name)
            message = f"ganeti-watcher fails on {node.name} with status {status}"
            emit("warning", message=message, hint=f"see {node.directory}/var/log/ganeti/watcher.log")


def watcher_all(nodes: list[Node], arguments: list[str]) -> int:
    """Runs it on all of them, even if it fails on one.

    :returns: 0 if it succeeded on all nodes, else 1
    """
    failed = 0
    for node in nodes:
        if (reason := _inactive(node)) is not None:
            print(f"Virtual node {node.name} is {reason}: no watcher", flush=True)
            continue
        print(f"Running watcher for virtual node {node.name} ...", flush=True)
        try:
            sys.stdout.write(run(["ganeti-watcher", *arguments], node=node))
        except StepFailed as error:
            print(f"{node.name}: {error}\n{error.output}", file=sys.stderr)
            failed = 1
    return failed


def _inactive(node: Node) -> str | None:
    """The reason, when the watcher has nothing to do on the node."""
    if is_stopped(node):
        return "stopped"
    if is_paused(node):
        return "paused"
    return None if read_ssconf(node, "master_node") else "not in a cluster"


def _run_quietly(node: Node, command: list[str], seconds: float) -> int:
    """Its output is in its log."""
    try:
        done = subprocess.run(
            ["nice", *command], env=node_environment(node), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=seconds,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return -1
    return done.returncode
