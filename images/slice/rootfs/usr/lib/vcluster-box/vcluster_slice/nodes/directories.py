"""The cluster directory: a directory for each node, with what Ganeti expects in it, and the scripts that the Ganeti
manual promises: `<node>/cmd`, and `start-all`, `stop-all`, `restart-all`, `watcher-all`."""

import json
import os
import shutil
from pathlib import Path

from .. import files, paths
from ..boot.check import file_limit
from ..plan.model import Node, Plan

#: Debian's paths.  `gnt-cluster info` has the same for all nodes; the first leads to a directory of each node's own
#: (`vcluster_node/file_storage.py`).
STORAGE = (Path("/srv/ganeti/file-storage"), Path("/srv/ganeti/shared-file-storage"))
#: Where the image's external storage provider keeps volumes.  Ganeti does not know this directory.
EXTERNAL = Path("/srv/ganeti/ext-storage")
#: hooks of all nodes
HOOKS = Path("/etc/ganeti/hooks")
ACTIONS = ("start", "stop", "restart", "watcher")


def create_directories(plan: Plan) -> str | None:
    """Creates the directories of this slice's nodes.  Those of a first start that was interrupted are recreated."""
    paths.STATE.mkdir(parents=True, exist_ok=True)
    provisioned = paths.PROVISIONED.exists()
    plan.directory.mkdir(parents=True, exist_ok=True)
    _make_directories(*STORAGE, EXTERNAL)
    HOOKS.mkdir(exist_ok=True)
    for node in plan.own_nodes:
        if not provisioned:
            shutil.rmtree(node.directory, ignore_errors=True)
        create_node_directory(node)
    for node in plan.nodes:
        if node.slice != plan.slice:
            create_placeholder(node)
    _write_cluster_scripts(plan.directory)
    return "they already exist" if provisioned else None


def create_placeholder(node: Node) -> None:
    """For a node of another slice.  `gnt-node add` creates links below the *master's* node directory, on the added
    node."""
    (node.directory / "etc/ganeti").mkdir(parents=True, exist_ok=True)
    _write_remote_cmd(node)


def create_node_directory(node: Node) -> None:
    _copy_template(paths.NODE_TEMPLATE, node.directory)
    _write_defaults(node)
    _write_resources(node)
    storage = node.directory / "etc/ganeti/file-storage-paths"
    files.ensure(storage, "".join(f"{path}\n" for path in STORAGE))
    # Ganeti creates the directory for exports with the first export, and reports each node without one until then.  It
    # never creates the one for logs of external storage.
    own = (str(STORAGE[0])[1:], "var/lib/ganeti/export", "var/log/ganeti/extstorage")
    _make_directories(*(node.directory / path for path in own))
    # Ganeti's ssh commands find its version-independent parts through these links (`lib/ssh.py`, GetAllCommands...).
    links = {name: os.readlink(f"/etc/ganeti/{name}") for name in ("lib", "share")}
    for name, target in {**links, "hooks": str(HOOKS)}.items():
        link = node.directory / "etc/ganeti" / name
        # Instead of the link to the common hooks, the user can give the node a directory of its own.
        if not link.is_symlink() and not link.exists():
            link.symlink_to(target)
    _write_cmd(node)


def _copy_template(template: Path, target: Path) -> None:
    """Copies directories with owner and mode.  `ensure-dirs` does the same for 0.3 s of CPU a node."""
    for folder, _, _ in os.walk(template):
        status = os.stat(folder)
        made = target / Path(folder).relative_to(template)
        made.mkdir(parents=True, exist_ok=True)
        os.chown(made, status.st_uid, status.st_gid)
        os.chmod(made, status.st_mode & 0o7777)


def _make_directories(*directories: Path) -> None:
    for path in directories:
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o750)


def _write_resources(node: Node) -> None:
    """Memory, CPUs and disk that Ganeti is to see; read by `vcluster_node/resources.py`."""
    target = node.directory / "var/lib/vcluster-box/resources.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    files.ensure(target, json.dumps(dict(node.resources)) + "\n")


def _write_defaults(node: Node) -> None:
    """Read by `daemon-util`.  An existing file is kept: the user might have changed it."""
    defaults = node.directory / "etc/default/ganeti"
    defaults.parent.mkdir(parents=True, exist_ok=True)
    if defaults.exists():
        return
    bind = f"-b {node.address}"
    defaults.write_text(
        f"""# Default settings for virtual node {node.name}
NODED_ARGS='--no-mlock {bind}'
# On all addresses: it runs on the master only, and the watcher expects it on 127.0.0.1.
RAPI_ARGS='--require-authentication'
CONFD_ARGS='{bind}'
MOND_ARGS='{bind}'
METAD_ARGS='{bind}'
WCONFD_ARGS=''
LUXID_ARGS=''
KVMD_ARGS=''

# Daemons do not get the proxies, libraries and locale of the command that starts them.
unset LC_ALL LD_LIBRARY_PATH LD_PRELOAD PYTHONPATH $(compgen -e | grep -i '_proxy$')
export LANG=C.UTF-8

export GANETI_ROOTDIR='{node.directory}'
export GANETI_HOSTNAME='{node.name}'
"""
    )


def _write_cmd(node: Node) -> None:
    """`cmd` runs its arguments unchanged.  A single argument is a line for the shell, as for upstream's `cmd`: Ganeti's
    QA passes one quoted line."""
    _write_script(
        node.directory / "cmd",
        f"""#!/bin/bash
# Runs a command as virtual node {node.name}: arguments unchanged; a single argument is a line for the shell.
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


def _write_remote_cmd(node: Node) -> None:
    """The same for a node of another slice: the manual and Ganeti's QA expect every node's `cmd` below one
    directory."""
    _write_script(
        node.directory / "cmd",
        f"""#!/bin/bash
# Runs a command as virtual node {node.name}, which is in another slice, with that slice's script of the same name.
arguments= tty=
for argument; do printf -v arguments '%s %q' "$arguments" "$argument"; done
if [ -t 0 ] && [ -t 1 ]; then tty=-t; fi
exec ssh $tty -o BatchMode=yes -o LogLevel=ERROR 'root@{node.address}' "{node.directory}/cmd$arguments"
""",
    )


def _write_cluster_scripts(directory: Path) -> None:
    for action in ACTIONS:
        what = "Runs ganeti-watcher on" if action == "watcher" else f"Does '{action}' with the daemons of"
        _write_script(
            directory / f"{action}-all",
            f"""#!/bin/sh
# {what} all virtual nodes; fails when it fails on a node.
exec {paths.PROGRAM} {action}-all "$@"
""",
        )


def _write_script(path: Path, content: str) -> None:
    files.ensure(path, content)
    path.chmod(0o755)
