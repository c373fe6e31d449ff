"""Power control of single nodes, as a real machine's management controller (IPMI) has it: Ganeti's out-of-band
commands.

Stopping a node ends its daemons in order, and its instances, which are only files, keep running.  Powering it off kills
all at once: its processes, and what a machine forgets when it is off, such as which instances ran.

Ganeti runs the program on the master, with a command and a node's full name.  It expects JSON on standard output, or an
exit status other than 0 with the reason (Ganeti's `doc/design-oob.rst`, `ganeti.backend.RunOob`).
"""

import json
import os
import signal
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from vcluster_storage import power as storage_power

from .. import processes
from ..failure import StepFailed
from ..instances.fake_hypervisor import running_instances
from ..master import master_address
from ..master.votes import find_master
from ..network import addresses, instance_addresses
from ..peers import remote
from ..plan.model import Node, Plan
from . import daemons, lifecycle, state
from .daemons import master_daemons, node_daemons

#: read by `vcluster_node/boot_id.py`, for Ganeti
BOOT_ID = Path("var/lib/vcluster-box/boot-id")


def out_of_band(plan: Plan, command: str, name: str) -> None:
    """
    :raises StepFailed: when the command or the node does not exist, or the command fails
    """
    # Ganeti's daemons have the mask 077, and this is started by one.
    os.umask(0o022)
    if command not in COMMANDS:
        raise StepFailed(f"there is no command {command}: {', '.join(COMMANDS)}")
    known = plan.find(name)
    if known is not None and (peer := plan.peer_of(known.name)) is not None:
        print(remote.call(plan, peer, ["oob", command, name]), end="")
        return
    [node] = lifecycle.find_nodes(plan, [name])
    answer = COMMANDS[command](plan, node)
    if answer is not None:
        print(json.dumps(answer))


def power_on(plan: Plan, node: Node) -> None:
    """Returns when its node daemon answers.  A node that is on but stopped is started too."""
    lifecycle.start(plan, [node])


def power_off(plan: Plan, node: Node) -> None:
    state.mark_off(node)
    # Before its daemons are killed; a node that is off can still be the master.
    master = find_master(plan)
    _lose_power(node)
    # A machine that is off has no addresses; here they are on devices that all nodes share.
    addresses.drop_addresses(plan, node)
    instance_addresses.sync(plan)
    if master == node:
        master_address.drop(node)


def power_cycle(plan: Plan, node: Node) -> None:
    """
    :raises StepFailed: when it is off: Ganeti records which nodes are on, and would not record this change
    """
    if state.is_off(node):
        raise StepFailed("the node is off: `gnt-node power on` powers it on", node=node.name)
    power_off(plan, node)
    power_on(plan, node)


def power_status(_plan: Plan, node: Node) -> dict[str, bool]:
    return {"powered": not state.is_off(node)}


def health(plan: Plan, node: Node) -> list[tuple[str, str]]:
    """The power, and each daemon that should run on the node."""
    if state.is_off(node):
        return [("power", "WARNING")]
    expected = [*node_daemons(node), *(master_daemons(node) if node == find_master(plan) else [])]
    return [("power", "OK"), *((daemon, _daemon_health(node, daemon)) for _, daemon in expected)]


def _daemon_health(node: Node, daemon: str) -> str:
    pid = daemons.running_pid(node, daemon)
    return "OK" if pid is not None and not processes.frozen(pid) else "CRITICAL"


COMMANDS: dict[str, Callable[[Plan, Node], object]] = {
    "power-on": power_on,
    "power-off": power_off,
    "power-cycle": power_cycle,
    "power-status": power_status,
    "health": health,
}


def _lose_power(node: Node) -> None:
    # Frozen first, so that none of them starts another process meanwhile.
    state.freeze(node)
    pids = state.processes_of(node)
    processes.signal_all(pids, signal.SIGKILL)
    while any(processes.alive(pid) for pid in pids):
        time.sleep(0.01)
    daemons.remove_stale([node])
    for instance in running_instances(node):
        instance.unlink(missing_ok=True)
    storage_power.lose(str(node.directory))
    # A new one tells Ganeti that the node has rebooted.
    (node.directory / BOOT_ID).write_text(f"{uuid.uuid4()}\n")
