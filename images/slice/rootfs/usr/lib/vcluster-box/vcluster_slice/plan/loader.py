"""Reading the plan: `plan.json` becomes a `Plan`."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from .. import paths
from .model import Group, Instance, Named, Needs, NewInstances, Node, Overlay, Plan, Slice, Underlay

KNOWN_VERSION = 1


class PlanError(Exception):
    """The plan cannot be read, or is of a version that this slice does not know."""


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
            slices=tuple(_slice(each) for each in data["slices"]),
            nodes=tuple(_node(node, directory) for node in data["nodes"]),
            instances=tuple(_instance(instance) for instance in data["instances"]),
            new_instances=NewInstances(
                data["newInstances"]["os"], data["newInstances"]["memoryMiB"], data["newInstances"]["vcpus"]
            ),
            init=tuple(data["init"]),
            rapi_port=data["rapi"]["port"],
            rapi_published_port=data["rapi"]["publishedPort"],
            rapi_user=data["rapi"]["user"],
            rapi_names=tuple(data["rapi"]["names"]),
            needs=Needs(data["needs"]["memoryMiB"], data["needs"]["diskMiB"], data["needs"]["inotifyInstances"]),
            watcher_interval=data["watcher"] and data["watcher"]["intervalSeconds"],
            expires=data["expires"] and datetime.fromisoformat(data["expires"]),
            provision=data.get("provision", True),
            overlay=_overlay(data["overlay"]),
        )
    except (KeyError, TypeError) as error:
        raise PlanError(f"the plan lacks {error}") from error
    except ValueError as error:
        raise PlanError(f"the plan cannot be understood: {error}") from error
    _check(plan)
    return plan


def _check(plan: Plan) -> None:
    # One of several may be without: a host that has joined the cluster, and is yet to get nodes.
    if not plan.own_nodes and plan.overlay is None:
        raise PlanError(f"the plan has no node in slice {plan.slice}")
    if plan.peers and plan.overlay is None:
        raise PlanError("the plan has several slices and no overlay network between them")
    if plan.slice not in [each.number for each in plan.slices]:
        raise PlanError(f"the plan does not list slice {plan.slice} among its slices")


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


def _overlay(data: dict[str, Any] | None) -> Overlay | None:
    if data is None:
        return None
    if data["kind"] not in ("vxlan", "flat"):
        raise PlanError(f"the plan has an overlay network of kind {data['kind']!r}, which this slice does not know")
    return Overlay(data["kind"], data["vni"] if data["kind"] == "vxlan" else 0)


def _slice(data: dict[str, Any]) -> Slice:
    underlay = data["underlay"] and Underlay(data["underlay"]["address"], data["underlay"]["port"])
    return Slice(data["number"], data["address"] or "", data["endpoint"], data["engine"], underlay)
