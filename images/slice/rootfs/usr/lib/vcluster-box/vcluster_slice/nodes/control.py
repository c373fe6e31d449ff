"""The commands that control the nodes of this slice, as `vcluster-slice COMMAND` has them."""

import json
import sys

from ..plan.model import Plan
from . import lifecycle


def control(command: str, rest: list[str], plan: Plan) -> int:
    """:returns: the exit status"""
    match command:
        case "watcher-all":
            from . import watcher

            return watcher.watcher_all(list(plan.own_nodes), rest)
        case "watcher":
            from . import watcher

            names, options = (rest[: rest.index("--")], rest[rest.index("--") + 1 :]) if "--" in rest else (rest, [])
            return watcher.watcher_all(lifecycle.find_nodes(plan, names), options)
        case "restart-daemons":
            from . import restart_daemons

            nodes = lifecycle.find_nodes(plan, rest[1:]) if len(rest) > 1 else list(plan.own_nodes)
            restarted = restart_daemons.restart_daemons(plan, rest[0].split(","), nodes)
            print(json.dumps([{"daemon": daemon, "node": node.name} for node, daemon in restarted]))
        case "start-master":
            from ..master import succession

            succession.start_master(plan, lifecycle.find_nodes(plan, rest)[0])
        case "oob":
            from . import power

            power.out_of_band(plan, *rest)
        case "instance":
            from ..instances import fake_hypervisor
            from ..network import instance_addresses

            (fake_hypervisor.shut_down if rest[0] == "shutdown" else fake_hypervisor.crash)(plan, rest[1])
            instance_addresses.sync(plan)
        case "start-all" | "stop-all" | "restart-all":
            return _all_daemons(command, plan)
        case _:
            lifecycle.ACTIONS[command](plan, lifecycle.find_nodes(plan, rest))
    return 0


def _all_daemons(command: str, plan: Plan) -> int:
    from . import start_stop
    from .state import is_stopped

    if command in ("stop-all", "restart-all"):
        for node in plan.own_nodes:
            print(f'Action "stop" for virtual node "{node.name}" ...')
        for node, daemon in start_stop.stop(plan.own_nodes):
            print(f"{node.name}: {daemon} did not end and was killed", file=sys.stderr)
    if command in ("start-all", "restart-all"):
        for node in plan.own_nodes:
            action = 'Action "start" for' if not is_stopped(node) else "Not started, because it was stopped:"
            print(f'{action} virtual node "{node.name}" ...')
        start_stop.start_all(plan)
    return 0
