"""A connection to another slice, through which programs of this slice speak with `vcluster_storage.drbd.serve` there.

It is an ssh that leads from a socket to a socket, with the key that all slices of a cluster share.  It is kept as long
as a pair of disks has a side there, because each connection costs 0.2 s of CPU, and a pair is looked at often.
"""

import os
import subprocess
import threading
import time
from contextlib import suppress

from vcluster_storage.drbd import slices

from ..peers import remote
from ..plan.model import Plan, Slice

#: seconds
PATIENCE = 6.0
PAUSE = 1.0


class Link:
    def __init__(self, plan: Plan, peer: Slice) -> None:
        self._plan, self.peer = plan, peer
        self._socket, self._there = (
            slices.path(str(plan.directory), name) for name in (str(peer.number), slices.OWN_SOCKET)
        )
        self._changed = threading.Condition()
        self._process: subprocess.Popen[bytes] | None = None
        self._tried, self._up, self._ended = False, False, False
        self.wanted = time.monotonic()
        threading.Thread(target=self._keep, daemon=True).start()

    def is_up(self) -> bool:
        """Waits for the first attempt only: later ones are made whether or not somebody asks."""
        with self._changed:
            self._changed.wait_for(lambda: self._tried, PATIENCE)
            return self._up

    def break_off(self) -> None:
        """The other slice does not answer."""
        with self._changed:
            if self._up and self._process is not None:
                self._process.kill()
                self._up = False

    def end(self) -> None:
        self._ended = True
        self.break_off()

    def _keep(self) -> None:
        """The process ends with this thread, whatever becomes of it."""
        while not self._ended:
            with suppress(OSError):
                # There might be no free processes.
                if remote.listens(self.peer):
                    self._connect()
            self._say(up=False)
            time.sleep(PAUSE)

    def _connect(self) -> None:
        self._remove_socket()
        ssh = remote.tunnel(self._plan, self.peer, self._socket, self._there)
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *ssh],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while not os.path.exists(self._socket) and self._process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        if os.path.exists(self._socket):
            self._say(up=True)
            self._process.wait()
        self._process.kill()
        self._process.wait()
        self._remove_socket()

    def _say(self, *, up: bool) -> None:
        with self._changed:
            self._tried, self._up = True, up and not self._ended
            self._changed.notify_all()

    def _remove_socket(self) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self._socket)
