"""Instances of a slice that starts again, in a cluster of several slices: while it was away, they might have been
failed over or removed.  Such an instance ends here, and its mirrored disks are taken down, as on a machine that was
lost; `gnt-instance activate-disks` and ganeti-watcher connect them again."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from vcluster_storage.drbd import returned
from vcluster_storage.failure import Failed
from vcluster_storage.node import Node as StorageNode

from .. import paths
from ..events import emit
from ..failure import StepFailed
from ..network import instance_addresses
from ..plan.model import Node, Plan
from .fake_hypervisor import running_instances

#: Ganeti's links to the disks of running instances: `NAME:INDEX`
DISKS = Path("var/run/ganeti/instance-disks")


def wait(plan: Plan) -> None:
    """At the start, before a daemon runs: no primary meets its other side until `decide`."""
    if not plan.peers or not paths.PROVISIONED.exists():
        return
    paths.RETURNED.touch()
    for node in plan.own_nodes:
        returned.wait(StorageNode(str(node.directory)))


def try_to_decide(plan: Plan) -> None:
    """Leaves it to the next try if the master does not answer, or the disks are in use for long."""
    if not paths.RETURNED.exists():
        return
    from .. import report

    try:
        places = {each["name"]: each["primary"] for each in report.inventory(plan)["instances"]}
        decide(plan, places)
    except (StepFailed, Failed):
        return
    paths.RETURNED.unlink(missing_ok=True)


def decide(plan: Plan, places: dict[str, str]) -> None:
    """
    :param places: full names of all instances, and of the primary node of each
    """
    for node in plan.own_nodes:
        moved = [file for file in running_instances(node) if places.get(file.name) != node.name]
        for file in moved:
            file.unlink(missing_ok=True)
            for link in _disks(node, file.name):
                link.unlink(missing_ok=True)
        staying = [number for file in running_instances(node) for number in _minors(node, file.name)]
        returned.decide(StorageNode(str(node.directory)), staying)
        if moved:
            names = ", ".join(file.name for file in moved)
            emit("warning", message=f"ended here, because Ganeti runs them elsewhere by now: {names}", node=node.name)
    instance_addresses.sync(plan)


def _minors(node: Node, instance: str) -> Iterator[int]:
    for link in _disks(node, instance):
        if found := re.fullmatch(r"drbd(\d+)", os.path.basename(os.readlink(link))):
            yield int(found[1])


def _disks(node: Node, instance: str) -> list[Path]:
    return sorted((node.directory / DISKS).glob(f"{instance}:*"))
