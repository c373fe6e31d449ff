"""Runs a simulated program as a process: its name is that of the link in /usr/sbin."""

import os
import sys
from collections.abc import Sequence

from . import blockdev
from .node import Node
from .programs import PROGRAMS, run

#: util-linux's, for devices that are not simulated
BLOCKDEV = "/usr/lib/vcluster-box-blockdev"


def main(argv: Sequence[str]) -> int:
    name = os.path.basename(argv[0])
    root = os.environ.get("GANETI_ROOTDIR")
    if name == "blockdev" and not (root and blockdev.is_simulated(Node(root), argv[1:])):
        os.execv(BLOCKDEV, argv)
    if not root:
        print(f"{name}: this slice has several nodes: run it with `vcluster-box exec NODE {name}`", file=sys.stderr)
        return 5
    assert name in PROGRAMS
    outcome = run(name, root, argv[1:], _ask)
    try:
        sys.stdout.write(outcome.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stderr.write(outcome.stderr)
    return outcome.status


def _ask(question: str) -> bool:
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
