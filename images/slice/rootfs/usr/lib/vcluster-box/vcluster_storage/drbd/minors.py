"""What a node's kernel would know of its DRBD devices, and its form as JSON."""

import json
import os
from dataclasses import dataclass
from typing import Any

from ..node import Node

STATE = "var/lib/vcluster-box/drbd.json"
#: directory of what is noted about copies to other slices
NOTES = "var/lib/vcluster-box/drbd"
PRIMARY, SECONDARY = "Primary", "Secondary"
#: KiB per second: Ganeti's own default
RATE_KIB = 61440


@dataclass
class Disk:
    """The volumes that a minor is attached to, as they were named to `drbdsetup attach`."""

    data: str
    meta: str
    size_mib: int


@dataclass
class Net:
    #: `ADDRESS:PORT`
    local: str
    remote: str
    protocol: str
    two_primaries: bool = False
    secret: str = ""
    #: after a split brain, this side gives up its changes
    discard: bool = False


@dataclass
class Sync:
    """A resynchronisation of which this side is the target.

    :param done_kib: until `since`, in seconds since 1970
    """

    total_kib: int
    done_kib: int
    since: float


@dataclass
class Minor:
    number: int
    resource: str
    role: str = SECONDARY
    disk: Disk | None = None
    net: Net | None = None
    #: the connection was given up, until `connect`
    standalone: bool = True
    #: which connection this side takes part in, as far as it knows: both sides of it have the same; empty: none
    connection: str = ""
    #: until the slice knows where its instances are (`returned`): meets nobody
    waiting: bool = False
    paused: bool = False
    rate_kib: int = RATE_KIB
    sync: Sync | None = None

    @property
    def connected(self) -> bool:
        return self.connection != ""


def read(node: Node) -> dict[int, Minor]:
    try:
        with open(node.path(STATE), encoding="utf-8") as file:
            return {each["number"]: from_json(each) for each in json.load(file)}
    except FileNotFoundError:
        return {}


def write(node: Node, minors: dict[int, Minor]) -> None:
    path = node.path(STATE)
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        json.dump([to_json(minors[number]) for number in sorted(minors)], file)
    os.replace(f"{path}.new", path)


def to_json(minor: Minor) -> dict[str, Any]:
    parts = {name: getattr(minor, name) for name in ("disk", "net", "sync")}
    return {**vars(minor), **{name: part and dict(vars(part)) for name, part in parts.items()}}


def from_json(text: dict[str, Any]) -> Minor:
    kinds = {"disk": Disk, "net": Net, "sync": Sync}
    parts = {name: text[name] and kind(**text[name]) for name, kind in kinds.items()}
    return Minor(**{**text, **parts})
