"""How long a slice waits for the others."""

import time

from .. import paths

#: seconds that are left once all slices are known to have started
ALL_STARTED_SECONDS = 12.0


class Deadline:
    """Moves closer once all slices are known to have started."""

    def __init__(self, seconds: float) -> None:
        self._begin = time.monotonic()
        self._end = self._begin + seconds
        #: whether the other slices are known to have started
        self.all_started = False

    def is_over(self, since: float = 0) -> bool:
        """
        :param since: for how many seconds
        """
        if not self.all_started and paths.ALL_STARTED.exists():
            self.all_started = True
            self._end = min(self._end, time.monotonic() + ALL_STARTED_SECONDS)
        return time.monotonic() >= self._end + since

    def elapsed(self) -> float:
        """Seconds."""
        return time.monotonic() - self._begin

    def end(self) -> None:
        self._end = 0
