"""The command line of the slice's program: `vcluster-slice COMMAND`.

Each command imports what it needs when it runs: `healthy` and `status` run often, and must start fast.
"""

import json
import os
import sys
from pathlib import Path

from . import paths
from .failure import StepFailed
from .nodes.membership import members
from .plan.loader import PlanError, load
from .plan.model import Plan

USAGE = """usage: vcluster-slice COMMAND
  run                            boot the slice and keep it running (the container's command)
  status                         print nodes, roles and daemons, as JSON
  healthy                        exit with status 0 if the cluster answers
  inventory                      print Ganeti's nodes, instances and node groups, as JSON
  probe                          print facts about the engine's host, as JSON
  changes                        print the changes to Ganeti, and whether they fit it, as JSON
  check-ganeti packages | tree DIRECTORY    print whether packages or a tree of Ganeti can be installed, as JSON
  install-tree DIRECTORY         replace Ganeti with an installed tree (for the build of an image)
  follow DIRECTORY...            follow the log files below these directories (for `vcluster-box logs -f`)
  unpack DIRECTORY               unpack a tar archive from standard input (for `vcluster-box cp`)
  all-started                    note that all slices have started, so that none waits for another any more
nodes of this slice:
  start-all | stop-all | restart-all    all nodes; those that `stop` stopped stay stopped
  start | stop | restart | pause | unpause NODE...    single nodes
  restart-daemons DAEMON,... [NODE...]    on these nodes, or on all that run; print which, as JSON
  watcher-all [OPTION...]        run ganeti-watcher on all nodes
  watcher NODE... [-- OPTION...] run ganeti-watcher on single nodes
  start-master NODE              start the master's daemons without a majority of votes
  oob COMMAND NODE               power-on, power-off, power-cycle, power-status, health (for `gnt-node power`)
  instance shutdown | crash INSTANCE    end an instance as if it shut itself down, or crashed
changes of a running cluster (JSON on standard input):
  add-node | remove-node         add or remove a node
  add-peer | verify-peer | remove-peer    add another slice, verify the network to it, or remove it
files of a source tree of Ganeti (for `vcluster-box sync`); all but sync-diff print JSON:
  sync VERSION [--force]         bring the files of a tree (tar archive on standard input)
  sync-reset | sync-diff         take them back; print them, compared with the image's
commands that the slices of a cluster run on each other:
  votes                          print which node this slice's nodes consider the master, as JSON
  receive-nodes                  unpack the files that this slice's nodes need to join (tar archive on standard input)
  init-failed REASON             note that the slice that creates the cluster has failed
  redistribute                   have the master send its configuration to all nodes
  register-node | unregister-node    add or remove this slice's part of a node (JSON on standard input)"""


def main(arguments: list[str]) -> int:
    match arguments:
        case ["run"]:
            from .boot import supervise

            return supervise.run()
        case ["probe"]:
            from . import report

            print(json.dumps(report.probe()))
        case ["changes"] | ["check-ganeti", "packages" | "tree", _] | ["install-tree", _]:
            from .own_ganeti import commands

            return commands.run(*arguments)
        case ["follow", *directories]:
            from . import follow

            return follow.follow([Path(directory) for directory in directories])
        case ["unpack", directory]:
            from . import unpack

            return unpack.report(sys.stdin.buffer, Path(directory))
        case ["init-failed", reason]:
            paths.INIT_FAILED.write_text(reason)
        case ["all-started"]:
            paths.ALL_STARTED.touch()
        case [("add-node" | "remove-node" | "add-peer" | "verify-peer" | "remove-peer") as command]:
            return _change(command)
        case [("status" | "healthy" | "inventory" | "votes" | "receive-nodes" | "redistribute") as command]:
            return _with_plan(command, [])
        case [("register-node" | "unregister-node") as command]:
            return _with_plan(command, [])
        case ["restart-daemons", _, *_] | ["start-master", _] | ["oob", _, _] | ["instance", "shutdown" | "crash", _]:
            return _with_plan(arguments[0], arguments[1:])
        case ["sync", _] | ["sync", _, "--force"] | ["sync-reset"] | ["sync-diff"]:
            return _sync(arguments)
        case [("start-all" | "stop-all" | "restart-all" | "watcher-all") as command, *rest]:
            return _with_plan(command, rest)
        case [("start" | "stop" | "restart" | "pause" | "unpause" | "watcher") as command, _, *_]:
            return _with_plan(command, arguments[1:])
        case _:
            print(USAGE, file=sys.stderr)
            return 2
    return 0


def _change(command: str) -> int:
    """Reports the result as events."""
    from .events import emit
    from .nodes import add_node, remove_node
    from .peers import peer_registry
    from .plan import current

    changes = {
        "add-node": add_node.add_node,
        "remove-node": remove_node.remove_node,
        "add-peer": peer_registry.add_peer,
        "verify-peer": peer_registry.verify_peer,
        "remove-peer": peer_registry.remove_peer,
    }
    try:
        with current.lock():
            changes[command](json.load(sys.stdin))
    except StepFailed as error:
        emit("failed", message=str(error), node=error.node, hint=error.hint, log=error.lines())
        return 1
    return 0


def _sync(arguments: list[str]) -> int:
    """Reports a failure as JSON, too."""
    from .sync import sync

    plan = members(load(os.environ))
    if arguments == ["sync-diff"]:
        sys.stdout.write(sync.diff())
        return 0
    try:
        match arguments:
            case ["sync", version, *force]:
                done = sync.sync(plan, version, sys.stdin.buffer, force=bool(force))
            case _:
                done = sync.reset(plan)
    except StepFailed as error:
        done = {"problem": str(error), "hint": error.hint, "output": error.lines()}
    print(json.dumps(done))
    return 0


def _with_plan(command: str, rest: list[str]) -> int:
    try:
        whole = load(os.environ)
        if command in ("status", "healthy", "inventory"):
            return _report(command, whole)
        if command in ("votes", "receive-nodes", "redistribute", "register-node", "unregister-node"):
            return _answer_peer(command, members(whole))
        from .nodes import control

        return control.control(command, rest, members(whole))
    except PlanError as error:
        print(f"vcluster-slice: {error}", file=sys.stderr)
    except StepFailed as error:
        where = f"{error.node}: " if error.node else ""
        print(f"vcluster-slice: {where}{error}", *error.lines(), sep="\n", file=sys.stderr)
    return 1


def _report(command: str, whole: Plan) -> int:
    from . import report

    match command:
        case "status":
            print(json.dumps(report.status(whole)))
        case "inventory":
            print(json.dumps(report.inventory(members(whole))))
        case _:
            well, text = report.healthy(whole)
            print(text)
            return 0 if well else 1
    return 0


def _answer_peer(command: str, plan: Plan) -> int:
    match command:
        case "votes":
            from .master import votes

            print(json.dumps(votes.report_votes(plan)))
        case "receive-nodes":
            from .boot import join

            join.receive_nodes(plan)
        case "redistribute":
            from .master import succession

            succession.redistribute(plan)
        case _:
            from .nodes import node_setup
            from .plan import current

            with current.lock():
                act = node_setup.register if command == "register-node" else node_setup.unregister
                act(json.load(sys.stdin))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
