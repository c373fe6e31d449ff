"""The sides of a node of this slice: in its own files."""

import os
from contextlib import suppress

from .. import sparse
from ..failure import Failed
from ..node import Node
from . import metadata, minors
from .blocks import Blocks
from .metadata import Metadata
from .minors import Minor


class Near:
    def __init__(self, node: Node) -> None:
        self.node = node
        self.minors = minors.read(node)
        self._before = repr(self.minors)

    def metadata(self, minor: Minor) -> Metadata | None:
        """That of the attached disk.  A disk that cannot be read is given up (`--on-io-error=detach`)."""
        if minor.disk is None:
            return None
        try:
            found = metadata.read(minor.disk.meta)
            open(minor.disk.data, "rb").close()
            self.content(minor).complete()
            return found
        except (Failed, OSError):
            minor.disk, minor.sync = None, None
            return None

    def save_metadata(self, minor: Minor, content: Metadata) -> None:
        if minor.disk is not None:
            metadata.write(minor.disk.meta, content)

    def content(self, minor: Minor) -> Blocks:
        """
        :raises OSError: when there is no disk
        """
        if minor.disk is None:
            raise FileNotFoundError(f"minor {minor.number} has no disk")
        return Blocks(minor.disk.data, self.node.path(f"{minors.NOTES}/{minor.number}"), minor.connection)

    def changed(self, minor: Minor) -> bool:
        return minor.disk is not None and self.content(minor).changed()

    def work(self, minor: Minor) -> Blocks:
        """What a primary without a disk works on, if that of its peer is in another slice."""
        return Blocks(self.work_file(minor), self.node.path(f"{minors.NOTES}/{minor.number}.work"), minor.connection)

    def work_file(self, minor: Minor) -> str:
        return self.node.path(f"{minors.NOTES}/{minor.number}.data")

    def make_work(self, minor: Minor, size: int) -> Blocks:
        os.makedirs(self.node.path(minors.NOTES), exist_ok=True)
        with open(self.work_file(minor), "wb") as file:
            os.ftruncate(file.fileno(), size)
        return self.work(minor)

    def drop_work(self, minor: Minor) -> None:
        sparse.clear(self.work_file(minor))
        for ending in ("json", "new", "ready"):
            sparse.clear(self.node.path(f"{minors.NOTES}/{minor.number}.work.{ending}"))

    def save(self) -> None:
        if repr(self.minors) != self._before:
            minors.write(self.node, self.minors)


def forget(node: Node) -> None:
    """What a node that loses its power does not remember."""
    with suppress(FileNotFoundError):
        os.unlink(node.path(minors.STATE))
    notes = node.path(minors.NOTES)
    for name in os.listdir(notes) if os.path.isdir(notes) else ():
        # What has arrived whole is written to the disk all the same.
        if not name.endswith(".ready"):
            sparse.clear(os.path.join(notes, name))
