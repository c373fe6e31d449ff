"""The sides of a node in another slice: by asking that slice, which answers with `serve`."""

from collections.abc import Callable
from typing import Any

from . import minors
from .blocks import Ranges
from .metadata import Metadata
from .minors import Minor
from .wire import Message, Wire

#: what happens to a side by what happens between the two; all else is changed on its own node only
SHARED = ("standalone", "connection", "sync")


class Far:
    """
    :raises wire.Gone: from all methods, when the other slice does not answer (any more)
    """

    def __init__(self, wire: Wire, node: str, answer: Message) -> None:
        self._wire, self._node = wire, node
        self.minors: dict[int, Minor] = {}
        self._metadata: dict[int, Metadata | None] = {}
        self._changed: set[int] = set()
        for each in answer["sides"]:
            minor = minors.from_json(each["minor"])
            self.minors[minor.number] = minor
            self._metadata[minor.number] = each["metadata"] and Metadata(**each["metadata"])
            if each["changed"]:
                self._changed.add(minor.number)
        self._before = {number: self._shared(number) for number in self.minors}

    def metadata(self, minor: Minor) -> Metadata | None:
        return self._metadata[minor.number]

    def save_metadata(self, minor: Minor, content: Metadata) -> None:
        self._metadata[minor.number] = content

    def content(self, minor: Minor) -> "FarContent":
        # Which connection it belongs to is noted there.
        self._save(minor.number)
        which = {"node": self._node, "minor": minor.number}
        return FarContent(self._wire, which, lambda: self._changed.discard(minor.number))

    def changed(self, minor: Minor) -> bool:
        return minor.number in self._changed

    def save(self) -> None:
        for number in self.minors:
            self._save(number)

    def _save(self, number: int) -> None:
        shared = self._shared(number)
        if shared != self._before[number]:
            self._wire.call({"op": "change", "node": self._node, "number": number, **shared})
            self._before[number] = shared

    def _shared(self, number: int) -> Message:
        content, text = self._metadata[number], minors.to_json(self.minors[number])
        return {
            "metadata": content and {**vars(content), "history": list(content.history)},
            "minor": {name: text[name] for name in SHARED},
            "discard": bool(text["net"] and text["net"]["discard"]),
        }


class FarContent:
    def __init__(self, wire: Wire, which: Message, on_copied: Callable[[], None]) -> None:
        self._wire, self._which, self._on_copied = wire, which, on_copied

    def size(self) -> int:
        return int(self._ask("size"))

    def used(self) -> Ranges:
        return [(int(start), int(end)) for start, end in self._ask("used")]

    def sums(self, blocks: list[int]) -> list[str]:
        return [str(each) for each in self._ask("sums", blocks)]

    def read(self, blocks: list[int]) -> bytes:
        return self._wire.call({"op": "read", **self._which, "arguments": [blocks]})[1]

    def write(self, blocks: list[int], data: bytes, zeros: list[int]) -> None:
        self._wire.call({"op": "write", **self._which, "arguments": [blocks, zeros]}, data)

    def commit(self, _progress: Callable[[], None] = lambda: None) -> None:
        self._ask("commit")
        self._on_copied()

    def discard(self) -> None:
        self._ask("discard")

    def changed(self) -> bool:
        return bool(self._ask("changed"))

    def begin(self) -> None:
        self._ask("begin")

    def done(self) -> None:
        self._ask("done")
        self._on_copied()

    def _ask(self, what: str, *arguments: Any) -> Any:
        return self._wire.call({"op": what, **self._which, "arguments": arguments})[0].get("result")
