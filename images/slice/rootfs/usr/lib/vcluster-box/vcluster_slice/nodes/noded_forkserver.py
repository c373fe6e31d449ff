"""Starts the node daemons of many nodes by forking one process that has imported what they all import.

Each `ganeti-noded` takes 0.18 s of CPU to start, more than half of it for Python modules that do not depend on the node
(cryptography, pyOpenSSL, pycurl, pyparsing).  The fork server imports them once.  A fork for each node then runs
Ganeti's own program, unchanged, which reads its node's paths from its environment.  All daemons also share the memory
of those modules, so a node takes about half as much.

It reads jobs as lines of JSON from standard input (`{"root": ..., "argv": [...]}`) and writes `{"root": ..., "status":
..., "output": ...}` for each, in the order in which they end.  A daemon that is started in any other way
(`daemon-util`, the watcher) is an ordinary process.
"""

import ctypes
import gc
import importlib
import json
import os
import runpy
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

from ..processes import cpus

#: modules of other projects that `ganeti.server.noded` imports; those that a release does not have are skipped
COMMON = (
    "OpenSSL", "cryptography.x509", "pycurl", "pyparsing", "json", "logging.handlers", "optparse", "ssl", "subprocess",
    "email.message", "asyncore", "http.client", "urllib.request", "xml.dom.minidom", "bitarray", "simplejson", "paramiko",
    "psutil", "concurrent.futures",
)  # fmt: skip
PR_SET_NAME = 15


def main() -> int:
    _import_common()
    # The collector must not touch these objects, or their pages would no longer be shared.
    gc.freeze()
    running: dict[int, tuple[str, Any]] = {}
    for line in sys.stdin:
        if len(running) >= 2 * cpus():
            _await_one(running)
        job = json.loads(line)
        output = tempfile.TemporaryFile()
        pid = os.fork()
        if pid == 0:
            _become(job["root"], job["argv"], output)
        running[pid] = (job["root"], output)
    while running:
        _await_one(running)
    return 0


def _import_common() -> None:
    for name in COMMON:
        try:
            importlib.import_module(name)
        except ImportError:
            pass


def _await_one(running: dict[int, tuple[str, Any]]) -> None:
    pid, status = os.wait()
    root, output = running.pop(pid)
    output.seek(0)
    text = output.read().decode(errors="replace")
    print(json.dumps({"root": root, "status": os.waitstatus_to_exitcode(status), "output": text}), flush=True)


def _become(root: str, argv: list[str], output: Any) -> NoReturn:
    """Becomes the program `argv[0]`, as the node whose directory is `root`."""
    status = 70
    try:
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        del os.environ["PYTHONPATH"]
        os.environ.update(GANETI_ROOTDIR=root, GANETI_HOSTNAME=os.path.basename(root))
        _rename(argv)
        # `vcluster-box.pth` does this when Python starts as a node.
        importlib.import_module("vcluster_node").install()
        sys.argv = argv
        sys.path[0:0] = [str(Path(argv[0]).resolve().parent)]
        runpy.run_path(argv[0], run_name="__main__")
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _rename(argv: list[str]) -> None:
    """Takes on the program's name and arguments, for `start-stop-daemon --name` and `ps`.

    The name is set by prctl(2); the arguments are where /proc/self/stat says (proc(5), `arg_start`, `arg_end`).
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NAME, os.path.basename(argv[0]).encode(), 0, 0, 0)
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    words = "\0".join(["/usr/bin/python3", *argv]).encode()[: end - start - 1]
    ctypes.memmove(start, words.ljust(end - start, b"\0"), end - start)


if __name__ == "__main__":
    sys.exit(main())
