"""The current plan: reading and changing it while the slice runs.

Callers pass what changes, not a whole plan, so whatever else was written into the plan meanwhile stays.
"""

import fcntl
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from .. import paths
from ..failure import StepFailed
from .loader import parse
from .model import Plan

Data = dict[str, Any]
CHANGING = "nodes are being added or removed"
#: `is_locked` holds the lock for a moment, which must not make a change fail
LOOK_SECONDS = 0.5


@contextmanager
def lock() -> Iterator[None]:
    """Holds a lock, which ends with the process.

    :raises StepFailed: when another process is changing the nodes
    """
    deadline = time.monotonic() + LOOK_SECONDS
    with _lock_file() as file:
        while not _locks(file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise StepFailed(CHANGING, hint="try again when that is done")
            time.sleep(0.02)
        yield


def is_locked() -> bool:
    with _lock_file() as file:
        return not _locks(file, fcntl.LOCK_SH)


def _lock_file() -> IO[str]:
    paths.RUN.mkdir(parents=True, exist_ok=True)
    return open(paths.RUN / "nodes.lock", "w", encoding="ascii")


def _locks(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def read() -> Data:
    data: Data = json.loads(paths.PLAN.read_text())
    return data


def write(data: Data) -> Plan:
    """Replaces the plan atomically."""
    draft = paths.PLAN.with_name(f"{paths.PLAN.name}.new")
    draft.write_text(json.dumps(data, indent=2) + "\n")
    draft.replace(paths.PLAN)
    return parse(data)


def with_node(data: Data, addition: Data) -> Data:
    """
    :param addition: `Addition` in `src/plan/grow.ts`
    """
    return {
        **data,
        "nodes": [*data["nodes"], addition["node"]],
        "instances": [*data["instances"], *addition["instances"]],
        "needs": addition["needs"] if addition["node"]["slice"] == data["slice"] else data["needs"],
    }


def without_node(data: Data, name: str, needs: Data | None) -> Data:
    """Names of instances stay reserved: they might be in use.

    :param needs: of the slice that has the node, without it; None: the present ones, less the share of one node
    """
    [leaving] = [node for node in data["nodes"] if name in node["names"]]
    rest: Data = {**data, "nodes": [node for node in data["nodes"] if node is not leaving]}
    if leaving["slice"] == data["slice"]:
        rest["needs"] = _less(data["needs"]) if needs is None else needs
    return rest


def _less(needs: Data) -> Data:
    return {**needs, **{need: needs[need] - each for need, each in needs["perNode"].items()}}
