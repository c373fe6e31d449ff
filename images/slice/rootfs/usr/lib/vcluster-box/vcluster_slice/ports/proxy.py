"""Lets ports of nodes be published while the slice runs: relay containers ask `connect_proxy`, which this starts.  In each of
several slices it also leads to RAPI, from a port that the container publishes.

It is a process of its own, of a user without any rights, because whoever is on the container's network may talk to it.
"""

import socket
import subprocess
import sys
from typing import Self

from ..events import emit
from ..network import addresses
from ..plan.model import Plan

#: `src/plan/relay.ts` has it, too
PORT = 5079


class Proxy:
    def __init__(self, plan: Plan) -> None:
        """Listens from now on: on the addresses that the engine gave this container, so that no node has its port taken."""
        self._subnet = plan.subnet
        outside = addresses.outside_addresses(plan)
        self._listeners = [(_listen(address, PORT), "") for address in outside]
        if plan.rapi_published_port != plan.rapi_port:
            # RAPI runs in the slice of the master, wherever that is: all slices lead to it.
            rapi = f"={plan.cluster.address}:{plan.rapi_port}"
            self._listeners += [(_listen(address, plan.rapi_published_port), rapi) for address in outside]
        self._process: subprocess.Popen[bytes] | None = None
        self.keep_running()

    def keep_running(self) -> None:
        """Starts it (again), if it does not run.  Who connects meanwhile waits."""
        if not self._listeners or (self._process is not None and self._process.poll() is None):
            return
        if self._process is not None:
            emit("warning", message=f"what leads to published ports ended with status {self._process.returncode}")
        descriptors = [listener.fileno() for listener, _ in self._listeners]
        doors = [f"{listener.fileno()}{place}" for listener, place in self._listeners]
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-P", "-m", f"{__package__}.connect_proxy", self._subnet, *doors],
            pass_fds=descriptors, stdin=subprocess.DEVNULL, cwd="/", user="nobody", group="nogroup", extra_groups=[],
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends it, and with it all connections: who is at their other end is told at once."""
        for listener, _place in self._listeners:
            listener.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


def _listen(address: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(128)
    return listener
