"""Copies of files that keep their holes."""

import errno
import fcntl
import os
from contextlib import suppress

FICLONE = 0x40049409
#: fallocate(2)
KEEP_SIZE, PUNCH_HOLE = 1, 2
#: ending of a file that is about to replace another one
NEW = ".new"


def copy(source: str, target: str) -> None:
    """Shares the data with the source if the file system can do so; otherwise copies what is not a hole."""
    with open(source, "rb") as read, open(target, "wb") as written:
        try:
            fcntl.ioctl(written.fileno(), FICLONE, read.fileno())
            return
        except OSError:
            pass
        size = os.fstat(read.fileno()).st_size
        os.ftruncate(written.fileno(), size)
        for start, end in data(read.fileno(), size):
            _copy_range(read.fileno(), written.fileno(), start, end)


def separate(path: str) -> None:
    """Gives a file that has other names a copy of its own, under this name."""
    clear(path + NEW)
    copy(path, path + NEW)
    os.replace(path + NEW, path)


def join(source: str, path: str) -> None:
    """Makes `path` another name of the source."""
    clear(path + NEW)
    os.link(source, path + NEW)
    os.replace(path + NEW, path)


def clear(path: str) -> None:
    """Removes what somebody who was killed left: it can be another name of a file that is in use."""
    with suppress(FileNotFoundError):
        os.unlink(path)


def punch(file: int, start: int, length: int) -> None:
    """Makes a hole; on a file system without holes, zeros."""
    import ctypes

    offset, size = ctypes.c_int64(start), ctypes.c_int64(length)
    if ctypes.CDLL(None).fallocate64(file, KEEP_SIZE | PUNCH_HOLE, offset, size) != 0:
        os.pwrite(file, bytes(length), start)


def data(file: int, size: int) -> list[tuple[int, int]]:
    """Where the file is no hole: begin and end of each part."""
    ranges, position = [], 0
    while position < size:
        try:
            start = os.lseek(file, position, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:
                break
            raise
        position = os.lseek(file, start, os.SEEK_HOLE)
        ranges.append((start, position))
    return ranges


def _copy_range(source: int, target: int, start: int, end: int) -> None:
    while start < end:
        copied = os.sendfile(target, source, start, end - start) if _seek(target, start) else 0
        if copied == 0:
            break
        start += copied


def _seek(file: int, position: int) -> bool:
    return os.lseek(file, position, os.SEEK_SET) == position
