"""Runs the simulated programs for storage (`vcluster_storage`) in Ganeti's own process.

Ganeti's node daemon asks `lvs` several times for each volume that it touches, and a Python program takes some 20 ms of
CPU to start.  The result is that of the program in /usr/sbin: it has the same code, which reads the same file.
"""

import os
import shlex
from types import ModuleType
from typing import Any

from . import expect

#: in a command line for the shell, characters that mean nothing special
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_=/.,:+")
#: what does not work without the change
LOST = "jobs with disks start a program for each request to the storage, and are slower"


def change(process: ModuleType) -> None:
    original = process._RunCmdPipe
    expect.parameters(original, "cmd", "env", "via_shell", "cwd", "interactive", "timeout", "noclose_fds", "input_fd")
    none = process._TIMEOUT_NONE

    def run_pipe(cmd: Any, env: Any, via_shell: bool, cwd: str, interactive: bool, *rest: Any, **options: Any) -> Any:
        argv = None if interactive else _simulated(cmd)
        if argv is None:
            return original(cmd, env, via_shell, cwd, interactive, *rest, **options)
        from vcluster_storage import programs

        outcome = programs.run(argv[0], os.environ["GANETI_ROOTDIR"], argv[1:])
        return outcome.stdout, outcome.stderr, outcome.status, none

    process._RunCmdPipe = run_pipe


def _simulated(command: Any) -> list[str] | None:
    """The words of a command that is simulated."""
    if isinstance(command, str):
        command = shlex.split(command) if PLAIN.issuperset(command) else []
    if not command or not command[0].startswith(("lv", "vg", "pv", "blockdev", "drbd")):
        return None
    from vcluster_storage import blockdev, node, programs

    words = [str(word) for word in command]
    if words[0] == "blockdev" and not blockdev.is_simulated(node.Node(os.environ["GANETI_ROOTDIR"]), words[1:]):
        return None
    return words if words[0] in programs.PROGRAMS else None
