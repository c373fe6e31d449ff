"""Starts `connect_proxy`, through which relay containers publish ports of nodes while the slice runs.  With several
slices, it also leads to RAPI, in each slice, from a port that the container publishes.

The proxy is a process of its own, of an unprivileged user, because every host on the container's network can connect to
it.
"""

import socket
import subprocess
import sys
from typing import Self

from ..events import emit
from ..ganeti.ssconf import current_cluster
from ..network import addresses
from ..plan.model import Plan

#: `src/plan/relay.ts` has the same
PORT = 5079


class Proxy:
    def __init__(self, plan: Plan) -> None:
        """Listens on the addresses that the engine gave this container; the nodes' addresses keep all their ports
        free."""
        self._subnet = plan.network.subnet
        outside = addresses.outside_addresses(plan)
        self._listeners = [_listen(address, PORT) for address in outside]
        self._to_rapi: list[socket.socket] = []
        if plan.rapi.published_port != plan.rapi.port:
            # RAPI runs in the master's slice, and the master can change: all slices lead to the cluster's address.
            self._to_rapi = [_listen(address, plan.rapi.published_port) for address in outside]
        self._rapi = f"{current_cluster(plan).address}:{plan.rapi.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self.keep_running(plan)

    def keep_running(self, plan: Plan) -> None:
        """Starts the proxy if it does not run, or leads to an address that the cluster had before `gnt-cluster rename`.
        Clients that connect meanwhile wait."""
        rapi = f"{current_cluster(plan).address}:{plan.rapi.port}"
        if self._to_rapi and rapi != self._rapi:
            self._stop()
        self._rapi = rapi
        if not self._listeners or (self._process is not None and self._process.poll() is None):
            return
        if self._process is not None:
            emit("warning", message=f"the proxy for published ports ended with status {self._process.returncode}; it is restarted")
        descriptors = [listener.fileno() for listener in (*self._listeners, *self._to_rapi)]
        specs = [f"{listener.fileno()}" for listener in self._listeners]
        specs += [f"{listener.fileno()}={rapi}" for listener in self._to_rapi]
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-P", "-m", f"{__package__}.connect_proxy", self._subnet, *specs],
            pass_fds=descriptors, stdin=subprocess.DEVNULL, cwd="/", user="nobody", group="nogroup", extra_groups=[],
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for listener in (*self._listeners, *self._to_rapi):
            listener.close()
        self._stop()

    def _stop(self) -> None:
        """Stops the proxy, which closes all connections."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


def _listen(address: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(128)
    return listener
