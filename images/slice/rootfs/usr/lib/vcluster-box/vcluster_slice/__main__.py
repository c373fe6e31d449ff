"""The command line of the slice's program: `vcluster-slice COMMAND`."""

import json
import os
import sys
from pathlib import Path

from . import follow, move_into, paths, report
from .boot import equipment, supervise
from .events import emit
from .failure import StepFailed
from .instances import fake_hypervisor
from .inventory import inventory
from .master import redistribution, votes
from .nodes import add_node, lifecycle, node_setup, power, remove_node, start_stop, watcher
from .nodes.marks import is_stopped
from .nodes.membership import members
from .peers import peer_registry
from .plan import current
from .plan.loader import PlanError, load
from .plan.model import Plan

USAGE = """usage: vcluster-slice COMMAND
  run                            boot the slice and stay (what the container runs)
  status                         nodes, roles and daemons, as JSON
  all-started                    all slices run, so that none has to wait for another any more
  healthy                        exit status 0 if the cluster answers
  probe                          what the engine's machine has, as JSON
  follow DIRECTORY...            follow the log files below these directories (for `vcluster-box logs -f`)
  move-into DIRECTORY INTO       move all that is in a directory into another (for `vcluster-box cp`)
  inventory                      nodes and instances that Ganeti has, as JSON
  add-node | remove-node         one node more or less, in a cluster that runs; what exactly, as JSON on standard input
  add-peer | verify-peer | remove-peer    a slice that comes, or goes: where it is; as JSON on standard input
  start-all | stop-all | restart-all    all daemons of all nodes of this slice; those that `stop` stopped rest
  watcher-all [OPTION...]        ganeti-watcher on all nodes of this slice
  start | stop | restart | pause | unpause NODE...    single nodes
  start-master NODE              start the master's daemons of a node that is named master, whoever else says so
  watcher NODE... [-- OPTION...] ganeti-watcher on single nodes
  oob COMMAND NODE               power-on, power-off, power-cycle, power-status, health (for `gnt-node power`)
  instance shutdown | crash INSTANCE    as if it ended by itself, in order or not
what slices of one cluster ask of each other:
  votes                          whom this slice's nodes take for the master, as JSON
  receive-nodes                  what this slice's nodes need to join the cluster, as a tar archive on standard input
  init-failed REASON             the slice that was to make the cluster cannot
  redistribute                   have the master give all nodes its configuration
  register-node | unregister-node    a node that was added or removed; as JSON on standard input"""

#: of a cluster that runs
CHANGES = {
    "add-node": add_node.add,
    "remove-node": remove_node.remove,
    "add-peer": peer_registry.learn,
    "verify-peer": peer_registry.prove,
    "remove-peer": peer_registry.forget,
}


def main(arguments: list[str]) -> int:
    match arguments:
        case ["run"]:
            return supervise.run()
        case ["probe"]:
            print(json.dumps(report.probe()))
            return 0
        case ["follow", *directories]:
            return follow.follow([Path(directory) for directory in directories])
        case ["start-master", _] | ["oob", _, _] | ["instance", "shutdown" | "crash", _]:
            return _with_plan(arguments[0], arguments[1:])
        case ["move-into", directory, into]:
            return _place(Path(directory), Path(into))
        case ["init-failed", reason]:
            paths.NOT_MADE.write_text(reason)
            return 0
        case ["all-started"]:
            paths.ALL_STARTED.touch()
            return 0
        case [command] if command in CHANGES:
            return _change(command)
        case [("register-node" | "unregister-node") as command]:
            return _with_plan(command, [])
        case [("status" | "healthy" | "inventory" | "votes" | "receive-nodes" | "redistribute") as command]:
            return _with_plan(command, [])
        case [("start-all" | "stop-all" | "restart-all" | "watcher-all") as command, *rest]:
            return _with_plan(command, rest)
        case [("start" | "stop" | "restart" | "pause" | "unpause" | "watcher") as command, _, *_]:
            return _with_plan(command, arguments[1:])
        case _:
            print(USAGE, file=sys.stderr)
            return 2


def _place(directory: Path, into: Path) -> int:
    try:
        move_into.place_all(directory, into)
    except (move_into.Conflict, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _with_plan(command: str, rest: list[str]) -> int:
    try:
        return _act(command, rest, load(os.environ))
    except PlanError as error:
        print(f"vcluster-slice: {error}", file=sys.stderr)
        return 1
    except StepFailed as error:
        where = f"{error.node}: " if error.node else ""
        print(f"vcluster-slice: {where}{error}", *error.lines(), sep="\n", file=sys.stderr)
        return 1


def _act(command: str, rest: list[str], whole: Plan) -> int:
    plan = members(whole)
    match command:
        case "status":
            report.print_status(whole)
        case "votes":
            votes.print_votes(plan)
        case "register-node" | "unregister-node":
            with current.only_one():
                (node_setup.learn if command == "register-node" else node_setup.forget)(json.load(sys.stdin))
        case "receive-nodes":
            equipment.take(plan)
        case "redistribute":
            redistribution.redistribute(plan)
        case "inventory":
            print(json.dumps(inventory(plan)))
        case "healthy":
            fault = report.healthy(plan)
            print(fault or "the cluster answers")
            return 0 if fault is None else 1
        case "watcher-all":
            return watcher.watcher_all(list(plan.own_nodes), rest)
        case "watcher":
            names, options = (rest[: rest.index("--")], rest[rest.index("--") + 1 :]) if "--" in rest else (rest, [])
            return watcher.watcher_all(lifecycle.find_nodes(plan, names), options)
        case "start-master":
            start_stop.lead(plan, lifecycle.find_nodes(plan, rest)[0])
        case "oob":
            power.out_of_band(plan, *rest)
        case "instance":
            (fake_hypervisor.shut_down if rest[0] == "shutdown" else fake_hypervisor.crash)(plan, rest[1])
        case "start-all" | "stop-all" | "restart-all":
            return _daemons(command, plan)
        case _:
            lifecycle.ACTIONS[command](plan, lifecycle.find_nodes(plan, rest))
    return 0


def _change(command: str) -> int:
    """What comes of it is told as events."""
    try:
        with current.only_one():
            CHANGES[command](json.load(sys.stdin))
    except StepFailed as error:
        emit("failed", message=str(error), node=error.node, hint=error.hint, log=error.lines())
        return 1
    return 0


def _daemons(command: str, plan: Plan) -> int:
    if command in ("stop-all", "restart-all"):
        for node in plan.own_nodes:
            print(f'Action "stop" for virtual node "{node.name}" ...')
        for node, daemon in start_stop.stop(plan.own_nodes):
            print(f"{node.name}: {daemon} did not end and was killed", file=sys.stderr)
    if command in ("start-all", "restart-all"):
        for node in plan.own_nodes:
            action = 'Action "start" for virtual node' if not is_stopped(node) else "Stopped, and stays so: virtual node"
            print(f'{action} "{node.name}" ...')
        start_stop.start_all(plan)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
