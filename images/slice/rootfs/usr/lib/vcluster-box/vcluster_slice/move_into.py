"""Moves what `unpack` has unpacked to its destination.  `src/archive/unpack.ts` does the same on the other
side.

`rsync` and `mv` do not do it: rsync is not in the image, and neither refuses conflicts before it moves the first file.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


#: how the names of temporary directories begin, and seconds without a change after which one is stale
STAGING, STALE_SECONDS = ".vcluster-box-cp-", 3600.0


class Conflict(Exception):
    """A directory is in the place of a file, or the other way round."""


def move_into(source: Path, into: Path) -> None:
    """Moves the content of one directory into another on the same disk.

    Existing directories are merged and keep their mode and owner.  Existing files and links are replaced, each
    atomically.  Nothing is written through a link.

    :raises Conflict: before anything is moved
    :raises OSError: when the system refuses a move
    """
    _refuse_conflicts(source, into)
    _move_all(source, into)


def remove_stale(directory: Path) -> None:
    """Removes temporary directories that killed copies left.  `src/archive/staging.ts` does the same on the other
    side."""
    for path in directory.glob(f"{STAGING}*"):
        # Another copy can remove it meanwhile.
        with suppress(OSError):
            # Unlike the time of modification, a program cannot set the time of change.
            changed = max(os.lstat(each).st_ctime for each in (path, *path.rglob("*")))
            if time.time() - changed > STALE_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def _move_all(source: Path, into: Path) -> None:
    for entry, target in _pairs(source, into):
        if _is_directory(entry) and _is_directory(target):
            _move_all(entry, target)
        else:
            os.rename(entry, target)
    source.rmdir()


def _refuse_conflicts(source: Path, into: Path) -> None:
    for entry, target in _pairs(source, into):
        if not os.path.lexists(target):
            continue
        match _is_directory(entry), _is_directory(target):
            case True, True:
                _refuse_conflicts(entry, target)
            case True, False:
                raise Conflict(f"cannot create directory {target}: a file or link of that name exists")
            case False, True:
                raise Conflict(f"cannot write file {target}: a directory of that name exists")


def _pairs(source: Path, into: Path) -> Iterator[tuple[Path, Path]]:
    for name in os.listdir(source):
        yield source / name, into / name


def _is_directory(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
