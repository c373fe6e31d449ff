"""Follows log files for `vcluster-box logs -f`: existing files, rotated ones, and those that are created later.

It writes one JSON object a line: `{"file": PATH, "lines": [...]}` for new lines of a file, and `{}` at the end of each
round.  The first round has all existing lines.  It ends when standard input is closed, which means that the client is
gone.
"""

import json
import os
import select
import sys
from dataclasses import dataclass
from pathlib import Path

PAUSE_SECONDS = 0.25
#: bytes that are read of a file at once, so that a huge one does not fill the memory.  The client reads lines of at
#: most 1 MiB, and a record with two pieces of only control characters is shorter.  Longer lines of a log are split.
PIECE = 1 << 16


@dataclass
class Position:
    """How far a file was read.  It is reopened each time: many nodes have more logs than a process can have open
    files."""

    inode: int
    offset: int = 0
    #: the beginning of an incomplete line
    begun: bytes = b""


def follow(directories: list[Path]) -> int:
    positions: dict[Path, Position] = {}
    while True:
        found = [_print_new(path, positions) for directory in directories for path in _logs(directory)]
        if any(found) or not positions:
            _print({})
        if _client_gone():
            return 0


def _logs(directory: Path) -> list[Path]:
    try:
        return sorted(directory.rglob("*.log"))
    except OSError:
        return []  # its node is being removed


def _print_new(path: Path, positions: dict[Path, Position]) -> bool:
    """
    :returns: whether there were new lines.  A file that is being rotated or removed has none
    """
    try:
        return _read_new(path, positions)
    except BrokenPipeError:
        raise
    except OSError:
        return False


def _read_new(path: Path, positions: dict[Path, Position]) -> bool:
    status = path.stat()
    known = positions.get(path)
    found = False
    if known is not None and known.inode != status.st_ino:
        rotated = path.with_name(f"{path.name}.1")
        if rotated.exists() and rotated.stat().st_ino == known.inode:
            found = _read(path, rotated, known)
        known = None
    if known is None or status.st_size < known.offset:
        known = positions[path] = Position(status.st_ino)
    return (status.st_size > known.offset and _read(path, path, known)) or found


def _read(name: Path, path: Path, position: Position) -> bool:
    found = False
    with path.open("rb") as file:
        file.seek(position.offset)
        while piece := file.read(PIECE):
            position.offset += len(piece)
            *lines, position.begun = (position.begun + piece).split(b"\n")
            if len(position.begun) >= PIECE:
                lines, position.begun = [*lines, position.begun], b""
            if lines:
                found = True
                _print({"file": str(name), "lines": [line.decode(errors="replace") for line in lines]})
    return found


def _print(record: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


def _client_gone() -> bool:
    readable, _, _ = select.select([sys.stdin], [], [], PAUSE_SECONDS)
    return bool(readable) and os.read(sys.stdin.fileno(), 1) == b""
