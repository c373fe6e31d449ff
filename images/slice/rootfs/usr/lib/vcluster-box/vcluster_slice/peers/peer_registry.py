"""What a slice knows of the others, in a cluster that runs: a host may join it, and get a slice of its own.

The command line tool makes that slice and tells all the others, for it alone reaches a host that is not the cluster's yet.
"""

from typing import Any

from ..failure import StepFailed
from ..network import path_mtu, path_stats, ssh, underlay, vxlan
from ..plan import current
from ..plan.loader import parse
from ..plan.model import Plan, Slice
from . import remote, verify

#: seconds that the new slice, which has found this one already, may take to answer
PATIENCE = 15.0


def learn(entry: dict[str, Any]) -> None:
    """
    :param entry: `PlannedSlice` in `src/plan/plan.ts`; takes the place of what an earlier try has left
    :raises StepFailed: when another slice has that number
    """
    data = current.read()
    before = parse(data)
    known = _find(before, entry["number"])
    if known is not None and known.engine != entry["engine"]:
        raise StepFailed(
            f"slice {known.number} is on {known.endpoint} already, or is just being made there",
            hint=f"when that is done, try again; if it was broken off: vcluster-box node add NAME --host {known.endpoint}",
        )
    others = [each for each in data["slices"] if each["number"] != entry["number"]]
    grown = {**data, "slices": sorted([*others, entry], key=lambda each: int(each["number"]))}
    plan = parse(grown)
    underlay.lead_to_known(plan)
    ssh.write_known_hosts(plan)
    current.write(grown)


def prove(entry: dict[str, Any]) -> None:
    """
    :param entry: the number of a slice that has joined, and has proved its own way to this one
    :raises StepFailed: when this one's way to it does not do
    """
    plan = parse(current.read())
    peer = _find(plan, entry["number"])
    if peer is None:
        raise StepFailed(f"nothing is known of a slice {entry['number']}")
    fault = verify.prove_one(plan, peer, PATIENCE)
    if fault is not None:
        raise StepFailed(fault.message, hint=fault.hint)


def forget(entry: dict[str, Any]) -> None:
    """
    :param entry: number and engine of a slice that is not to be.  It may be gone already, or its number be another's
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
        vxlan.forget(plan, peer)
    ssh.write_known_hosts(smaller)
    current.write(rest)
    path_stats.note(path_mtu.of_device(plan.device), [], gone=peer)


def _find(plan: Plan, number: int) -> Slice | None:
    return next((peer for peer in plan.peers if peer.number == number), None)
