"""The scripts that the Ganeti manual promises: `<node>/cmd`, and `start-all`, `stop-all`, `restart-all`, `watcher-all`."""

from pathlib import Path

from .. import paths
from ..boot.check import file_limit
from ..plan.model import Node

ACTIONS = ("start", "stop", "restart", "watcher")


def write_cmd(node: Node) -> None:
    """`cmd` runs its arguments as they are.  With exactly one, it is a line for the shell, as upstream's `cmd` has it
    (Ganeti's QA passes one quoted line)."""
    _write(
        node.directory / "cmd",
        f"""#!/bin/bash
# Runs a command as virtual node {node.name}: arguments as they are; a single argument is a line for the shell.
export GANETI_ROOTDIR='{node.directory}'
export GANETI_HOSTNAME='{node.name}'
# Ganeti's Python programs close every possible descriptor when they become daemons.
ulimit -Sn {file_limit()}

if [ $# -eq 1 ]; then
  exec bash -c "$1"
fi
exec "$@"
""",
    )


def write_cmd_elsewhere(node: Node) -> None:
    """The same for a node of another slice, so that all nodes' `cmd` are below one directory, as the manual and Ganeti's QA have it."""
    _write(
        node.directory / "cmd",
        f"""#!/bin/bash
# Runs a command as virtual node {node.name}, which is in another slice, by the script of this name there.
arguments= tty=
for argument; do printf -v arguments '%s %q' "$arguments" "$argument"; done
if [ -t 0 ] && [ -t 1 ]; then tty=-t; fi
exec ssh $tty -o BatchMode=yes -o LogLevel=ERROR 'root@{node.address}' "{node.directory}/cmd$arguments"
""",
    )


def write_cluster_scripts(directory: Path) -> None:
    for action in ACTIONS:
        what = "Runs ganeti-watcher on" if action == "watcher" else f"Does '{action}' with the daemons of"
        _write(
            directory / f"{action}-all",
            f"""#!/bin/sh
# {what} all virtual nodes; fails when it fails on a node.
exec {paths.PROGRAM} {action}-all "$@"
""",
        )


def _write(path: Path, content: str) -> None:
    path.write_text(content)
    path.chmod(0o755)
