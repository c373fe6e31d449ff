"""`lvremove`, `lvrename`, `lvextend`, `lvreduce`, `lvresize` and `lvchange`."""

from collections.abc import Sequence

from ..failure import BadUsage, Failed
from ..node import Node
from ..options import Option, Options, parse
from ..outcome import Outcome
from . import store, warnings
from .allocation import allocate, append
from .create import policy_of, wanted_extents
from .names import check_new, disk_name, group_name, relative, volume_of, volumes_of
from .rows import opened
from .state import State, Volume
from .units import format_size

COMMON = (Option("yes", "y"), Option("force", "f"), Option("verbose", "v"), Option("quiet", "q"), Option("test", "t"))


def remove(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    options = parse(COMMON, argv)
    if not options.words:
        raise BadUsage("Please enter one or more logical volume paths")
    # Nobody else waits for the answer: the lock is taken afterwards.
    for volume in [] if options.has("force") or options.has("yes") else volumes_of(node, store.read(node), options.words):
        name = f"{volume.group}/{volume.name}"
        if not outcome.agreed(f"Do you really want to remove{' active' if volume.active else ''} logical volume {name}?"):
            raise Failed(f"Logical volume {name} not removed")
    with store.change(node) as state:
        warnings.of_missing(state, outcome)
        used = opened(node, state)
        for volume in volumes_of(node, state, options.words):
            if volume not in state.volumes:
                # With its origin.
                continue
            together = [volume, *state.snapshots_of(volume)]
            for each in together:
                if (each.group, each.name) in used:
                    raise Failed(f"Logical volume {each.group}/{each.name} in use.")
            for each in reversed(together):
                state.volumes.remove(each)
                outcome.say(f'Logical volume "{each.name}" successfully removed.')


def rename(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    words = parse(COMMON, argv).words
    if len(words) == 3:
        group, old, new = group_name(node, words[0]), words[1].rpartition("/")[2], words[2].rpartition("/")[2]
    elif len(words) == 2:
        group, _, old = relative(node, words[0]).partition("/")
        new = words[1].rpartition("/")[2]
    else:
        raise BadUsage("Old and new logical volume names required")
    with store.change(node) as state:
        volume = volume_of(node, state, f"{group}/{old}")
        warnings.refuse_incomplete(state, group)
        check_new("Logical volume", new)
        if state.volume(group, new) is not None:
            raise Failed(f'Logical Volume "{new}" already exists in volume group "{group}"')
        for snapshot in state.snapshots_of(volume):
            snapshot.origin = new
        volume.name = new
    outcome.say(f'Renamed "{old}" to "{new}" in volume group "{group}"')


RESIZE = (
    *COMMON,
    Option("size", "L", value=True),
    Option("extents", "l", value=True),
    Option("alloc", value=True),
    Option("stripes", "i", value=True),
    Option("stripesize", "I", value=True),
)


def extend(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    _resize(node, argv, outcome, smaller=False, larger=True)


def reduce(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    _resize(node, argv, outcome, smaller=True, larger=False)


def resize(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    _resize(node, argv, outcome, smaller=True, larger=True)


class _OnlyTested(Exception):
    """Leaves the state as it was."""


def _resize(node: Node, argv: Sequence[str], outcome: Outcome, *, smaller: bool, larger: bool) -> None:
    options = parse(RESIZE, argv)
    if not options.words:
        raise BadUsage("Please specify a logical volume path.")
    try:
        with store.change(node) as state:
            volume = volume_of(node, state, options.words[0])
            warnings.refuse_incomplete(state, volume.group)
            before, wanted = volume.allocated, _wanted(state, volume, options)
            if wanted > before and larger:
                stripes = len(volume.segments[-1].areas)
                names = [disk_name(word) for word in options.words[1:]]
                policy, more = policy_of(options), wanted - before
                segments = allocate(
                    state, volume.group, more, stripes=stripes, names=names, policy=policy, extended=volume
                )
                append(volume, segments)
            elif wanted < before and smaller:
                _cut(volume, wanted)
            else:
                raise Failed("New size given does not change the volume that way.")
            _say_resized(state, volume, before, outcome)
            if options.has("test"):
                raise _OnlyTested
    except _OnlyTested:
        outcome.warn("TEST MODE: Metadata will NOT be updated and volumes will not be (de)activated.")


def _wanted(state: State, volume: Volume, options: Options) -> int:
    text = options.last("size") or options.last("extents")
    if text is not None and text.startswith("-"):
        shrunk = Options(given=[(name, value.lstrip("-")) for name, value in options.given])
        return max(1, volume.allocated - wanted_extents(state, volume.group, shrunk))
    return wanted_extents(state, volume.group, options, volume.allocated)


def _say_resized(state: State, volume: Volume, before: int, outcome: Outcome) -> None:
    extent = store.extent_mib(state, volume.group) * 2**20
    sizes = [f"{format_size(extents * extent, 'r')} ({extents} extents)" for extents in (before, volume.allocated)]
    name = f"{volume.group}/{volume.name}"
    outcome.say(f"Size of logical volume {name} changed from {sizes[0]} to {sizes[1]}.")
    outcome.say(f"Logical volume {name} successfully resized.")


def _cut(volume: Volume, extents: int) -> None:
    surplus = volume.allocated - extents
    while surplus > 0:
        last = volume.segments[-1]
        if last.extents <= surplus:
            surplus -= last.extents
            volume.segments.pop()
        else:
            part = surplus // len(last.areas)
            for area in last.areas:
                area.length -= part
            return


CHANGE = (
    *COMMON,
    Option("activate", "a", value=True),
    Option("addtag", value=True),
    Option("deltag", value=True),
    Option("permission", "p", value=True),
    Option("available", value=True),
    Option("refresh"),
)


def change(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    options = parse(CHANGE, argv)
    if not options.words:
        raise BadUsage("Please give logical volume path(s)")
    if not options.given:
        raise BadUsage("Need 1 or more of -a, -p, --addtag, --deltag")
    activate = options.last("activate") or options.last("available")
    if activate is not None and not options.has("addtag") and _all_active(node, options.words, activate):
        return
    with store.change(node) as state:
        warnings.of_missing(state, outcome)
        used = opened(node, state)
        for volume in volumes_of(node, state, options.words):
            if activate is not None:
                _activate(state, volume, "n" not in activate, used)
            if options.has("permission"):
                volume.writable = options.last("permission") == "rw"
            if options.has("addtag") or options.has("deltag"):
                warnings.refuse_incomplete(state, volume.group)
                kept = [tag for tag in volume.tags if tag not in options.all("deltag")]
                volume.tags = [*kept, *(tag for tag in options.all("addtag") if tag not in kept)]
                outcome.say(f"Logical volume {volume.group}/{volume.name} changed.")


def _all_active(node: Node, words: Sequence[str], activate: str) -> bool:
    """Ganeti activates volumes before each use: then there is nothing to change."""
    state = store.read(node)
    return "n" not in activate and all(
        each.active and not state.partial(each) for each in volumes_of(node, state, words)
    )


def _activate(state: State, volume: Volume, active: bool, used: frozenset[tuple[str, str]]) -> None:
    name = f"{volume.group}/{volume.name}"
    if active and state.partial(volume):
        raise Failed(f"Refusing activation of partial LV {name}. Use '--activationmode partial' to override.")
    if not active and (volume.group, volume.name) in used:
        raise Failed(f"Logical volume {name} in use.")
    volume.active = active
