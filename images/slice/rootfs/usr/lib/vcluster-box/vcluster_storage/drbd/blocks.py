"""The content of one side's volume in blocks, of which those that differ are copied to the other side.

What arrives is collected in a file first, and put into the volume when all of it is there.  So a copy that is
interrupted leaves the volume as it was, and one whose last step was interrupted is completed later.
"""

import hashlib
import json
import os
import struct
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from .. import sparse

BLOCK = 64 * 1024
#: blocks in one message
BATCH = 128
_ZEROS = bytes(BLOCK)
_RECORD = struct.Struct("!QI")
#: The time of a file's last change can stay the same for so long, in ns, while it is written to.
TICK_NS = 20_000_000

Ranges = list[tuple[int, int]]


class Blocks:
    """
    :param path: the file with the content
    :param notes: where to write down what was copied; other files have this name and an ending
    :param connection: to which connection of the two sides those notes belong
    """

    def __init__(self, path: str, notes: str, connection: str) -> None:
        self._path, self._notes, self._connection = path, notes, connection
        self._begun: list[int | str] | None = None

    def size(self) -> int:
        return os.stat(self._path).st_size

    def used(self) -> Ranges:
        """Ranges of blocks outside of which there are only holes."""
        with open(self._path, "rb") as file:
            data = sparse.data(file.fileno(), os.fstat(file.fileno()).st_size)
        return [(start // BLOCK, -(-end // BLOCK)) for start, end in data]

    def sums(self, blocks: Sequence[int]) -> list[str]:
        """A checksum each; empty for a block of zeros."""
        with open(self._path, "rb") as file:
            return [_sum(_read(file.fileno(), block)) for block in blocks]

    def read(self, blocks: Sequence[int]) -> bytes:
        """Each as long as a block, also at the end of the volume."""
        with open(self._path, "rb") as file:
            return b"".join(_read(file.fileno(), block).ljust(BLOCK, b"\0") for block in blocks)

    def write(self, blocks: Sequence[int], data: bytes, zeros: Sequence[int]) -> None:
        """Takes effect with `commit`."""
        os.makedirs(os.path.dirname(self._notes), exist_ok=True)
        with open(f"{self._notes}.new", "ab") as file:
            if file.tell() == 0:
                file.write(f"{os.path.realpath(self._path)}\n".encode())
            for place, block in enumerate(blocks):
                file.write(_RECORD.pack(block, BLOCK) + data[place * BLOCK : (place + 1) * BLOCK])
            for block in zeros:
                file.write(_RECORD.pack(block, 0))

    def commit(self, progress: Callable[[], None] = lambda: None) -> None:
        with suppress(FileNotFoundError):
            os.replace(f"{self._notes}.new", f"{self._notes}.ready")
        self.complete(progress)
        self._write_down(self._state())

    def discard(self) -> None:
        """Forgets what a copy that was interrupted has collected."""
        sparse.clear(f"{self._notes}.new")

    def complete(self, progress: Callable[[], None] = lambda: None) -> None:
        """Puts what has arrived into the volume, unless that is another one now."""
        try:
            journal = open(f"{self._notes}.ready", "rb")
        except FileNotFoundError:
            return
        with journal, open(self._path, "r+b") as file:
            if journal.readline().decode().rstrip("\n") == os.path.realpath(self._path):
                size = os.fstat(file.fileno()).st_size
                while head := journal.read(_RECORD.size):
                    block, length = _RECORD.unpack(head)
                    _write(file.fileno(), block, journal.read(length), size)
                    progress()
        os.unlink(f"{self._notes}.ready")

    def changed(self) -> bool:
        """Whether the content can be another one than that which was copied last over this connection."""
        try:
            return self._noted() != self._state()
        except OSError:
            return True

    def belongs(self) -> bool:
        """Whether the content is from a copy over this connection."""
        return os.path.exists(self._path) and self._noted()[:1] == [self._connection]

    def begin(self) -> None:
        """Before the content is copied to the other side."""
        since = time.time_ns() - os.stat(self._path).st_mtime_ns
        if 0 <= since < TICK_NS:
            time.sleep((TICK_NS - since) / 1e9)
        self._begun = self._state()

    def done(self) -> None:
        """It has been copied."""
        if self._begun is not None:
            self._write_down(self._begun)

    def _noted(self) -> list[int | str]:
        try:
            with open(f"{self._notes}.json", encoding="ascii") as file:
                return list(json.load(file))
        except (OSError, ValueError):
            return []

    def _write_down(self, state: list[int | str]) -> None:
        os.makedirs(os.path.dirname(self._notes), exist_ok=True)
        with open(f"{self._notes}.json.new", "w", encoding="ascii") as file:
            json.dump(state, file)
        os.replace(f"{self._notes}.json.new", f"{self._notes}.json")

    def _state(self) -> list[int | str]:
        status = os.stat(self._path)
        return [self._connection, status.st_mtime_ns, status.st_size, status.st_ino]


def _read(file: int, block: int) -> bytes:
    return os.pread(file, BLOCK, block * BLOCK)


def _sum(content: bytes) -> str:
    if content == _ZEROS[: len(content)]:
        return ""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _write(file: int, block: int, content: bytes, size: int) -> None:
    start, end = block * BLOCK, min((block + 1) * BLOCK, size)
    if content:
        os.pwrite(file, content[: max(0, end - start)], start)
    elif end > start:
        sparse.punch(file, start, end - start)


def merged(*lists: Ranges) -> Iterable[int]:
    """The blocks of all ranges, in order, each once."""
    position = 0
    for start, end in sorted(each for ranges in lists for each in ranges):
        yield from range(max(position, start), end)
        position = max(position, end)
