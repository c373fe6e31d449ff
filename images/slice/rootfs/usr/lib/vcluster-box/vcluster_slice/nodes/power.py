"""The power of single nodes, as the controller of a real machine's power (IPMI) has it: Ganeti's "out-of-band" commands.

Stopping a node ends its daemons in order, and its instances, which are but files, run on.  Power that goes takes all with it
at once: processes, and what a machine forgets when it is off, such as which instances ran.

Ganeti calls the program on the master, with a command and a node's full name, and takes JSON on standard output, or an exit
status other than 0 with the reason (its `doc/design-oob.rst`; `ganeti.backend.RunOob`).
"""

import json
import os
import signal
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from .. import processes
from ..failure import StepFailed
from ..instances.fake_hypervisor import running_instances
from ..master import master_address
from ..master.leader import slice_of
from ..master.roles import find_master, master_daemons, node_daemons
from ..peers import remote
from ..plan.model import Node, Plan
from . import daemons, freeze, lifecycle
from .marks import is_off, mark_off

#: `vcluster_node/boot_id.py` shows it to Ganeti
BOOT_ID = Path("var/lib/vcluster-box/boot-id")


def out_of_band(plan: Plan, command: str, name: str) -> None:
    """
    :raises StepFailed: when the command or the node is unknown, or it cannot be done
    """
    # Ganeti's daemons have the mask 077, and this runs below one.
    os.umask(0o022)
    if command not in COMMANDS:
        raise StepFailed(f"there is no command {command}: {', '.join(COMMANDS)}")
    known = plan.find(name)
    if known is not None and (peer := slice_of(plan, known.name)) is not None:
        print(remote.call(plan, peer, ["oob", command, name]), end="")
        return
    [node] = lifecycle.find_nodes(plan, [name])
    answer = COMMANDS[command](plan, node)
    if answer is not None:
        print(json.dumps(answer))


def power_on(plan: Plan, node: Node) -> None:
    """Done when its daemon answers.  One that is on but stopped is started, too."""
    lifecycle.start(plan, [node])


def power_off(plan: Plan, node: Node) -> None:
    mark_off(node)
    # Found before: a node that is off can still be the master.
    master = find_master(plan)
    _lose_power(node)
    if master == node:
        master_address.drop(node)


def power_cycle(plan: Plan, node: Node) -> None:
    """
    :raises StepFailed: when it is off, for then Ganeti, which notes who is on, would not note that it is on again
    """
    if is_off(node):
        raise StepFailed("it is off: `gnt-node power on` powers it on", node=node.name)
    power_off(plan, node)
    power_on(plan, node)


def power_status(_plan: Plan, node: Node) -> dict[str, bool]:
    return {"powered": not is_off(node)}


def health(plan: Plan, node: Node) -> list[tuple[str, str]]:
    """The power, and the daemons that the node is to run."""
    if is_off(node):
        return [("power", "WARNING")]
    expected = [*node_daemons(node), *(master_daemons(node) if node == find_master(plan) else [])]
    return [("power", "OK"), *((daemon, _health(node, daemon)) for _, daemon in expected)]


def _health(node: Node, daemon: str) -> str:
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
    # Frozen first, so that none starts another one meanwhile.
    freeze.freeze(node)
    pids = freeze.processes_of(node)
    processes.signal_all(pids, signal.SIGKILL)
    while any(processes.alive(pid) for pid in pids):
        time.sleep(0.01)
    daemons.remove_stale([node])
    for instance in running_instances(node):
        instance.unlink(missing_ok=True)
    # Ganeti takes a new one for a sign that the node has booted.
    (node.directory / BOOT_ID).write_text(f"{uuid.uuid4()}\n")
