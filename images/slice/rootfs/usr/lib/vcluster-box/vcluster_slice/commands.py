"""Runs other programs, as the slice or as one of its nodes."""

import os
import subprocess

from .failure import StepFailed
from .plan.model import Node


#: the variables that daemons get from the container's environment: as few as from an init system, without proxies and
#: without variables that change how programs run
INHERITED = ("PATH", "HOME", "TZ")


def clean_environment() -> dict[str, str]:
    return {**{name: os.environ[name] for name in INHERITED if name in os.environ}, "LANG": "C.UTF-8"}


def node_environment(node: Node) -> dict[str, str]:
    """Two variables make a process belong to a virtual node (Ganeti's `lib/vcluster.py`)."""
    return {**clean_environment(), "GANETI_ROOTDIR": str(node.directory), "GANETI_HOSTNAME": node.name}


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
