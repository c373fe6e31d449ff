"""Ganeti's commands work on any node: they ask the master.

`gnt-*` programs talk to the master's daemon through a socket in the node's own directory, and on other nodes refuse ("This
is not the master node").  `vcluster-box exec` and `shell` set VCLUSTER_BOX_FOLLOW_MASTER=1: then a program on another node
uses the master's socket, of another slice as well.  `<node>/cmd` does not, and so behaves as on real machines.

The watcher never does: it finds out by its own node's socket whether that is the master, and else has no more to do.
"""

import os
import sys
from collections import Counter
from types import ModuleType
from typing import Any

WISH = "VCLUSTER_BOX_FOLLOW_MASTER"
SOCKET = "var/run/ganeti/socket/ganeti-query"


def change(luxi: ModuleType) -> None:
    if os.environ.get(WISH) != "1" or os.path.basename(sys.argv[0]) == "ganeti-watcher":
        return
    original = luxi.Client.__init__
    own_socket = luxi.pathutils.QUERY_SOCKET

    def init(self: Any, address: str | None = None, *rest: Any, **options: Any) -> None:
        elsewhere = _master_socket() if address in (None, own_socket) else None
        original(self, elsewhere or address, *rest, **options)

    luxi.Client.__init__ = init


def _master_socket() -> str | None:
    """None when this node is the master, or nothing is known of one: then Ganeti says what it always says."""
    root = os.environ["GANETI_ROOTDIR"]
    nodes, own_name = os.path.split(root)
    master = _named_by(root)
    if master == own_name and not os.path.exists(os.path.join(root, SOCKET)):
        # It was stopped during a failover, and has not been told since: ask what the others think.
        votes = Counter(filter(None, (_named_by(entry.path) for entry in os.scandir(nodes) if entry.is_dir())))
        master = votes.most_common(1)[0][0]
    if master in ("", own_name):
        return None
    from . import master_socket  # here, for every `gnt-*` command imports this file, and hardly any needs it

    return master_socket.socket_of(nodes, master, _address_of(root, master))


def _address_of(root: str, node: str) -> str | None:
    lines = (line.split() for line in _read(root, "node_primary_ips").splitlines())
    return next((line[1] for line in lines if line[0] == node), None)


def _named_by(root: str) -> str:
    """The master's name, by the files of a node; empty when it is in no cluster."""
    return _read(root, "master_node")


def _read(root: str, key: str) -> str:
    try:
        with open(os.path.join(root, f"var/lib/ganeti/ssconf_{key}"), encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""
