"""Runs Python programs of nodes as forks of one process that has imported what they all import.

A `ganeti-noded` of its own takes 0.18 s of CPU to start, nearly all of it for importing modules.  This process imports
them once, as a node with a placeholder for a name (see `placeholder`).  A fork for each program then runs Ganeti's own
file, unchanged.  All daemons also share the memory of those modules.

It reads lines from standard input, each a JSON list of programs (see `forkserver`).  It runs the programs of a list at
the same time, and writes `{"number": ..., "status": ..., "output": ...}` for each, in the order in which they end,
before it reads the next line.  A daemon that is started in any other way (`daemon-util`, the watcher) is an ordinary
process.
"""

import ctypes
import gc
import grp
import importlib
import json
import os
import pwd
import runpy
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

from ..processes import cpus
from . import placeholder

PR_SET_NAME, PR_SET_DUMPABLE = 15, 4


def main() -> int:
    renames = _import_noded(sys.argv[1], f"unnamed-{os.getpid()}")
    # The collector must not touch these objects, or their pages would no longer be shared.
    gc.freeze()
    for line in sys.stdin:
        running: dict[int, tuple[int, Any]] = {}
        for number, program in enumerate(json.loads(line)):
            if len(running) >= 2 * cpus():
                _await_one(running)
            output = tempfile.TemporaryFile()
            pid = os.fork()
            if pid == 0:
                _become(program, output, renames)
            running[pid] = (number, output)
        while running:
            _await_one(running)
    return 0


def _import_noded(cluster_directory: str, name: str) -> list[placeholder.Rename]:
    """Imports the node daemon as a node with that name.

    :returns: what turns it into the node daemon of another node
    """
    del os.environ["PYTHONPATH"]
    os.environ.update(GANETI_ROOTDIR=f"{cluster_directory}/{name}", GANETI_HOSTNAME=name)
    # `vcluster-box.pth` does this when Python starts as a node.
    importlib.import_module("vcluster_node").install()
    sys.path[0:0] = [str(Path("/usr/sbin/ganeti-noded").resolve().parent)]
    importlib.import_module("ganeti.server.noded")
    # A node daemon imports them when it needs them.
    importlib.import_module("vcluster_storage.programs")
    # What OpenSSL prepares for its first context takes 1.2 MiB.
    ssl = importlib.import_module("OpenSSL.SSL")
    ssl.Context(ssl.TLS_METHOD)
    return placeholder.find(name)


def _await_one(running: dict[int, tuple[int, Any]]) -> None:
    pid, status = os.wait()
    number, output = running.pop(pid)
    output.seek(0)
    text = output.read().decode(errors="replace")
    print(json.dumps({"number": number, "status": os.waitstatus_to_exitcode(status), "output": text}), flush=True)


def _become(program: dict[str, Any], output: Any, renames: list[placeholder.Rename]) -> NoReturn:
    """Becomes the program, as the node whose directory is `root`."""
    status = 70
    try:
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        root, argv = program["root"], program["argv"]
        name = os.path.basename(root)
        os.environ.update(program["variables"], GANETI_ROOTDIR=root, GANETI_HOSTNAME=name)
        for rename in renames:
            rename(name)
        _rename(argv)
        _change_user(program["user"])
        sys.argv = argv
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


def _change_user(names: str) -> None:
    """As `start-stop-daemon --chuid user:group` does, which then executes the program: that makes it dumpable again, so
    that its user can read what /proc says of it (prctl(2))."""
    user, group = names.split(":")
    os.setgid(grp.getgrnam(group).gr_gid)
    os.initgroups(user, grp.getgrnam(group).gr_gid)
    os.setuid(pwd.getpwnam(user).pw_uid)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


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
