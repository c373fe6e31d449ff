"""Which requests the node daemon answers itself, without a fork (see `answer_connections`).

These are the requests that the master sends to many nodes at once, or for every step of a job.  Each ends soon, starts
no program, and leaves nothing behind in the process.  Those that ask the hypervisor or the storage are short only if
these are simulated.
"""

import json
from collections.abc import Callable
from typing import Any

#: storage that Ganeti asks without starting a program, or whose programs run in its process (`storage_programs`)
_QUICK = ("file", "sharedfile", "lvm-vg", "lvm-pv")


def complete(received: bytes | bytearray) -> bool:
    """Whether that is a whole HTTP request."""
    head, separator, body = received.partition(b"\r\n\r\n")
    return bool(separator) and len(body) >= _length(head)


def may_be_short(received: bytes | bytearray) -> bool:
    """
    :param received: the request or its beginning, with the whole first line
    """
    return _name(received) in _SHORT


def is_short(received: bytes | bytearray) -> bool:
    """
    :param received: a whole request
    """
    check = _SHORT.get(_name(received))
    try:
        return check is not None and check(received.partition(b"\r\n\r\n")[2])
    except (ValueError, TypeError):
        return False


def _name(received: bytes | bytearray) -> str:
    words = bytes(received[: received.find(b"\r\n")]).split()
    return words[1].decode("ascii", "replace").removeprefix("/") if len(words) == 3 and words[0] == b"POST" else ""


def _length(head: bytes | bytearray) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return 0


def _always(_body: bytes | bytearray) -> bool:
    return True


def _asks_simulated_node(body: bytes | bytearray) -> bool:
    units, hypervisors = json.loads(body)
    return all(unit[0] in _QUICK for unit in units or []) and _fake(name for name, _ in hypervisors or [])


def _asks_fake_instances(body: bytes | bytearray) -> bool:
    hypervisors, _ = json.loads(body)
    return _fake(hypervisors)


def _fake(hypervisors: Any) -> bool:
    return all(name == "fake" for name in hypervisors)


_SHORT: dict[str, Callable[[bytes | bytearray], bool]] = {
    "version": _always,
    "node_info": _asks_simulated_node,
    "all_instances_info": _asks_fake_instances,
    "jobqueue_update": _always,
    "upload_file": _always,
    "upload_file_single": _always,
    "write_ssconf_files": _always,
}
