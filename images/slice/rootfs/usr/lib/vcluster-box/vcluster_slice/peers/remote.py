"""Runs the slice's program in other slices, over ssh, with the key that all slices of a cluster share."""

import shlex
import socket
import subprocess
import time
from collections.abc import Iterable

from .. import paths
from ..failure import StepFailed
from ..plan.model import Plan, Slice

SSH = 22
#: exit status of ssh when it cannot connect, or loses the connection
NO_CONNECTION = 255


class Unreachable(StepFailed):
    """The other slice does not answer in time, or at all."""


def call(plan: Plan, peer: Slice, command: list[str], *, stdin: bytes = b"", seconds: float = 60) -> str:
    """Runs one command of the slice's program, and waits for it.

    :param seconds: timeout
    :returns: its standard output
    :raises Unreachable: when there is no connection, or it times out
    :raises StepFailed: with its message, when its exit status is not 0
    """
    try:
        done = subprocess.run(_argv(plan, peer, command), input=stdin, capture_output=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise Unreachable(f"{named(peer)} does not answer within {seconds:.0f} s") from error
    return _result(peer, done)


def call_all(plan: Plan, peers: Iterable[Slice], command: list[str], *, seconds: float) -> dict[Slice, str]:
    """Calls several slices at once.  Answers must be small.

    :returns: the answers of those that answer in time and do not fail
    """
    running = {
        peer: subprocess.Popen(
            _argv(plan, peer, command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        for peer in peers
    }
    deadline = time.monotonic() + seconds
    answers = {}
    try:
        for peer, process in running.items():
            try:
                out, _ = process.communicate(timeout=max(0.01, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                continue
            if process.returncode == 0:
                answers[peer] = out.decode(errors="replace")
    finally:
        for process in running.values():
            if process.poll() is None:
                process.kill()
                process.wait()
    return answers


def listens(peer: Slice, *, seconds: float = 0.5) -> bool:
    """Whether its sshd accepts connections: the slice is up and reachable.  Cheap enough to be called repeatedly."""
    try:
        with socket.create_connection((peer.address, SSH), timeout=seconds):
            return True
    except OSError:
        return False


def tunnel(plan: Plan, peer: Slice, here: str, there: str) -> list[str]:
    """The command of an ssh that leads from a socket in this slice to one in the other, until it is killed."""
    forward = ["-N", "-T", "-o", "ExitOnForwardFailure=yes", "-o", "StreamLocalBindUnlink=yes", "-L", f"{here}:{there}"]
    return ["ssh", *_options(plan), *forward, f"root@{peer.address}"]


def named(peer: Slice) -> str:
    return f"slice {peer.number} ({peer.endpoint})"


def _argv(plan: Plan, peer: Slice, command: list[str]) -> list[str]:
    return ["ssh", *_options(plan), f"root@{peer.address}", shlex.join([paths.PROGRAM, *command])]


def _options(plan: Plan) -> list[str]:
    options = {
        "BatchMode": "yes",
        "ConnectTimeout": "5",
        "ServerAliveInterval": "5",
        "ServerAliveCountMax": "3",
        "StrictHostKeyChecking": "yes",
        # As Ganeti does: all slices have the same host key, known by the cluster's name.
        "HostKeyAlias": plan.cluster.name,
        "LogLevel": "ERROR",
    }
    return [word for key, value in options.items() for word in ("-o", f"{key}={value}")]


def _result(peer: Slice, done: subprocess.CompletedProcess[bytes]) -> str:
    said = done.stderr.decode(errors="replace")
    if done.returncode == NO_CONNECTION:
        last = (said.strip().splitlines() or ["unknown reason"])[-1]
        raise Unreachable(f"{named(peer)} cannot be reached: {last}")
    if done.returncode != 0:
        # `__main__` prints the reason first.
        first, *rest = said.strip().splitlines() or [f"it ended with status {done.returncode}"]
        raise StepFailed(f"{named(peer)}: {first.removeprefix('vcluster-slice: ')}", output="\n".join(rest))
    return done.stdout.decode(errors="replace")
