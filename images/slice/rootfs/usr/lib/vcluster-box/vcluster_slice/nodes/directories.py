"""The cluster directory: a directory for each node, with what Ganeti and the Ganeti manual expect in it."""

import json
import os
import shutil
from pathlib import Path

from .. import paths
from ..plan.model import Node, Plan
from . import scripts

#: Debian's paths.  `gnt-cluster info` holds them for all nodes; the first leads to what each node has of its own
#: (`vcluster_node/file_storage.py`).
STORAGE = (Path("/srv/ganeti/file-storage"), Path("/srv/ganeti/shared-file-storage"))
#: Where the external storage provider in the image keeps volumes.  Ganeti does not know this one.
EXTERNAL = Path("/srv/ganeti/ext-storage")


def make_tree(plan: Plan) -> str | None:
    """Makes the directories of this slice's nodes.  What a first start left half-made is made anew."""
    paths.STATE.mkdir(parents=True, exist_ok=True)
    provisioned = paths.PROVISIONED.exists()
    plan.directory.mkdir(parents=True, exist_ok=True)
    _make_directories(*STORAGE, EXTERNAL)
    for node in plan.own_nodes:
        if not provisioned:
            shutil.rmtree(node.directory, ignore_errors=True)
        make_node_directory(node)
    for node in plan.nodes:
        if node.slice != plan.slice:
            make_stand_in(node)
    scripts.write_cluster_scripts(plan.directory)
    return "they are there already" if provisioned else None


def make_stand_in(node: Node) -> None:
    """For a node of another slice: `gnt-node add` makes links below the *master's* node directory on the node that it adds."""
    (node.directory / "etc/ganeti").mkdir(parents=True, exist_ok=True)
    scripts.write_cmd_elsewhere(node)


def make_node_directory(node: Node) -> None:
    _copy_template(paths.NODE_TEMPLATE, node.directory)
    _write_defaults(node)
    _write_resources(node)
    storage = node.directory / "etc/ganeti/file-storage-paths"
    storage.write_text("".join(f"{path}\n" for path in STORAGE))
    # Ganeti makes the one for exports with the first, and until then complains of each node that has none; the one for logs
    # of external storage it never makes.
    own = (str(STORAGE[0])[1:], "var/lib/ganeti/export", "var/log/ganeti/extstorage")
    _make_directories(*(node.directory / path for path in own))
    # Ganeti's ssh commands find its version-independent parts through these links (`lib/ssh.py`, GetAllCommands...).
    for name in ("lib", "share"):
        link = node.directory / "etc/ganeti" / name
        if not link.is_symlink():
            link.symlink_to(os.readlink(f"/etc/ganeti/{name}"))
    scripts.write_cmd(node)


def _write_resources(node: Node) -> None:
    """What Ganeti is to find of memory, CPUs and disk: `vcluster_node/resources.py` reads it."""
    target = node.directory / "var/lib/vcluster-box/resources.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(dict(node.resources)) + "\n")


def _make_directories(*directories: Path) -> None:
    for path in directories:
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o750)


def _copy_template(template: Path, target: Path) -> None:
    """Copies directories with owner and mode.  `ensure-dirs` does the same for 0.3 s of CPU a node."""
    for folder, _, _ in os.walk(template):
        status = os.stat(folder)
        made = target / Path(folder).relative_to(template)
        made.mkdir(parents=True, exist_ok=True)
        os.chown(made, status.st_uid, status.st_gid)
        os.chmod(made, status.st_mode & 0o7777)


def _write_defaults(node: Node) -> None:
    """What `daemon-util` reads.  Written once: from then on it is the user's."""
    defaults = node.directory / "etc/default/ganeti"
    defaults.parent.mkdir(parents=True, exist_ok=True)
    if defaults.exists():
        return
    bind = f"-b {node.address}"
    defaults.write_text(
        f"""# Default settings for virtual node {node.name}
NODED_ARGS='--no-mlock {bind}'
# On all addresses: it runs on the master alone, and the watcher looks for it on 127.0.0.1.
RAPI_ARGS='--require-authentication'
CONFD_ARGS='{bind}'
MOND_ARGS='{bind}'
METAD_ARGS='{bind}'
WCONFD_ARGS=''
LUXID_ARGS=''
KVMD_ARGS=''

export GANETI_ROOTDIR='{node.directory}'
export GANETI_HOSTNAME='{node.name}'
"""
    )
