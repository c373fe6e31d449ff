"""Runs other programs, as the slice or as one of its nodes."""

import os
import subprocess

from .failure import StepFailed
from .plan.model import Node


def node_environment(node: Node) -> dict[str, str]:
    """Two variables make a process belong to a virtual node (Ganeti's `lib/vcluster.py`).

    A command that `vcluster-box exec` runs has a third one (`vcluster_node/follow_master.py`), which daemons and
    watchers must not inherit.
    """
    own = {name: value for name, value in os.environ.items() if name != "VCLUSTER_BOX_FOLLOW_MASTER"}
    return {**own, "GANETI_ROOTDIR": str(node.directory), "GANETI_HOSTNAME": node.name}


def run(argv: list[str], *, node: Node | None = None, stdin: str | None = None) -> str:
    """Runs a command and returns its output.

    :raises StepFailed: when it cannot be started or its exit status is not 0
    """
    name = None if node is None else node.name
    try:
        done = subprocess.run(
            argv,
            env=None if node is None else node_environment(node),
            input=stdin if stdin is not None else "",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise StepFailed(f"{argv[0]} cannot be run: {error.strerror}", node=name) from error
    if done.returncode != 0:
        command = " ".join(argv[:2])
        raise StepFailed(f"{command} ended with status {done.returncode}", node=name, output=done.stdout)
    return done.stdout
