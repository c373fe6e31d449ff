"""`blockdev` for simulated devices, which are files: their size."""

import os
from collections.abc import Sequence

from .drbd import minors
from .failure import Failed
from .node import MEBI, Node
from .outcome import Outcome

#: option -> bytes of its unit
UNITS = {"--getsize64": 1, "--getsize": 512, "--getsz": 512}
IGNORED = ("--rereadpt", "--flushbufs")


def run(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    match argv:
        case [option, device] if option in UNITS:
            try:
                outcome.out.append(f"{_size(node, device) // UNITS[option]}\n")
            except OSError as error:
                raise Failed(f"blockdev: cannot open {device}: {error.strerror}", 1) from error
        case [option, _] if option in IGNORED:
            pass
        case _:
            raise Failed(f"blockdev: only {', '.join((*UNITS, *IGNORED))} are simulated", 1)


def _size(node: Node, device: str) -> int:
    """A mirrored device has a size even while it cannot be opened."""
    number = os.path.basename(device).removeprefix("drbd")
    minor = minors.read(node).get(int(number)) if number.isdigit() else None
    return minor.disk.size_mib * MEBI if minor and minor.disk else os.stat(device).st_size


def is_simulated(node: Node, argv: Sequence[str]) -> bool:
    """Whether it is about a device below the node's directory."""
    return bool(argv) and os.path.normpath(argv[-1]).startswith(node.path("dev/"))
