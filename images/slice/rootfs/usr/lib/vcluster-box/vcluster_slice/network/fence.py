"""Cuts the connections between the nodes of this slice and those of another, in which another master might lead.

A master that was cut off writes its configuration to all nodes that it reaches, until it steps down.  The slices
themselves still reach each other, by their own addresses, to vote.
"""

import json
from collections.abc import Iterable

from ..commands import run
from ..plan.model import Plan, Slice

#: priorities of the routing rules: before those of the kernel's main table
SLICE_RULE, FENCE_RULE = 10, 11


def close(plan: Plan, peers: Iterable[Slice]) -> None:
    cut = set(closed(plan))
    _change("add", "replace", plan, [peer for peer in peers if peer not in cut])


def open_to(plan: Plan, peers: Iterable[Slice]) -> None:
    _change("del", "del", plan, peers)


def closed(plan: Plan) -> list[Slice]:
    """The slices to which connections are cut."""
    rules = json.loads(run(["ip", "-json", "rule", "show", "priority", str(FENCE_RULE)]) or "[]")
    cut = {rule["dst"] for rule in rules}
    return [peer for peer in plan.peers if peer.address in cut]


def _change(on_rule: str, on_route: str, plan: Plan, peers: Iterable[Slice]) -> None:
    own, subnet = plan.own_slice.address, plan.network.subnet
    commands = []
    for peer in peers:
        # The nodes of a slice connect from its address, and are connected to by their own (`overlay.route_commands`).
        commands += [
            f"rule {on_rule} priority {SLICE_RULE} from {own} to {peer.address} table main",
            f"rule {on_rule} priority {FENCE_RULE} from {subnet} to {peer.address} unreachable",
            *(f"route {on_route} unreachable {address}/32" for address in _addresses(plan, peer)),
        ]
    run(["ip", "-batch", "-"], stdin="".join(f"{command}\n" for command in commands))


def _addresses(plan: Plan, peer: Slice) -> list[str]:
    return [address for node in plan.nodes if node.slice == peer.number for address in node.addresses]
