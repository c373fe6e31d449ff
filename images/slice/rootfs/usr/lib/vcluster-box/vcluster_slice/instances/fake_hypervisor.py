"""Running instances of the fake hypervisor: one file each on their node (`ganeti.hypervisor.hv_fake`)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..failure import StepFailed
from ..plan.model import Node, Plan

RUNNING = Path("var/run/ganeti/fake-hypervisor")
#: id -1 and no memory: shut down from inside (`vcluster_node/fake_instances.py`)
SHUT_DOWN = "-1\n0\n0\n"


def running_instances(node: Node) -> list[Path]:
    return sorted((node.directory / RUNNING).glob("*"))


@dataclass(frozen=True)
class Nic:
    address: str | None
    #: None: the NIC is linked to no bridge
    bridge: str | None


def nics_of(instance: Path) -> list[Nic]:
    """The NICs with which a running instance has started (`vcluster_node/instance_network.py`)."""
    try:
        return [Nic(*nic) for nic in json.loads(instance.read_text().split("\n")[3])]
    except (OSError, ValueError, IndexError):
        return []  # It has just ended, or was shut down from inside.


def shut_down(plan: Plan, name: str) -> None:
    """As if `poweroff` ran in it.

    :raises StepFailed: when no instance of that name runs on this slice's nodes
    """
    try:
        # Never created: the instance might have migrated or been shut down at this moment.
        with _find(plan.own_nodes, name).open("r+") as file:
            file.write(SHUT_DOWN)
            file.truncate()
    except FileNotFoundError:
        raise _not_running(name) from None


def crash(plan: Plan, name: str) -> None:
    """As if its process was killed.

    :raises StepFailed: when no instance of that name runs on this slice's nodes
    """
    try:
        _find(plan.own_nodes, name).unlink()
    except FileNotFoundError:
        raise _not_running(name) from None


def _find(nodes: Iterable[Node], name: str) -> Path:
    for file in (file for node in nodes for file in running_instances(node)):
        if name in (file.name, file.name.partition(".")[0]) and file.read_text() != SHUT_DOWN:
            return file
    raise _not_running(name)


def _not_running(name: str) -> StepFailed:
    return StepFailed(f"no instance {name} runs on the nodes of this slice")
