"""The process for mirrored disks of a slice: it answers the other slices, keeps the connections to those that have the
other sides of pairs, and brings there what primaries have written."""

import os
import socket
import threading
import time
from contextlib import suppress

from vcluster_storage.drbd import mirror, pairs, serve, slices
from vcluster_storage.drbd.wire import Message, Wire
from vcluster_storage.node import Node

from .. import paths
from ..events import emit
from ..plan.loader import PlanError, load
from ..plan.model import Plan
from .link import Link

#: seconds between two rounds.  One that took long is followed by a longer pause.
PAUSE = 2.0
LONGER = 10
#: seconds after which a connection that nobody needs is closed
UNUSED = 120.0


class Mirrors:
    def __init__(self, plan: Plan) -> None:
        self._plan, self._read_at = plan, 0
        self._directory = str(plan.directory)
        self._links: dict[int, Link] = {}
        self._lock = threading.Lock()
        os.makedirs(slices.path(self._directory, ""), 0o700, exist_ok=True)
        for stale in os.scandir(slices.path(self._directory, "")):
            os.unlink(stale.path)
        self._follow_plan()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(slices.path(self._directory, slices.OWN_SOCKET))
        os.chmod(slices.path(self._directory, slices.OWN_SOCKET), 0o600)
        self._listener.listen(128)
        threading.Thread(target=self._accept, daemon=True).start()

    def run(self) -> None:
        failing: set[str] = set()
        while True:
            begun = time.monotonic()
            failed = self._round()
            for name, reason in failed.items():
                if name not in failing:
                    message = f"mirrored disks cannot be copied to other slices at the moment: {reason}"
                    emit("warning", message=message, node=name)
            failing = set(failed)
            time.sleep(max(PAUSE, LONGER * (time.monotonic() - begun)))

    def _round(self) -> dict[str, str]:
        """
        :returns: the nodes whose disks could not be copied, and why
        """
        self._follow_plan()
        nodes = [Node(str(node.directory)) for node in self._plan.own_nodes]
        for number in set().union(*(pairs.other_slices(node) for node in nodes)):
            self._link(number)
        with self._lock:
            unused = [each for each, link in self._links.items() if link.wanted < time.monotonic() - UNUSED]
            for number in unused:
                self._links.pop(number).end()
        failed = {}
        for node in nodes:
            try:
                mirror.bring(node)
            except Exception as error:
                # Whatever is wrong with the disks of one node, those of the others are copied.
                failed[node.name] = repr(error)
        return failed

    def _follow_plan(self) -> None:
        changed = paths.PLAN.stat().st_mtime_ns
        if changed == self._read_at:
            return
        with suppress(PlanError):
            self._plan, self._read_at = load(None), changed
        known = slices.Slices(self._plan.slice, {node.name: node.slice for node in self._plan.nodes})
        slices.write(self._directory, known)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                # There are too many open files at the moment.
                time.sleep(1)
                continue
            more = {"link": self._answer_link, "broken": self._break_off}
            conversation = serve.Conversation(self._directory, Wire(connection), more)
            threading.Thread(target=conversation.hold, daemon=True).start()

    def _answer_link(self, message: Message) -> Message:
        link = self._link(message["slice"])
        return {"up": link is not None and link.is_up()}

    def _break_off(self, message: Message) -> Message:
        with self._lock:
            link = self._links.get(message["slice"])
        if link is not None:
            link.break_off()
        return {}

    def _link(self, number: int) -> Link | None:
        with self._lock:
            peer = next((each for each in self._plan.peers if each.number == number), None)
            if peer is None:
                return None
            link = self._links.get(number)
            if link is not None and link.peer != peer:
                # A slice that has joined has the number of one that had left.
                link.end()
                link = None
            link = link or Link(self._plan, peer)
            self._links[number], link.wanted = link, time.monotonic()
            return link


if __name__ == "__main__":
    Mirrors(load(None)).run()
