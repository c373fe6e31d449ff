"""What each slice has of a node: its own its directory, daemons and address; every one its names, and a place in the plan."""

import json
import shutil
from typing import Any

from ..boot import check
from ..failure import StepFailed
from ..master.roles import node_daemons
from ..network import addresses, ssh
from ..peers import remote
from ..plan import current
from ..plan.loader import parse
from ..plan.model import Node, Plan
from . import daemons, directories, membership
from .marks import mark_stopped


def make(plan: Plan, node: Node) -> None:
    """In this slice.

    :param plan: with the node in it
    """
    if node.slice == plan.slice:
        shutil.rmtree(node.directory, ignore_errors=True)
        directories.make_node_directory(node)
        addresses.set_up_network(plan)
    else:
        directories.make_stand_in(node)
        addresses.write_hosts(plan)
    ssh.write_known_hosts(plan)


def clear(plan: Plan, node: Node) -> None:
    """Of this slice.  Each part may be gone already.

    :param plan: without the node
    """
    if node.slice == plan.slice:
        # A watcher that is at work on it just now starts nothing any more.
        mark_stopped(node)
        daemons.stop((node, daemon) for daemon in daemons.USERS)
        addresses.drop_address(node, plan.device)
    shutil.rmtree(node.directory, ignore_errors=True)
    addresses.write_hosts(plan)
    ssh.write_known_hosts(plan)


def start_missing(plan: Plan) -> None:
    """Ganeti makes candidates of other nodes in the place of one that goes: each runs a confd."""
    daemons.start_all(job for node in membership.members(plan).own_nodes for job in missing(node))


def missing(node: Node) -> list[daemons.Job]:
    """A confd that is to run on a node that runs."""
    runs = daemons.running_pid(node, daemons.NODED) is not None
    return [job for job in node_daemons(node) if runs and job[1] == daemons.CONFD]


def require_all(plan: Plan) -> None:
    """
    :raises StepFailed: when a slice cannot be reached: all must learn of a node that comes or goes
    """
    for peer in plan.peers:
        if not remote.listens(peer, seconds=3):
            raise StepFailed(
                f"{remote.named(peer)} cannot be reached, and every slice must know the cluster's nodes",
                hint="start its host or the cluster there, then try again",
            )


def tell_others(plan: Plan, command: str, what: dict[str, Any]) -> None:
    """Has the other slices do `learn` or `forget`."""
    for peer in plan.peers:
        remote.call(plan, peer, [command], stdin=json.dumps(what).encode())


def learn(addition: dict[str, Any]) -> None:
    """The master's slice adds a node: this one's part of it.

    :param addition: `Addition` in `src/plan/grow.ts`
    :raises StepFailed: when there is no room for it
    """
    before = current.read()
    name = addition["node"]["names"][0]
    if parse(before).find(name) is not None:
        # Of an earlier time, when taking it back did not reach this slice.
        before = current.without_node(before, name, None)
    grown = current.with_node(before, addition)
    plan = parse(grown)
    node = plan.nodes[-1]
    if node.slice == plan.slice:
        check.check_growth(plan, parse(before).needs)
    current.write(grown)
    make(plan, node)


def forget(departure: dict[str, Any]) -> None:
    """The master's slice removes a node: this one's part of it.

    :param departure: its name, and what this slice needs without it, if it was here
    """
    data = current.read()
    node = parse(data).find(departure["node"])
    if node is None:
        return
    rest = current.without_node(data, node.name, departure["needs"])
    smaller = parse(rest)
    clear(smaller, node)
    current.write(rest)
    start_missing(smaller)
