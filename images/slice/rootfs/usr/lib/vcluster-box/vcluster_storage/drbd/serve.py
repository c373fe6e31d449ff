"""Answers another slice about the sides of this slice's nodes, and changes them as it says.

The other slice holds this slice's lock meanwhile, but not for longer than it goes on speaking.  It names a node and a
minor, never a file, and cannot change which disk a minor is attached to.
"""

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from ..failure import Failed
from ..node import Node
from . import lock, metadata, minors
from .far import SHARED
from .metadata import Metadata
from .near import Near
from .wire import Gone, Message, Wire

#: seconds for which the other slice can say nothing
IDLE_SECONDS = 15.0
#: seconds between two signs of being at work
SIGN_SECONDS = 1.0
#: of `Blocks`
CONTENT = ("size", "used", "sums", "discard", "changed", "begin", "done")


class Conversation:
    """
    :param directory: that of all nodes of this slice
    :param more: what is answered elsewhere, without the lock
    """

    def __init__(self, directory: str, wire: Wire, more: Mapping[str, Callable[[Message], Message]]) -> None:
        self._directory, self._wire, self._more = directory, wire, more
        self._lock: lock.Lock | None = None
        self._near: dict[str, Near] = {}
        self._contents: dict[tuple[str, int], Any] = {}
        self._signed = time.monotonic()

    def hold(self) -> None:
        """Until the other slice ends it, or is silent."""
        try:
            while True:
                message, data = self._wire.receive(IDLE_SECONDS)
                try:
                    self._wire.send(*self._answer(message, data))
                except (Failed, OSError, ValueError, LookupError, TypeError) as error:
                    self._wire.send({"error": f"{type(error).__name__}: {error}"})
        except Gone:
            pass
        finally:
            if self._lock is not None:
                self._lock.release()
            self._wire.close()

    def _answer(self, message: Message, data: bytes) -> tuple[Message, bytes]:
        what = message["op"]
        if what in self._more:
            return self._more[what](message), b""
        if what == "lock":
            self._lock = self._lock or lock.acquire(self._directory, self._sign)
            return {}, b""
        if self._lock is None:
            raise ValueError("the lock is not held")
        match what:
            case "ping":
                return {}, b""
            case "sides":
                return self._sides(str(message["node"])), b""
            case "change":
                self._change(message)
                return {}, b""
            case "read":
                return {}, self._content(message).read(*message["arguments"])
            case "write":
                blocks, zeros = message["arguments"]
                self._content(message).write(blocks, data, zeros)
                return {}, b""
            case "commit":
                self._content(message).commit(self._sign)
                return {}, b""
            case _ if what in CONTENT:
                act: Callable[..., Any] = getattr(self._content(message), what)
                return {"result": act(*message["arguments"])}, b""
        raise ValueError(f"there is no {what}")

    def _sign(self) -> None:
        if time.monotonic() > self._signed + SIGN_SECONDS:
            self._signed = time.monotonic()
            self._wire.send({"wait": True})

    def _sides(self, name: str) -> Message:
        """Null for a node that is stopped, off or paused."""
        node = self._node(name)
        if not node.answers():
            return {"sides": None}
        near = self._near[name] = Near(node)
        self._contents.clear()
        found = []
        for minor in near.minors.values():
            content = near.metadata(minor)
            changed = near.changed(minor)
            found.append({"minor": minors.to_json(minor), "metadata": content and vars(content), "changed": changed})
        near.save()
        return {"sides": found}

    def _change(self, message: Message) -> None:
        near = self._near[message["node"]]
        minor = near.minors[message["number"]]
        parts = {name: message["minor"][name] for name in SHARED}
        near.minors[minor.number] = minor = minors.from_json({**minors.to_json(minor), **parts})
        if minor.net is not None:
            minor.net.discard = minor.net.discard and bool(message["discard"])
        if message["metadata"] is not None and minor.disk is not None:
            metadata.write(minor.disk.meta, Metadata(**message["metadata"]))
        self._contents.clear()
        near.save()

    def _content(self, message: Message) -> Any:
        key = (message["node"], message["minor"])
        if key not in self._contents:
            near = self._near[key[0]]
            self._contents[key] = near.content(near.minors[key[1]])
        return self._contents[key]

    def _node(self, name: str) -> Node:
        if os.path.basename(name) != name:
            raise ValueError(f"{name} is not the name of a node")
        return Node(os.path.join(self._directory, name))
