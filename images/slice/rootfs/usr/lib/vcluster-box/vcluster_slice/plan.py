"""The plan as this side sees it.  `src/plan/plan.ts` is the contract; `docs/plan.md` describes it."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from . import paths

KNOWN_VERSION = 1


class PlanError(Exception):
    """The plan cannot be read, or is of a version that this slice does not know."""


@dataclass(frozen=True)
class Named:
    """An address and its names; the first name is the full one."""

    names: tuple[str, ...]
    address: str

    @property
    def name(self) -> str:
        return self.names[0]


@dataclass(frozen=True)
class Node(Named):
    slice: int
    group: str
    #: GANETI_ROOTDIR
    directory: Path


@dataclass(frozen=True)
class Needs:
    memory_mib: int
    disk_mib: int
    inotify_instances: int


@dataclass(frozen=True)
class Plan:
    slice: int
    cluster: Named
    directory: Path
    subnet: str
    device: str
    #: of the whole cluster; the first is the first master
    nodes: tuple[Node, ...]
    instances: tuple[Named, ...]
    init: tuple[str, ...]
    rapi_port: int
    rapi_user: str
    needs: Needs
    #: seconds between two runs of ganeti-watcher on a node; None: it is not run
    watcher_interval: float | None
    #: when the slice is to end; None: never
    expires: datetime | None

    @property
    def own_nodes(self) -> tuple[Node, ...]:
        """Those that run in this slice."""
        return tuple(node for node in self.nodes if node.slice == self.slice)

    @property
    def master(self) -> Node:
        return self.nodes[0]

    def find(self, name: str) -> Node | None:
        return next((node for node in self.nodes if name in node.names), None)


def parse(data: Any) -> Plan:
    """
    :raises PlanError: when it is of another version, or something in it is missing
    """
    if not isinstance(data, dict):
        raise PlanError("the plan is not a JSON object")
    if data.get("version") != KNOWN_VERSION:
        raise PlanError(f"the plan has version {data.get('version')}, this slice knows version {KNOWN_VERSION} only")
    try:
        directory = Path(data["directory"])
        plan = Plan(
            slice=data["slice"],
            cluster=_named(data["cluster"]),
            directory=directory,
            subnet=data["network"]["subnet"],
            device=data["network"]["device"],
            nodes=tuple(_node(node, directory) for node in data["nodes"]),
            instances=tuple(_named(instance) for instance in data["instances"]),
            init=tuple(data["init"]),
            rapi_port=data["rapi"]["port"],
            rapi_user=data["rapi"]["user"],
            needs=Needs(data["needs"]["memoryMiB"], data["needs"]["diskMiB"], data["needs"]["inotifyInstances"]),
            watcher_interval=data["watcher"] and data["watcher"]["intervalSeconds"],
            expires=data["expires"] and datetime.fromisoformat(data["expires"]),
        )
    except (KeyError, TypeError) as error:
        raise PlanError(f"the plan lacks {error}") from error
    except ValueError as error:
        raise PlanError(f"the plan cannot be understood: {error}") from error
    if not plan.own_nodes:
        raise PlanError(f"the plan has no node in slice {plan.slice}")
    return plan


def load(nodes: str | None) -> Plan:
    """Reads the living plan; at the first start without one, makes it from the image's.

    :param nodes: how many nodes of the image's plan to take (`VCLUSTER_BOX_NODES`); not used when there is a plan
    :raises PlanError: when there is no usable plan
    """
    if not paths.PLAN.exists():
        _adopt_image_plan(nodes or "3")
    try:
        return parse(json.loads(paths.PLAN.read_text()))
    except (OSError, ValueError) as error:
        raise PlanError(f"{paths.PLAN} cannot be read: {error}") from error


def _adopt_image_plan(nodes: str) -> None:
    data = json.loads(paths.IMAGE_PLAN.read_text())
    most = len(data["nodes"])
    if not nodes.isascii() or not nodes.isdigit() or not 1 <= int(nodes) <= most:
        raise PlanError(f"VCLUSTER_BOX_NODES is a whole number from 1 to {most}, not {nodes!r}")
    data["nodes"] = data["nodes"][: int(nodes)]
    for need, each in data["needs"]["perNode"].items():
        data["needs"][need] -= each * (most - int(nodes))
    paths.STATE.mkdir(parents=True, exist_ok=True)
    paths.PLAN.write_text(json.dumps(data, indent=2) + "\n")


def _named(data: dict[str, Any]) -> Named:
    return Named(_names(data), data["address"])


def _node(data: dict[str, Any], directory: Path) -> Node:
    names = _names(data)
    return Node(names, data["address"], data["slice"], data["group"], directory / names[0])


def _names(data: dict[str, Any]) -> tuple[str, ...]:
    if not data["names"]:
        raise PlanError(f"the plan has no name for {data['address']}")
    return tuple(data["names"])
