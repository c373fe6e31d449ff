"""What a slice knows of the others, in a running cluster: another host can join, with a slice of its own.

`vcluster-box node add --host` creates that slice and informs all others, because only the command line tool reaches a
host that does not belong to the cluster yet.
"""

from typing import Any

from ..failure import StepFailed
from ..network import path_stats, ssh, underlay, vxlan
from ..plan import current
from ..plan.loader import parse
from ..plan.model import Plan, Slice
from . import remote, verify

#: seconds that the new slice, which has verified its path to this one already, has to answer
ANSWER_SECONDS = 15.0


def add_peer(entry: dict[str, Any]) -> None:
    """
    :param entry: `PlannedSlice` in `src/plan/plan.ts`; replaces the entry of an earlier attempt
    :raises StepFailed: when another slice has that number
    """
    data = current.read()
    before = parse(data)
    known = _find(before, entry["number"])
    if known is not None and known.engine != entry["engine"]:
        raise StepFailed(
            f"slice {known.number} already exists on {known.endpoint}, or is being created there",
            hint=f"try again when that is done; if it was interrupted: vcluster-box node add NAME --host {known.endpoint}",
        )
    others = [each for each in data["slices"] if each["number"] != entry["number"]]
    grown = {**data, "slices": sorted([*others, entry], key=lambda each: int(each["number"]))}
    plan = parse(grown)
    underlay.add_known(plan)
    ssh.update(plan)
    current.write(grown)


def verify_peer(entry: dict[str, Any]) -> None:
    """
    :param entry: the number of a slice that has joined, and has verified its own path to this one
    :raises StepFailed: when this slice's path to it has a fault
    """
    plan = parse(current.read())
    peer = _find(plan, entry["number"])
    if peer is None:
        raise StepFailed(f"there is no slice {entry['number']} in the plan")
    fault = verify.verify_one(plan, peer, ANSWER_SECONDS)
    if fault is not None:
        raise StepFailed(fault.message, hint=fault.hint)


def remove_peer(entry: dict[str, Any]) -> None:
    """
    :param entry: number and engine of a slice that could not join.  It can be removed already, or its number be another
        slice's
    :raises StepFailed: when it has nodes
    """
    data = current.read()
    plan = parse(data)
    peer = _find(plan, entry["number"])
    if peer is None or peer.engine != entry["engine"]:
        return
    if any(node.slice == peer.number for node in plan.nodes):
        raise StepFailed(f"{remote.named(peer)} has nodes")
    rest = {**data, "slices": [each for each in data["slices"] if each["number"] != peer.number]}
    smaller = parse(rest)
    if peer.underlay is not None:
        vxlan.remove_destination(plan, peer)
    ssh.update(smaller)
    current.write(rest)
    path_stats.record(path_stats.device_mtu(plan.network.device), [], gone=peer)


def _find(plan: Plan, number: int) -> Slice | None:
    return next((peer for peer in plan.peers if peer.number == number), None)
