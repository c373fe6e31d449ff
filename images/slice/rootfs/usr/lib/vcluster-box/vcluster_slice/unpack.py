"""Unpacks what `vcluster-box cp` sends.  The engine, which could do it too, writes holes as data."""

import os
import shutil
import sys
import tarfile
import uuid
from pathlib import Path
from typing import IO, Any

from . import move_into

#: a block of so many zeros becomes a hole
BLOCK = 2**16
ZEROS = bytes(BLOCK)


class Incomplete(Exception):
    """The archive ends too early: the sender has failed, or was killed."""


def report(stream: IO[bytes], into: Path) -> int:
    """Like `unpack`, but prints a failure.

    :returns: the exit status
    """
    try:
        unpack(stream, into)
        return 0
    except (Incomplete, move_into.Conflict) as error:
        problem = str(error)
    except OSError as error:
        problem = f"cannot write into {into}: {(error.strerror or str(error)).lower()}"
    print(problem, file=sys.stderr, flush=True)
    # If this process ended before it has read everything, the connection would break, and the message could be lost.
    while stream.read(BLOCK):
        pass
    return 1


def unpack(stream: IO[bytes], into: Path) -> None:
    """Unpacks a tar archive into a directory: all of it or nothing.

    The sender has checked names and links.  Everything is unpacked next to the target first.

    :raises Incomplete: when the archive has no end
    :raises move_into.Conflict: when it does not fit to what is there
    :raises OSError: when the system refuses to write
    """
    staging = into / f"{move_into.STAGING}{uuid.uuid4().hex[:12]}"
    # Before anything is written: their space can be needed.
    move_into.remove_stale(into)
    staging.mkdir(mode=0o700)
    try:
        _extract(stream, staging)
        move_into.move_into(staging, into)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


class _Entry(tarfile.TarInfo):
    """Notes the end of the archive: otherwise, a stream that is cut between two files looks complete."""

    @classmethod
    def fromtarfile(cls, archive: Any) -> Any:
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:
            archive.ended = True
            raise


class _Archive(tarfile.TarFile):
    tarinfo = _Entry
    ended = False


def _extract(stream: IO[bytes], staging: Path) -> None:
    directories = []
    try:
        with _Archive.open(mode="r|", fileobj=stream, bufsize=2**20) as archive:
            while (entry := archive.next()) is not None:
                # It would keep all entries in memory.
                archive.members.clear()
                _write_entry(archive, entry, staging)
                if entry.isdir():
                    directories.append(entry)
    except tarfile.TarError as error:
        raise Incomplete("the archive is incomplete") from error
    if not archive.ended:
        raise Incomplete("the archive is incomplete")
    # Writing into a directory changes its time.
    for entry in reversed(directories):
        _set_attributes(staging / entry.name, entry)


def _write_entry(archive: tarfile.TarFile, entry: tarfile.TarInfo, staging: Path) -> None:
    path = staging / entry.name
    if entry.isdir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # An archive can contain a file twice; the later one wins.
    path.unlink(missing_ok=True)
    if entry.islnk():
        os.link(staging / entry.linkname, path)
        return
    if entry.issym():
        path.symlink_to(entry.linkname)
    else:
        _write_file(archive.extractfile(entry), entry.size, path)
    _set_attributes(path, entry)


def _write_file(content: Any, size: int, path: Path) -> None:
    with open(path, "xb", buffering=0) as file:
        for start in range(0, size, BLOCK):
            block = content.read(BLOCK)
            if block != ZEROS[: len(block)]:
                os.pwrite(file.fileno(), block, start)
        file.truncate(size)


def _set_attributes(path: Path, entry: tarfile.TarInfo) -> None:
    os.lchown(path, entry.uid, entry.gid)
    if not entry.issym():
        path.chmod(entry.mode)
    os.utime(path, (entry.mtime, entry.mtime), follow_symlinks=False)
