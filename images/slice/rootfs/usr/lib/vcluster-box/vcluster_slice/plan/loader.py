"""Reads the plan: `plan.json` becomes a `Plan`, by the types in `model`."""

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import datetime
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

from .. import paths
from .model import Named, Plan

KNOWN_VERSION = 1
#: type -> what to call with the JSON value
READERS: dict[Any, Callable[[Any], Any]] = {Path: Path, datetime: datetime.fromisoformat}
#: type -> what the JSON value must be
JSON_TYPES: dict[Any, Any] = {float: (int, float), Mapping[str, int]: dict}


class PlanError(Exception):
    """The plan cannot be read, or this slice does not know its version."""


def parse(data: Any) -> Plan:
    """
    :raises PlanError: when it is of another version, or naming what is missing or of the wrong type
    """
    if not isinstance(data, dict):
        raise PlanError("the plan is not a JSON object")
    if data.get("version") != KNOWN_VERSION:
        raise PlanError(f"the plan has version {data.get('version')}, this slice knows version {KNOWN_VERSION} only")
    plan: Plan = _read_object(Plan, data, ())
    _check(plan)
    nodes = tuple(replace(node, directory=plan.directory / node.name) for node in plan.nodes)
    return replace(plan, nodes=nodes)


def _read_object(kind: Any, data: Any, path: tuple[str | int, ...]) -> Any:
    """
    :param kind: a dataclass
    :param path: keys that lead to the value, for messages
    """
    if not isinstance(data, dict):
        raise PlanError(f"the plan has {data!r} instead of an object in {_named(path)}")
    values = {}
    for name, key, wanted, required in _fields(kind):
        if required and key not in data:
            raise PlanError(f"the plan lacks {_named((*path, key))}")
        if required or data.get(key) is not None:
            values[name] = _read(wanted, data[key], (*path, key))
    return kind(**values)


def _read(kind: Any, value: Any, path: tuple[str | int, ...]) -> Any:
    """
    :param kind: a dataclass, `tuple[X, ...]`, `X | None`, or a scalar type
    """
    if is_dataclass(kind):
        return _read_object(kind, value, path)
    arguments = get_args(kind)
    if NoneType in arguments:
        return None if value is None else _read(arguments[0], value, path)
    if get_origin(kind) is tuple and isinstance(value, list):
        return tuple(_read(arguments[0], each, (*path, index)) for index, each in enumerate(value))
    try:
        if kind in READERS:
            return READERS[kind](value)
        if isinstance(value, JSON_TYPES.get(kind, kind)):
            return value
    except (TypeError, ValueError):
        pass
    raise PlanError(f"the plan has {value!r} in {_named(path)}, which is not {getattr(kind, '__name__', kind)}")


@functools.cache
def _fields(kind: Any) -> list[tuple[str, str, Any, bool]]:
    """Name, key in the plan, type, and whether the plan must have it.  `memory_mib` is `memoryMiB` there."""
    found = []
    for each in fields(kind):
        first, *rest = each.name.split("_")
        key = first + "".join("MiB" if word == "mib" else word.capitalize() for word in rest)
        found.append((each.name, key, each.type, each.default is MISSING))
    return found


def _named(path: tuple[str | int, ...]) -> str:
    return repr("".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip("."))


def _check(plan: Plan) -> None:
    named: tuple[Named, ...] = (plan.cluster, *plan.nodes, *plan.instances)
    for each in named:
        if not each.names:
            raise PlanError(f"the plan has no name for {each.address}")
    # One of several slices can have no nodes: its host has joined the cluster, and gets nodes later.
    if not plan.own_nodes and plan.overlay is None:
        raise PlanError(f"the plan has no node in slice {plan.slice}")
    if plan.slice not in [each.number for each in plan.slices]:
        raise PlanError(f"the plan does not list slice {plan.slice} among its slices")
    if plan.peers and plan.overlay is None:
        raise PlanError("the plan has several slices and no overlay network between them")
    if plan.overlay is not None and plan.overlay.kind not in ("vxlan", "flat"):
        raise PlanError(f"the plan has an overlay network of kind {plan.overlay.kind!r}, which this slice does not know")
    if plan.overlay is not None and plan.overlay.kind == "vxlan" and plan.overlay.vni == 0:
        raise PlanError("the plan lacks 'overlay.vni'")


def load(environment: Mapping[str, str] | None) -> Plan:
    """Reads the current plan.  At the first start without one, creates it from the image's plan.

    :param environment: how much of the image's plan to use (`VCLUSTER_BOX_NODES`, `VCLUSTER_BOX_INSTANCES`); ignored if
        there is a plan
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


def _count(environment: Mapping[str, str], name: str, default: int, allowed: range) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) not in allowed:
        raise PlanError(f"{name} must be a whole number from {allowed[0]} to {allowed[-1]}, not {text!r}")
    return int(text)
