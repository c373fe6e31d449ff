"""The few requests that the slice sends to the master's daemons, over LUXI (Ganeti's `doc/design-2.0.rst`, "LUXI").

Ganeti's own client is not used: importing it takes 0.2 s of CPU, and health checks run every few seconds.
"""

import json
import socket
import time
from typing import Any

from ..plan.model import Node

END_OF_MESSAGE = b"\x03"
#: within which Ganeti starts a job if no other runs
QUEUED_SECONDS = 30


class NoAnswer(Exception):
    """The master's daemon does not answer, or answers with an error."""


#: the daemons' sockets
LUXID, WCONFD = "query", "wconfd"


def ask(master: Node, method: str, arguments: list[Any], *, timeout: float = 30, daemon: str = LUXID) -> Any:
    """
    :raises NoAnswer: when the daemon does not run, times out, or answers with an error
    """
    path = master.directory / "var/run/ganeti/socket" / f"ganeti-{daemon}"
    name = "ganeti-luxid" if daemon == LUXID else "ganeti-wconfd"
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(str(path))
            connection.sendall(json.dumps({"method": method, "args": arguments}).encode() + END_OF_MESSAGE)
            answer = json.loads(_receive(connection))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise NoAnswer(f"{name} on {master.name} does not answer: {reason}") from error
    if not answer.get("success"):
        raise NoAnswer(f"{name} on {master.name} refuses {method}: {answer.get('result')}")
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


def standstill(master: Node) -> str | None:
    """Why the master cannot run jobs; None if it can, or if none was submitted lately."""
    try:
        # Each job asks it first.
        ask(master, "echo", [""], timeout=5, daemon=WCONFD)
        [newest] = ask(master, "QueryJobs", [[_newest_job(master)], ["status", "received_ts"]], timeout=5) or [None]
        # With many jobs, it takes long to ask for all.
        if newest is None or newest[0] != "queued" or time.time() - newest[1][0] < QUEUED_SECONDS:
            return None
        jobs = ask(master, "QueryJobs", [[], ["status", "id"]])
        # Filters of the user can hold jobs.
        if any(status in ("running", "waiting", "canceling") for status, _ in jobs) or query(master, "filter", ["uuid"]):
            return None
    except NoAnswer as error:
        return str(error)
    queued = [job for status, job in jobs if status == "queued"]
    return f"the job queue is stuck: {len(queued)} jobs are queued, and none is running" if queued else None


def _newest_job(master: Node) -> int:
    try:
        return int((master.directory / "var/lib/ganeti/queue/serial").read_text())
    except (OSError, ValueError):
        return 0


def _receive(connection: socket.socket) -> bytes:
    received = bytearray()
    while not received.endswith(END_OF_MESSAGE):
        data = connection.recv(65536)
        if not data:
            raise OSError("the connection was closed")
        received += data
    return bytes(received[:-1])
