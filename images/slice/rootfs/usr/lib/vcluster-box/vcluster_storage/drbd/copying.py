"""Makes the content of one side's volume that of the other's, of which one can be in another slice."""

from collections.abc import Callable
from itertools import islice
from typing import Protocol

from .blocks import BATCH, BLOCK, Blocks, Ranges, merged


class Content(Protocol):
    """`Blocks` of this slice, or of another one."""

    def size(self) -> int: ...
    def used(self) -> Ranges: ...
    def sums(self, blocks: list[int]) -> list[str]: ...
    def read(self, blocks: list[int]) -> bytes: ...
    def write(self, blocks: list[int], data: bytes, zeros: list[int]) -> None: ...
    def commit(self, progress: Callable[[], None] = ...) -> None: ...
    def discard(self) -> None: ...
    def changed(self) -> bool: ...
    def begin(self) -> None: ...
    def done(self) -> None: ...


def copy(source: Content, target: Content, progress: Callable[[], None] = lambda: None) -> None:
    """What is the same on both sides is not sent, and holes stay holes.

    :param progress: called now and then while nothing is sent
    """
    source.begin()
    target.discard()
    sizes = source.size(), target.size()
    most = -(-min(sizes) // BLOCK)
    blocks = (block for block in merged(source.used(), target.used()) if block < most)
    while batch := list(islice(blocks, BATCH)):
        sums = zip(batch, source.sums(batch), target.sums(batch), strict=True)
        differing = [(block, wanted) for block, wanted, present in sums if wanted != present]
        full = [block for block, wanted in differing if wanted]
        if differing:
            target.write(full, source.read(full) if full else b"", [block for block, wanted in differing if not wanted])
    target.commit(progress)
    if sizes[0] == sizes[1]:
        # A side that is larger at the moment is copied again, when the other one has grown too.
        source.done()


def _implements(blocks: Blocks) -> Content:
    return blocks
