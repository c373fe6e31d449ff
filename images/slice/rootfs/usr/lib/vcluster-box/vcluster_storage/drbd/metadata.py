"""What DRBD keeps in a disk's metadata volume: which generation of the data the disk has."""

import json
import secrets
from dataclasses import dataclass, field

from ..failure import Failed

MAGIC = b"simulated DRBD 8.4 metadata\n"
LENGTH = 8192
UP_TO_DATE, INCONSISTENT = "UpToDate", "Inconsistent"


@dataclass
class Metadata:
    state: str = INCONSISTENT
    #: None: just created
    generation: str | None = None
    #: earlier generations, the newest first
    history: list[str] = field(default_factory=list)

    def begin_generation(self) -> None:
        """From now on, this disk's data is different from that of its peer."""
        self.history = [one for one in (self.generation, *self.history) if one is not None][:8]
        self.generation = secrets.token_hex(8).upper()

    def take_over(self, other: "Metadata") -> None:
        """The disk now has the other one's data."""
        self.state, self.generation, self.history = other.state, other.generation, list(other.history)


def read(path: str) -> Metadata:
    """
    :raises Failed: when the volume cannot be read, or has no metadata
    """
    try:
        with open(path, "rb") as file:
            content = file.read(LENGTH)
    except OSError as error:
        raise Failed(f"open({path}) failed: {error.strerror}", 20) from error
    if not content.startswith(MAGIC):
        raise Failed(f"No valid meta data found on {path}", 20)
    return Metadata(**json.loads(content[len(MAGIC) :].rstrip(b"\0").decode("ascii")))


def write(path: str, metadata: Metadata) -> None:
    content = MAGIC + json.dumps(vars(metadata)).encode("ascii")
    try:
        with open(path, "r+b") as file:
            file.write(content.ljust(LENGTH, b"\0"))
    except OSError as error:
        raise Failed(f"open({path}) failed: {error.strerror}", 20) from error
