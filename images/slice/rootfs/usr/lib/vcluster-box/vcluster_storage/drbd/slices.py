"""Which slice has a node, and the way to the other slices of the cluster.

The slice's program (`vcluster_slice/mirrors`) keeps a file with the nodes of other slices, and connections to these
slices.  Each connection ends in a socket of this slice, and leads to the socket on which the other slice answers
(`serve`).  A cluster on one host has none of these.
"""

import json
import os
import socket
from dataclasses import dataclass, field

from ..node import Node
from .wire import SILENT_SECONDS, Gone, Refused, Wire

DIRECTORY = ".drbd"
#: of the slice that it belongs to
OWN_SOCKET = "own"
ADDRESSES = ("var/lib/ganeti/ssconf_node_primary_ips", "var/lib/ganeti/ssconf_node_secondary_ips")


@dataclass(frozen=True)
class Slices:
    """
    :param own: this slice's number
    :param nodes: numbers of the slices of all nodes
    """

    own: int = 0
    nodes: dict[str, int] = field(default_factory=dict)


def read(directory: str) -> Slices:
    """
    :param directory: that of all nodes of this slice
    """
    try:
        with open(path(directory, "slices.json"), encoding="utf-8") as file:
            return Slices(**json.load(file))
    except (OSError, ValueError):
        return Slices()


def write(directory: str, known: Slices) -> None:
    name = path(directory, "slices.json")
    with open(f"{name}.new", "w", encoding="utf-8") as file:
        json.dump({"own": known.own, "nodes": known.nodes}, file)
    os.replace(f"{name}.new", name)


def path(directory: str, name: str) -> str:
    return os.path.join(directory, DIRECTORY, name)


def name_of(node: Node, address: str) -> str | None:
    """The name of the node with that address, primary or secondary."""
    for file in ADDRESSES:
        for line in _lines(node.path(file)):
            name, _, found = line.partition(" ")
            if found == address:
                return name
    return None


def connect(directory: str, number: int) -> Wire:
    """
    :raises Gone: when the slice does not answer
    """
    try:
        return Wire(_open(path(directory, str(number))), number)
    except OSError:
        pass
    try:
        wire = Wire(_open(path(directory, OWN_SOCKET)), number)
        try:
            answer, _ = wire.call({"op": "link", "slice": number})
        finally:
            wire.close()
        if answer.get("up"):
            return Wire(_open(path(directory, str(number))), number)
    except OSError as error:
        raise Gone(number, str(error)) from error
    raise Gone(number, "there is no connection")


def give_up(directory: str, error: Gone) -> None:
    """If the slice does not answer, its connection is made again, and nobody waits for that meanwhile."""
    if isinstance(error, Refused):
        return
    try:
        wire = Wire(_open(path(directory, OWN_SOCKET)), error.slice)
        try:
            wire.call({"op": "broken", "slice": error.slice})
        finally:
            wire.close()
    except (Gone, OSError):
        pass


def _open(name: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(SILENT_SECONDS)
        connection.connect(name)
    except OSError:
        connection.close()
        raise
    return connection


def _lines(name: str) -> list[str]:
    try:
        with open(name, encoding="ascii") as file:
            return file.read().splitlines()
    except OSError:
        return []
