"""Lets `gnt-node list-drbd` ask a confd that runs.

It asks 127.0.0.1, where a real node's confd listens.  Virtual nodes share that address, so each confd listens on its
node's own address, and only master candidates run one (see `watcher`).  This node's confd is asked if it is a
candidate, else the first one.
"""

import os
from types import ModuleType
from typing import Any

from . import expect

LOOPBACK = "127.0.0.1"
CANDIDATES = "var/lib/ganeti/ssconf_master_candidates_ips"
OWN = "var/lib/ganeti/ssconf_node_primary_ips"
#: what does not work without the change
LOST = "gnt-node list-drbd gets no answer"


def change(client: ModuleType) -> None:
    original = client.ConfdClient.UpdatePeerList
    expect.parameters(original, "self", "peers")

    def update_peers(self: Any, peers: Any) -> None:
        original(self, [_confd()] if peers == [LOOPBACK] else peers)

    client.ConfdClient.UpdatePeerList = update_peers


def _confd() -> str:
    candidates = _lines(CANDIDATES)
    addresses = dict(line.split() for line in _lines(OWN) if len(line.split()) == 2)
    own = addresses.get(os.environ.get("GANETI_HOSTNAME", ""), "")
    return own if own in candidates else next(iter(candidates), LOOPBACK)


def _lines(path: str) -> list[str]:
    try:
        with open(os.path.join(os.environ["GANETI_ROOTDIR"], path), encoding="ascii") as file:
            return file.read().splitlines()
    except OSError:
        return []
