"""Follows log files for `vcluster-box logs -f`: those that are there, those that are rotated, and those that come later.

One JSON object a line on standard output: `{"file": PATH, "lines": [...]}` for what is new in a file, and `{}` at the end of
each round, the first of which has all that there was.  It ends when standard input does, which is when nobody listens any more.
"""

import json
import select
import sys
from dataclasses import dataclass
from pathlib import Path

PAUSE_SECONDS = 0.25
#: read at once of one file, so that a huge one does not fill the memory
PIECE = 1 << 20


@dataclass
class Position:
    """How far a file was read.  It is opened anew each time: many nodes have more logs than a process may have files open."""

    inode: int
    offset: int = 0
    #: the beginning of a line whose end is not written yet
    begun: bytes = b""


def follow(directories: list[Path]) -> int:
    positions: dict[Path, Position] = {}
    while True:
        told = [_tell(path, positions) for directory in directories for path in _logs(directory)]
        if any(told) or not positions:
            _print({})
        if _listener_gone():
            return 0


def _logs(directory: Path) -> list[Path]:
    try:
        return sorted(directory.rglob("*.log"))
    except OSError:
        return []  # its node is just being removed


def _tell(path: Path, positions: dict[Path, Position]) -> bool:
    """Tells what is new in a file; whether there was anything.  A file may be rotated or removed at any moment."""
    try:
        return _tell_new(path, positions)
    except BrokenPipeError:
        raise
    except OSError:
        return False


def _tell_new(path: Path, positions: dict[Path, Position]) -> bool:
    status = path.stat()
    known = positions.get(path)
    told = False
    if known is not None and known.inode != status.st_ino:
        rotated = path.with_name(f"{path.name}.1")
        if rotated.exists() and rotated.stat().st_ino == known.inode:
            told = _read(path, rotated, known)
        known = None
    if known is None or status.st_size < known.offset:
        known = positions[path] = Position(status.st_ino)
    return (status.st_size > known.offset and _read(path, path, known)) or told


def _read(name: Path, path: Path, position: Position) -> bool:
    told = False
    with path.open("rb") as file:
        file.seek(position.offset)
        while piece := file.read(PIECE):
            position.offset += len(piece)
            *lines, position.begun = (position.begun + piece).split(b"\n")
            if lines:
                told = True
                _print({"file": str(name), "lines": [line.decode(errors="replace") for line in lines]})
    return told


def _print(record: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


def _listener_gone() -> bool:
    readable, _, _ = select.select([sys.stdin], [], [], PAUSE_SECONDS)
    return bool(readable) and sys.stdin.buffer.read1(1) == b""
