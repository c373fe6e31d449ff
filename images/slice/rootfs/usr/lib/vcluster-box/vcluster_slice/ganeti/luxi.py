"""The few requests that the slice sends to the master, over LUXI (Ganeti's `doc/design-2.0.rst`, "LUXI").

Ganeti's own client is not used: importing it takes 0.2 s of CPU, and health checks run every few seconds.
"""

import json
import socket
from typing import Any

from ..plan.model import Node

END_OF_MESSAGE = b"\x03"


class NoAnswer(Exception):
    """The master's daemon does not answer, or answers with an error."""


def ask(master: Node, method: str, arguments: list[Any], *, timeout: float = 30) -> Any:
    """
    :raises NoAnswer: when the daemon does not run, times out, or answers with an error
    """
    path = master.directory / "var/run/ganeti/socket/ganeti-query"
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(str(path))
            connection.sendall(json.dumps({"method": method, "args": arguments}).encode() + END_OF_MESSAGE)
            answer = json.loads(_receive(connection))
    except (OSError, ValueError) as error:
        raise NoAnswer(f"ganeti-luxid on {master.name} does not answer: {error}") from error
    if not answer.get("success"):
        raise NoAnswer(f"ganeti-luxid on {master.name} refuses {method}: {answer.get('result')}")
    return answer["result"]


def query(master: Node, what: str, fields: list[str]) -> list[list[Any]]:
    """Rows in the order of `gnt-node list` and the like; a value that is not available (a node does not answer) is
    None.

    :param what: `node`, `instance` ... (`ganeti.constants.QR_*`)
    """
    result = ask(master, "Query", [what, fields, None], timeout=120)
    return [[value if status == 0 else None for status, value in row] for row in result["data"]]


def query_instances(master: Node) -> dict[str, str]:
    """Their states, by name: `running`, `ADMIN_down` ..."""
    result = ask(master, "Query", ["instance", ["name", "status"], None], timeout=120)
    return {name[1]: status[1] for name, status in result["data"]}


def _receive(connection: socket.socket) -> bytes:
    received = bytearray()
    while not received.endswith(END_OF_MESSAGE):
        data = connection.recv(65536)
        if not data:
            raise OSError("the connection was closed")
        received += data
    return bytes(received[:-1])
