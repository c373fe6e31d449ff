"""The devices `dev/drbdN` of a node: links to the data, for a primary; that of a secondary cannot be opened."""

import os
from typing import TYPE_CHECKING

from .ends import End
from .minors import PRIMARY
from .settle import works_on_peer

if TYPE_CHECKING:
    from .pairs import Pairs

LOST = "lost/disk"


def follow(pairs: "Pairs") -> None:
    wanted = {}
    for number, minor in pairs.own.items():
        end, peer = pairs.end(minor), pairs.peer(minor)
        if not (peer and peer.near is None and works_on_peer(end, peer)):
            pairs.near.drop_work(minor)
        wanted[f"drbd{number}"] = _target(pairs, end, peer) if minor.role == PRIMARY else LOST
    directory = pairs.node.path("dev")
    if not wanted and not os.path.isdir(directory):
        return
    os.makedirs(directory, exist_ok=True)
    for name in (name for name in os.listdir(directory) if name.startswith("drbd")):
        path = os.path.join(directory, name)
        if os.path.islink(path) and wanted.get(name) == os.readlink(path):
            del wanted[name]
        else:
            os.unlink(path)
    for name, target in wanted.items():
        os.symlink(target, os.path.join(directory, name))


def _target(pairs: "Pairs", end: End, peer: End | None) -> str:
    usable = next((each for each in (end, peer) if each and each.up_to_date), None)
    if usable is None or usable.minor.disk is None:
        return LOST
    return usable.minor.disk.data if usable.near else pairs.near.work_file(end.minor)
