"""All nodes of the cluster joined at once, instead of by a `gnt-node add` each (2 to 5 s, one at a time)."""

import dataclasses
import json
import time
from pathlib import Path

from .. import files
from ..ganeti import rapi
from ..ganeti.certificates import Signer, make_key
from ..ganeti.configuration import Joined, join
from ..plan.model import Node, Plan

#: what `gnt-node add` and the redistribution that follows give a node, below `var/lib/ganeti`
CLUSTER_FILES = (
    "server.pem", "rapi.pem", "spice.pem", "spice-ca.pem", "hmac.key", "cluster-domain-secret", "known_hosts"
)  # fmt: skip
DATA = Path("var/lib/ganeti")


def join_nodes(plan: Plan, password: str, elsewhere: Path) -> None:
    """Writes every node into the configuration, and what it needs to take part into its directory.

    The master's daemons must not run: they would write their own idea of the configuration over it.

    :param elsewhere: gets a directory for each node of another slice, with what that is to put into the node's own
    """
    master = plan.master.directory / DATA
    config = master / "config.data"
    signer = Signer(master / "server.pem", make_key())
    signed = {node.name: signer.sign(node.name) for node in plan.nodes if node != plan.master}
    digests = {name: digest for name, (_, digest) in signed.items()}
    joined = join(json.loads(config.read_text()), plan.nodes, digests, time.time(), plan.groups)
    like = config.stat()
    files.write(config, json.dumps(joined.data).encode(), like=like)
    rapi.write_users(plan.master, plan.rapi_user, password)
    _write_ssconf(master, joined, master)
    for node in plan.nodes:
        if node != plan.master:
            here = node if node.slice == plan.slice else _stand_in(node, elsewhere)
            _equip(here, plan, joined, signed[node.name][0])
            rapi.write_users(here, plan.rapi_user, password)


def _stand_in(node: Node, elsewhere: Path) -> Node:
    """The same node, with another directory."""
    directory = elsewhere / node.name
    (directory / DATA / "rapi").mkdir(parents=True)
    return dataclasses.replace(node, directory=directory)


def _equip(node: Node, plan: Plan, joined: Joined, client_pem: bytes) -> None:
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
            # `gnt-cluster init` writes them in another order than wconfd, which later writes them anew a group at a time:
            # `gnt-cluster verify` would find that the groups differ.
            lines = sorted(source.read_text().splitlines(keepends=True))
            files.write(own / source.name, "".join(lines).encode(), like=source.stat())
        elif own != master:
            files.copy(source, own / source.name)
