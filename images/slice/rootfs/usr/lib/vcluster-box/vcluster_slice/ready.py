"""Done means done: every node's daemon answers, the master takes jobs, RAPI answers."""

import time
from collections.abc import Callable

from . import daemons, luxi, network, rapi
from .noded_client import silent_nodes
from .plan import Node, Plan
from .roles import find_master, read_ssconf
from .steps import StepFailed


def wait_ready(plan: Plan) -> None:
    master = find_master(plan)
    deadline = time.monotonic() + 60 + len(plan.nodes)
    _wait(deadline, lambda: _nodes_fault(plan), master or plan.own_nodes[0], daemons.NODED)
    if master is not None:
        _hold_address(master)
        _wait(deadline, lambda: _master_fault(master), master, daemons.LUXID)
        _wait(deadline, lambda: None if rapi.answers(plan) else "RAPI does not answer", master, daemons.RAPI)


def _hold_address(master: Node) -> None:
    """The cluster's address goes with the network namespace, at every stop of the container."""
    address, device = read_ssconf(master, "master_ip"), read_ssconf(master, "master_netdev")
    if address and not network.has_address(address):
        network.add_address(address, int(read_ssconf(master, "master_netmask")), device)


def _master_fault(master: Node) -> str | None:
    try:
        drained, name = luxi.ask(master, "QueryConfigValues", [["drain_flag", "cluster_name"]])
    except luxi.NoAnswer as error:
        return str(error)
    # A drained queue is the user's own doing, and outlives restarts.
    return None if isinstance(drained, bool) and name else f"the master answers {drained!r} and {name!r}"


def _nodes_fault(plan: Plan) -> str | None:
    silent = [node.name for node in silent_nodes(plan.own_nodes)]
    return f"no answer from ganeti-noded of {', '.join(silent[:10])}" if silent else None


def _wait(deadline: float, fault: Callable[[], str | None], node: Node, daemon: str) -> None:
    while (found := fault()) is not None:
        if time.monotonic() > deadline:
            raise StepFailed(found, node=node.name, log=daemons.log_file(node, daemon))
        time.sleep(0.1)
