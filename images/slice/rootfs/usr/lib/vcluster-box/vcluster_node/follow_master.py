"""Lets Ganeti's commands work on any node: they ask the master.

`gnt-*` programs talk to the master's daemon through a socket in the node's own directory, and fail on other nodes
("This is not the master node").  `vcluster-box exec` and `shell` set VCLUSTER_BOX_FOLLOW_MASTER=1: a program on another
node then uses the master's socket, even one of another slice.  `<node>/cmd` does not set it, and so behaves as on real
machines.

The watcher never follows: its own node's socket tells it whether that node is the master, and otherwise it has nothing
to do.
"""

import os
import sys
from types import ModuleType
from typing import Any

VARIABLE = "VCLUSTER_BOX_FOLLOW_MASTER"
SOCKET = "var/run/ganeti/socket/ganeti-query"
#: what does not work without the change
LOST = "in `exec` and `shell`, gnt-* commands work on the master only"


def change(luxi: ModuleType) -> None:
    if os.environ.get(VARIABLE) != "1" or os.path.basename(sys.argv[0]) == "ganeti-watcher":
        return
    original = luxi.Client.__init__
    own_socket = luxi.pathutils.QUERY_SOCKET

    def init(self: Any, address: str | None = None, *rest: Any, **options: Any) -> None:
        elsewhere = _master_socket() if address in (None, own_socket) else None
        original(self, elsewhere or address, *rest, **options)

    luxi.Client.__init__ = init


def _master_socket() -> str | None:
    """None when this node is the master, or the master is unknown: Ganeti then reports its usual error."""
    root = os.environ["GANETI_ROOTDIR"]
    nodes, own_name = os.path.split(root)
    master = _named_by(root)
    if master == own_name and not os.path.exists(os.path.join(root, SOCKET)):
        # It was stopped during a failover, and still believes that it is the master.
        master = _elected_master()
    if master in ("", own_name):
        return None
    from . import master_socket  # here, because every `gnt-*` command imports this file, and hardly any needs it

    return master_socket.socket_of(nodes, master, _address_of(root, master))


def _elected_master() -> str:
    """By the votes of the slice's nodes."""
    from vcluster_slice.master.votes import master_name
    from vcluster_slice.plan.loader import PlanError, load

    try:
        return master_name(load(None)) or ""
    except PlanError:
        return ""


def _address_of(root: str, node: str) -> str | None:
    lines = (line.split() for line in _read(root, "node_primary_ips").splitlines())
    return next((line[1] for line in lines if line[0] == node), None)


def _named_by(root: str) -> str:
    """The master's name, by a node's files; empty when the node is in no cluster."""
    return _read(root, "master_node")


def _read(root: str, key: str) -> str:
    try:
        with open(os.path.join(root, f"var/lib/ganeti/ssconf_{key}"), encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""
