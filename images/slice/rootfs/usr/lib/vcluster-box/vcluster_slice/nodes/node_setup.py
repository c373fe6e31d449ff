"""What each slice keeps of a node.  Its own slice has the directory, daemons and address; every slice has its names,
and its entry in the plan."""

import json
import shutil
from typing import Any

from ..boot import check
from ..failure import StepFailed
from ..network import addresses, instance_addresses, ssh
from ..peers import remote
from ..plan import current
from ..plan.loader import parse
from ..plan.model import Node, Plan
from . import daemons, directories
from .membership import members
from .state import mark_stopped


def create(plan: Plan, node: Node) -> None:
    """Creates this slice's part of a node.

    :param plan: with the node
    """
    if node.slice == plan.slice:
        shutil.rmtree(node.directory, ignore_errors=True)
        directories.create_node_directory(node)
        addresses.set_up_network(plan)
    else:
        directories.create_placeholder(node)
        addresses.write_hosts(plan)
    ssh.update(plan)


def remove(plan: Plan, node: Node) -> None:
    """Removes this slice's part of a node.  Any of it can be gone already.

    :param plan: without the node
    """
    if node.slice == plan.slice:
        # A watcher that is running on it must not start anything any more.
        mark_stopped(node)
        daemons.stop((node, daemon) for daemon in daemons.USERS)
        addresses.drop_addresses(plan, node)
    shutil.rmtree(node.directory, ignore_errors=True)
    addresses.write_hosts(plan)
    instance_addresses.sync(plan)
    ssh.update(plan)


def start_missing_confds(plan: Plan) -> None:
    """When a master candidate leaves, Ganeti promotes other nodes: each of them needs a confd."""
    daemons.start_all(job for node in members(plan).own_nodes for job in daemons.missing_confd(node))


def require_all_peers(plan: Plan) -> None:
    """
    :raises StepFailed: when a slice cannot be reached: all must know of a node that is added or removed
    """
    for peer in plan.peers:
        if not remote.listens(peer, seconds=3):
            raise StepFailed(
                f"{remote.named(peer)} cannot be reached, and every slice must know the cluster's nodes",
                hint="start its host or the cluster there, then try again",
            )


def call_peers(plan: Plan, command: str, argument: dict[str, Any]) -> None:
    """Has the other slices `register` or `unregister` a node."""
    for peer in plan.peers:
        remote.call(plan, peer, [command], stdin=json.dumps(argument).encode())


def register(addition: dict[str, Any]) -> None:
    """Does this slice's part when the master's slice adds a node.

    :param addition: `Addition` in `src/plan/grow.ts`
    :raises StepFailed: when there is not enough memory or disk for it
    """
    before = current.read()
    name = addition["node"]["names"][0]
    if parse(before).find(name) is not None:
        # An earlier attempt failed, and its rollback did not reach this slice.
        before = current.without_node(before, name, None)
    grown = current.with_node(before, addition)
    plan = parse(grown)
    node = plan.nodes[-1]
    if node.slice == plan.slice:
        check.check_growth(plan, parse(before).needs)
    current.write(grown)
    create(plan, node)


def unregister(departure: dict[str, Any]) -> None:
    """Does this slice's part when the master's slice removes a node.

    :param departure: the node's name, and what this slice needs without it if it was here
    """
    data = current.read()
    node = parse(data).find(departure["node"])
    if node is None:
        return
    rest = current.without_node(data, node.name, departure["needs"])
    smaller = parse(rest)
    remove(smaller, node)
    current.write(rest)
    start_missing_confds(smaller)
