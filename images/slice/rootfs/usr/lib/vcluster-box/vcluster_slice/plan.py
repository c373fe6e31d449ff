"""The plan as this side sees it.  `src/plan/plan.ts` is the contract; `docs/plan.md` describes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    #: simulated memory, CPUs and disk: `NodeResources` in `src/plan/node-resources.ts`; for `vcluster_node` alone
    resources: Mapping[str, int] = field(hash=False)
    master_capable: bool = True
    vm_capable: bool = True
    drained: bool = False
    offline: bool = False


@dataclass(frozen=True)
class Group:
    name: str
    alloc_policy: str


@dataclass(frozen=True)
class Instance(Named):
    #: name of the node on which one of that name is made when the cluster begins; None: none is
    node: str | None


@dataclass(frozen=True)
class NewInstances:
    os: str
    memory_mib: int
    vcpus: int


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
    #: the one of the first node is what `gnt-cluster init` calls "default"
    groups: tuple[Group, ...]
    #: of the whole cluster; the first is the first master
    nodes: tuple[Node, ...]
    instances: tuple[Instance, ...]
    new_instances: NewInstances
    init: tuple[str, ...]
    rapi_port: int
    rapi_user: str
    #: names and addresses for RAPI's certificate; the first is its subject
    rapi_names: tuple[str, ...]
    needs: Needs
    #: seconds between two runs of ganeti-watcher on a node; None: it is not run
    watcher_interval: float | None
    #: when the slice is to end; None: never
    expires: datetime | None
    #: False: the slice boots without a cluster, which somebody else makes on its nodes (Ganeti's own QA suite does)
    provision: bool = True

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
            groups=tuple(Group(group["name"], group["allocPolicy"]) for group in data["groups"]),
            nodes=tuple(_node(node, directory) for node in data["nodes"]),
            instances=tuple(_instance(instance) for instance in data["instances"]),
            new_instances=NewInstances(
                data["newInstances"]["os"], data["newInstances"]["memoryMiB"], data["newInstances"]["vcpus"]
            ),
            init=tuple(data["init"]),
            rapi_port=data["rapi"]["port"],
            rapi_user=data["rapi"]["user"],
            rapi_names=tuple(data["rapi"]["names"]),
            needs=Needs(data["needs"]["memoryMiB"], data["needs"]["diskMiB"], data["needs"]["inotifyInstances"]),
            watcher_interval=data["watcher"] and data["watcher"]["intervalSeconds"],
            expires=data["expires"] and datetime.fromisoformat(data["expires"]),
            provision=data.get("provision", True),
        )
    except (KeyError, TypeError) as error:
        raise PlanError(f"the plan lacks {error}") from error
    except ValueError as error:
        raise PlanError(f"the plan cannot be understood: {error}") from error
    if not plan.own_nodes:
        raise PlanError(f"the plan has no node in slice {plan.slice}")
    return plan


def load(environment: Mapping[str, str] | None) -> Plan:
    """Reads the living plan; at the first start without one, makes it from the image's.

    :param environment: how much of the image's plan to take (`VCLUSTER_BOX_NODES`, `VCLUSTER_BOX_INSTANCES`); not used
        when there is a plan
    :raises PlanError: when there is no usable plan
    """
    if not paths.PLAN.exists():
        _adopt_image_plan(environment or {})
    try:
        return parse(json.loads(paths.PLAN.read_text()))
    except (OSError, ValueError) as error:
        raise PlanError(f"{paths.PLAN} cannot be read: {error}") from error


def _adopt_image_plan(environment: Mapping[str, str]) -> None:
    data = json.loads(paths.IMAGE_PLAN.read_text())
    most = len(data["nodes"])
    nodes = _count(environment, "VCLUSTER_BOX_NODES", 3, range(1, most + 1))
    instances = _count(environment, "VCLUSTER_BOX_INSTANCES", 0, range(len(data["instances"]) + 1))
    data["nodes"] = data["nodes"][:nodes]
    for need, each in data["needs"]["perNode"].items():
        data["needs"][need] -= each * (most - nodes)
    for number in range(instances):
        data["instances"][number]["node"] = data["nodes"][number % nodes]["names"][0]
    paths.STATE.mkdir(parents=True, exist_ok=True)
    paths.PLAN.write_text(json.dumps(data, indent=2) + "\n")


def _count(environment: Mapping[str, str], name: str, usual: int, allowed: range) -> int:
    text = environment.get(name) or str(usual)
    if not text.isascii() or not text.isdigit() or int(text) not in allowed:
        raise PlanError(f"{name} is a whole number from {allowed[0]} to {allowed[-1]}, not {text!r}")
    return int(text)


def _named(data: dict[str, Any]) -> Named:
    return Named(_names(data), data["address"])


def _node(data: dict[str, Any], directory: Path) -> Node:
    names = _names(data)
    return Node(
        names,
        data["address"],
        data["slice"],
        data["group"],
        directory / names[0],
        data["resources"],
        data.get("masterCapable", True),
        data.get("vmCapable", True),
        data.get("drained", False),
        data.get("offline", False),
    )


def _instance(data: dict[str, Any]) -> Instance:
    return Instance(_names(data), data["address"], data.get("node"))


def _names(data: dict[str, Any]) -> tuple[str, ...]:
    if not data["names"]:
        raise PlanError(f"the plan has no name for {data['address']}")
    return tuple(data["names"])
