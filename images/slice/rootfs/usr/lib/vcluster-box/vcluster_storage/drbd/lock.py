"""One lock for the pairs of all nodes of a slice."""

import fcntl
import os
import time
from collections.abc import Callable
from typing import IO

from ..failure import Failed

NAME = ".drbd.lock"
SECONDS = 120.0


class Lock:
    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def release(self) -> None:
        self._file.close()


def acquire(directory: str, waiting: Callable[[], None] = lambda: None) -> Lock:
    """
    :param directory: that of all nodes of the slice
    :param waiting: called now and then meanwhile
    :raises Failed: when it is held for too long
    """
    file = open(os.path.join(directory, NAME), "w", encoding="ascii")
    try:
        end, pause = time.monotonic() + SECONDS, 0.001
        while not _locks(file):
            waiting()
            if time.monotonic() > end:
                raise Failed("the state of the pairs is in use by another program for too long", 20)
            time.sleep(pause)
            pause = min(2 * pause, 0.02)
    except BaseException:
        file.close()
        raise
    return Lock(file)


def _locks(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
