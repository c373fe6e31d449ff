"""`vgcreate`, `vgremove`, `vgextend`, `vgreduce`, `vgrename` and `vgchange`."""

import os
from collections.abc import Sequence

from ..failure import BadUsage, Failed
from ..node import MEBI, Node
from ..options import Option, parse
from ..outcome import Outcome
from . import store, warnings
from .names import check_new, disk_name, group_name
from .physical import existing, initialise
from .rows import opened
from .state import Group, PhysicalVolume, State, uuid_of
from .units import parse_size
from .volumes import COMMON

CREATE = (*COMMON, Option("physicalextentsize", "s", value=True), Option("addtag", value=True))


def create(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    options = parse(CREATE, argv)
    if len(options.words) < 2:
        raise BadUsage("Please provide volume group name and physical volumes")
    name = group_name(node, options.words[0])
    check_new("Volume group", name)
    size = parse_size(options.last("physicalextentsize") or "4m")
    if size < MEBI or size & (size - 1):
        raise BadUsage("Physical extent size must be a power of 2, of 1 MiB at least")
    with store.change(node) as state:
        if state.group(name) is not None:
            raise Failed(f'A volume group called {name} already exists.')
        uuid = uuid_of(node.name, name, os.urandom(16).hex())
        state.groups.append(Group(name, uuid, size // MEBI, options.all("addtag")))
        for word in options.words[1:]:
            _join(node, state, name, word, outcome)
    outcome.say(f'Volume group "{name}" successfully created')


def _join(node: Node, state: State, group: str, word: str, outcome: Outcome) -> None:
    name = disk_name(word)
    physical = next((each for each in state.physical if each.name == name), None)
    if physical is None:
        physical = initialise(node, state, name)
        outcome.say(f'Physical volume "{name}" successfully created.')
    if physical.group is not None:
        raise Failed(f"Physical volume '{name}' is already in volume group '{physical.group}'")
    physical.group, physical.allocatable = group, True


def remove(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    options = parse(COMMON, argv)
    if not options.words:
        raise BadUsage("Please enter one or more volume group paths")
    # Nobody else waits for the answer: the lock is taken afterwards.
    for word in [] if options.has("force") or options.has("yes") else options.words:
        count = len(store.read(node).volumes_of(name := group_name(node, word)))
        question = f'Do you really want to remove volume group "{name}" containing {count} logical volumes?'
        if count and not outcome.agreed(question):
            raise Failed(f'Volume group "{name}" not removed')
    with store.change(node) as state:
        for word in options.words:
            group = store.existing_group(state, group_name(node, word))
            used = sorted(name for owner, name in opened(node, state) if owner == group.name)
            if used:
                raise Failed(f"Logical volume {group.name}/{used[0]} in use.")
            state.volumes = [each for each in state.volumes if each.group != group.name]
            for physical in state.physical_of(group.name):
                physical.group = None
            state.groups.remove(group)
            outcome.say(f'Volume group "{group.name}" successfully removed')


def extend(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    options = parse((*COMMON, Option("restoremissing")), argv)
    if len(options.words) < 2:
        raise BadUsage("Please enter volume group name and physical volume(s)")
    with store.change(node) as state:
        group = store.existing_group(state, group_name(node, options.words[0]))
        if not options.has("restoremissing"):
            warnings.refuse_incomplete(state, group.name)
            for word in options.words[1:]:
                _join(node, state, group.name, word, outcome)
    outcome.say(f'Volume group "{group.name}" successfully extended')


REDUCE = (*COMMON, Option("removemissing"), Option("all", "a"))


def reduce(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    options = parse(REDUCE, argv)
    if not options.words:
        raise BadUsage("Please give volume group name and physical volume paths")
    with store.change(node) as state:
        group = store.existing_group(state, group_name(node, options.words[0]))
        if options.has("removemissing"):
            _remove_missing(state, group, options.has("force"), outcome)
            return
        names = [disk_name(word) for word in options.words[1:]]
        physical = [existing(state, name) for name in names] or (
            [each for each in state.physical_of(group.name) if state.used(each) == 0] if options.has("all") else []
        )
        if not physical:
            raise BadUsage("Please enter physical volume paths or option -a")
        warnings.refuse_incomplete(state, group.name)
        for each in physical:
            _leave(state, group, each)
            outcome.say(f'Removed "{each.name}" from volume group "{group.name}"')


def _leave(state: State, group: Group, physical: PhysicalVolume) -> None:
    if physical.group != group.name:
        raise Failed(f'Physical Volume "{physical.name}" not found in Volume Group "{group.name}"')
    if state.used(physical):
        raise Failed(f'Physical volume "{physical.name}" still in use')
    if len(state.physical_of(group.name)) == 1:
        raise Failed(f"Can't remove final physical volume \"{physical.name}\" from volume group \"{group.name}\"")
    physical.group = None


def _remove_missing(state: State, group: Group, force: bool, outcome: Outcome) -> None:
    """Without `--force`, only physical volumes that no volume needs."""
    missing = [each for each in state.physical_of(group.name) if state.missing(each)]
    if not missing:
        outcome.say(f'Volume group "{group.name}" is already consistent.')
        return
    warnings.of_missing(state, outcome)
    partial = [each for each in state.volumes_of(group.name) if state.partial(each)]
    if partial and not force:
        for each in partial:
            outcome.warn(f"WARNING: Partial LV {each.name} needs to be repaired or removed.")
        outcome.warn(f"There are still partial LVs in VG {group.name}.")
        raise Failed("To remove them unconditionally use: vgreduce --removemissing --force.")
    for each in partial:
        state.volumes.remove(each)
        outcome.warn(f"WARNING: Removing partial LV {group.name}/{each.name}.")
    state.physical = [each for each in state.physical if each not in missing]
    outcome.say(f"Wrote out consistent volume group {group.name}.")


def rename(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    words = parse(COMMON, argv).words
    if len(words) != 2:
        raise BadUsage("Old and new volume group names need specifying")
    old, new = (group_name(node, word) for word in words)
    check_new("Volume group", new)
    with store.change(node) as state:
        group = store.existing_group(state, old)
        if state.group(new) is not None:
            raise Failed(f'New volume group "{new}" already exists')
        for each in (*state.volumes_of(old), *state.physical_of(old)):
            each.group = new
        group.name = new
    outcome.say(f'Volume group "{old}" successfully renamed to "{new}"')


CHANGE = (
    *COMMON,
    Option("activate", "a", value=True),
    Option("available", value=True),
    Option("addtag", value=True),
    Option("deltag", value=True),
)


def change(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    options = parse(CHANGE, argv)
    activate = options.last("activate") or options.last("available")
    with store.change(node) as state:
        names = [group_name(node, word) for word in options.words] or [group.name for group in state.groups]
        used = opened(node, state)
        for name in names:
            group = store.existing_group(state, name)
            kept = [tag for tag in group.tags if tag not in options.all("deltag")]
            group.tags = [*kept, *(tag for tag in options.all("addtag") if tag not in kept)]
            if activate is not None:
                _activate(state, name, "n" not in activate, used, outcome)


def _activate(
    state: State, group: str, active: bool, used: frozenset[tuple[str, str]], outcome: Outcome
) -> None:
    volumes = state.volumes_of(group)
    busy = [each for each in volumes if (each.group, each.name) in used]
    if busy and not active:
        raise Failed(f'Can\'t deactivate volume group "{group}" with {len(busy)} open logical volume(s)')
    for each in volumes:
        each.active = active and not state.partial(each)
    count = sum(each.active for each in volumes)
    outcome.say(f'{count} logical volume(s) in volume group "{group}" now active')
