"""`pvcreate`, `pvremove` and `pvchange`, and `vcluster-disk`, which adds disks to a node and breaks them."""

import os
from collections.abc import Sequence

from ..failure import BadUsage, Failed
from ..node import MEBI, Node
from ..options import Option, parse
from ..outcome import Outcome
from . import store, warnings
from .names import disk_name
from .state import DISKS, Disk, PhysicalVolume, State, uuid_of
from .units import format_size, parse_size

OPTIONS = (
    Option("allocatable", "x", value=True),
    Option("all", "a"),
    Option("zero", "Z", value=True),
    *(Option(name, name[0]) for name in ("yes", "force", "verbose", "quiet", "test")),
)


def existing(state: State, name: str) -> PhysicalVolume:
    physical = next((each for each in state.physical if each.name == name), None)
    if physical is None:
        raise Failed(f'Failed to find physical volume "{name}".')
    return physical


def initialise(node: Node, state: State, name: str) -> PhysicalVolume:
    """Makes a physical volume of a disk of the node."""
    disk = state.disk(name)
    if disk is None or disk.failed:
        raise Failed(f"Device {name} not found.  (`vcluster-disk add` gives a node another disk.)")
    physical = PhysicalVolume(name, uuid_of(node.name, name, os.urandom(16).hex()))
    state.physical.append(physical)
    return physical


def create(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    options = parse(OPTIONS, argv)
    if not options.words:
        raise BadUsage("Please enter a physical volume path.")
    with store.change(node) as state:
        for name in map(disk_name, options.words):
            old = next((each for each in state.physical if each.name == name), None)
            if old is not None and old.group is not None:
                raise Failed(f"Can't initialize physical volume \"{name}\" of volume group \"{old.group}\" without -ff")
            if old is not None:
                state.physical.remove(old)
            initialise(node, state, name)
            outcome.say(f'Physical volume "{name}" successfully created.')


def remove(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    options = parse(OPTIONS, argv)
    with store.change(node) as state:
        for name in map(disk_name, options.words):
            physical = existing(state, name)
            if physical.group is not None:
                raise Failed(f"PV {name} is used by VG {physical.group} so please use vgreduce first.")
            state.physical.remove(physical)
            outcome.say(f'Labels on physical volume "{name}" successfully wiped.')


def change(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    options = parse(OPTIONS, argv)
    allocatable = options.last("allocatable")
    if allocatable not in ("y", "n"):
        raise BadUsage("Please give exactly one option of -x; its value is y or n")
    with store.change(node) as state:
        names = list(map(disk_name, options.words)) or [each.name for each in state.physical if options.has("all")]
        if not names:
            raise BadUsage("Please give a physical volume path.")
        for name in names:
            physical = existing(state, name)
            if physical.group is None:
                raise Failed("Can't change the allocatability of a PV that is not in a VG")
            warnings.refuse_incomplete(state, physical.group)
            physical.allocatable = allocatable == "y"
            outcome.say(f'Physical volume "{name}" changed')
    plural = '' if len(names) == 1 else 's'
    outcome.say(f"{len(names)} physical volume{plural} changed / 0 physical volumes not changed")


USAGE = "Usage: vcluster-disk list | add DEVICE SIZE | remove DEVICE | fail DEVICE | restore DEVICE"


def disks(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    match argv:
        case ["list"] | []:
            state = store.read(node)
            for disk in state.disks:
                size = format_size(state.disk_size(disk) * MEBI, "r")
                outcome.say(f"{disk.name} {size} {'failed' if disk.failed else 'ok'}")
        case ["add", name, size]:
            with store.change(node) as state:
                _add(state, disk_name(name), parse_size(size) // MEBI)
        case ["remove", name]:
            with store.change(node) as state:
                state.disks.remove(_removable(state, disk_name(name)))
        case ["fail" | "restore", name]:
            with store.change(node) as state:
                _disk(state, disk_name(name)).failed = argv[0] == "fail"
        case _:
            raise BadUsage(USAGE)


def _disk(state: State, name: str) -> Disk:
    disk = state.disk(name)
    if disk is None:
        raise Failed(f"The node has no disk {name}, only {', '.join(each.name for each in state.disks)}.")
    return disk


def _add(state: State, name: str, size_mib: int) -> None:
    if state.disk(name) is not None:
        raise Failed(f"The node already has a disk {name}.")
    if size_mib < 8:
        raise Failed("A disk has 8 MiB at least.")
    state.disks.append(Disk(name, size_mib))


def _removable(state: State, name: str) -> Disk:
    disk = _disk(state, name)
    if name in DISKS:
        raise Failed(f"{name} is a part of the node's own disk: `vcluster-disk fail` takes it away.")
    if any(each.name == name for each in state.physical):
        raise Failed(f"{name} is a physical volume: use vgreduce and pvremove first.")
    return disk
