"""The master's socket, wherever the master is.

If it is in another slice, ssh forwards the socket for as long as this process lives.  It is started only once.
"""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time

SOCKET = "var/run/ganeti/socket/ganeti-query"
#: for ssh to connect
CONNECT_SECONDS = 10.0
PR_SET_PDEATHSIG = 1

_forwarded: dict[str, str | None] = {}


def socket_of(nodes: str, master: str, address: str | None) -> str | None:
    """None when it is not available.

    :param nodes: the cluster directory
    :param address: the master's own
    """
    here = os.path.join(nodes, master)
    if os.path.isdir(os.path.join(here, "var")):
        path = os.path.join(here, SOCKET)
        return path if os.path.exists(path) else None
    if address is None:
        return None
    if master not in _forwarded:
        _forwarded[master] = _forward(os.path.join(here, SOCKET), address)
    return _forwarded[master]


def _forward(remote: str, address: str) -> str | None:
    directory = tempfile.mkdtemp(prefix="vcluster-box-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    socket = os.path.join(directory, "master")
    options = ("BatchMode=yes", "ExitOnForwardFailure=yes", "ConnectTimeout=5", "LogLevel=ERROR")
    words = [word for option in options for word in ("-o", option)]
    process = subprocess.Popen(
        ["ssh", "-nNT", *words, "-L", f"{socket}:{remote}", f"root@{address}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=_end_with_parent,
    )  # fmt: skip
    atexit.register(_end, process)
    deadline = time.monotonic() + CONNECT_SECONDS
    while not os.path.exists(socket):
        if process.poll() is not None or time.monotonic() > deadline:
            return None
        time.sleep(0.01)
    return socket


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait()


def _end_with_parent() -> None:
    """Even if the parent is killed (prctl(2))."""
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
