"""All nodes join the cluster at once, instead of by one `gnt-node add` each (2 to 5 s, one at a time).

The slice that creates the cluster writes the files of all nodes.  Those of other slices' nodes it sends there, as a tar
archive.
"""

import dataclasses
import io
import json
import sys
import tarfile
import time
from pathlib import Path

from .. import files, paths
from ..failure import StepFailed
from ..ganeti import latest, rapi
from ..ganeti.certificates import Signer
from ..ganeti.configuration import Joined, join
from ..peers import remote
from ..plan.model import Node, Plan, Slice

#: what `gnt-node add` and the redistribution that follows give a node, below `var/lib/ganeti`
CLUSTER_FILES = (
    "server.pem", "rapi.pem", "spice.pem", "spice-ca.pem", "hmac.key", "cluster-domain-secret", "known_hosts"
)  # fmt: skip
DATA = Path("var/lib/ganeti")
#: seconds that a slice has to unpack its nodes' files
SEND_SECONDS = 120.0


def join_nodes(plan: Plan, password: str, outgoing: Path) -> None:
    """Adds every node to the configuration, and writes each node's files to its directory.

    The master's daemons must not run: they would overwrite the configuration with their own.

    :param outgoing: gets a directory for each node of another slice, with the files for that node's own directory
    """
    master = plan.master.directory / DATA
    config = master / "config.data"
    signer = Signer(master / "server.pem")
    signed = {node.name: signer.sign(node.name) for node in plan.nodes if node != plan.master}
    digests = {name: digest for name, (_, digest) in signed.items()}
    joined = join(json.loads(config.read_text()), plan.nodes, digests, time.time(), plan.groups)
    like = config.stat()
    files.write(config, json.dumps(joined.data).encode(), like=like)
    rapi.write_users(plan.master, plan.rapi.user, password)
    _write_ssconf(master, joined, master)
    for node in plan.nodes:
        if node != plan.master:
            target = node if node.slice == plan.slice else _outgoing_node(node, outgoing)
            _write_files(target, plan, joined, signed[node.name][0])
            rapi.write_users(target, plan.rapi.user, password)


def send_nodes(plan: Plan, peer: Slice, outgoing: Path) -> None:
    """
    :param outgoing: see `join_nodes`
    :raises StepFailed: when that slice does not accept the files
    """
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for node in plan.nodes:
            if node.slice == peer.number:
                archive.add(outgoing / node.name, arcname=node.name)
    remote.call(plan, peer, ["receive-nodes"], stdin=content.getvalue(), seconds=SEND_SECONDS)


def receive_nodes(plan: Plan) -> None:
    """Unpacks an archive from standard input into the directories of this slice's nodes, with owners and modes.

    :raises StepFailed: when it is not for exactly this slice's nodes; nothing is written then
    """
    if paths.PROVISIONED.exists():
        raise StepFailed("its nodes are in a cluster already")
    with tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read())) as archive:
        given = {member.name.partition("/")[0] for member in archive}
        if given != {node.name for node in plan.own_nodes}:
            raise StepFailed(f"the archive is for other nodes than this slice's: {', '.join(sorted(given))}")
        # No filter: the image is the same, so users and groups are too, and only a slice with this one's keys can send
        # it.  (Python has filters since 3.11.4, and warns from 3.12 on if none is set.)
        archive.extraction_filter = lambda member, path: member
        archive.extractall(plan.directory)
    latest.note(plan.own_nodes[0].directory)
    paths.PROVISIONED.touch()


def _outgoing_node(node: Node, outgoing: Path) -> Node:
    """The same node, with another directory."""
    directory = outgoing / node.name
    (directory / DATA / "rapi").mkdir(parents=True)
    return dataclasses.replace(node, directory=directory)


def _write_files(node: Node, plan: Plan, joined: Joined, client_pem: bytes) -> None:
    own, master = node.directory / DATA, plan.master.directory / DATA
    for name in CLUSTER_FILES:
        files.copy(master / name, own / name)
    files.write(own / "client.pem", client_pem, like=(master / "client.pem").stat())
    _write_ssconf(own, joined, master)
    if node.name in joined.candidates:
        files.copy(master / "config.data", own / "config.data")


def _write_ssconf(own: Path, joined: Joined, master: Path) -> None:
    for source in master.glob("ssconf_*"):
        key = source.name.removeprefix("ssconf_")
        if key in joined.ssconf:
            files.write(own / source.name, joined.ssconf[key].encode(), like=source.stat())
        elif key.startswith("hvparams_"):
            # `gnt-cluster init` writes these in another order than wconfd, which rewrites them later, one group at a
            # time.  `gnt-cluster verify` would report that the groups differ.
            lines = sorted(source.read_text().splitlines(keepends=True))
            files.write(own / source.name, "".join(lines).encode(), like=source.stat())
        elif own != master:
            files.copy(source, own / source.name)
