"""`drbdmeta`, as Ganeti calls that of DRBD 8.4."""

from collections.abc import Sequence

from ..failure import Failed
from ..node import Node
from ..outcome import Outcome
from . import metadata
from .metadata import Metadata


def run(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    """`drbdmeta [--force] DEVICE v08 META flex-external create-md|apply-al|dump-md`."""
    match [word for word in argv if word != "--force"]:
        case [_, "v08", path, _, "create-md"]:
            metadata.write(path, Metadata())
            outcome.out.append("Writing meta data...\nNew drbd meta data block successfully created.\n")
        case [_, "v08", path, _, "apply-al" | "dump-md" as what]:
            found = metadata.read(path)
            if what == "dump-md":
                outcome.out.append(f"current-uuid {found.generation};\nstate {found.state};\n")
        case _:
            raise Failed("drbdmeta: only v08, and create-md, apply-al and dump-md are simulated", 20)
