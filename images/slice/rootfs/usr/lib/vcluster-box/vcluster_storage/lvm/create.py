"""`lvcreate`: new logical volumes, and snapshots of them."""

import os
import time
from collections.abc import Sequence

from .. import sparse
from ..failure import BadUsage, Failed
from ..node import MEBI, Node
from ..options import Option, Options, parse
from ..outcome import Outcome
from . import store, warnings
from .allocation import NORMAL, POLICIES, allocate
from .names import check_new, disk_name, group_name, volume_of
from .state import State, Volume, uuid_of
from .units import parse_size

OPTIONS = (
    Option("size", "L", value=True),
    Option("extents", "l", value=True),
    Option("name", "n", value=True),
    Option("stripes", "i", value=True),
    Option("stripesize", "I", value=True),
    Option("snapshot", "s"),
    Option("wipesignatures", "W", value=True),
    Option("zero", "Z", value=True),
    Option("yes", "y"),
    Option("addtag", value=True),
    Option("alloc", value=True),
    Option("contiguous", "C", value=True),
    Option("permission", "p", value=True),
    Option("activate", "a", value=True),
    Option("type", value=True),
    Option("verbose", "v"),
    Option("quiet", "q"),
)
KINDS = (None, "linear", "striped", "snapshot")


def run(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    options = parse(OPTIONS, argv)
    if options.last("type") not in KINDS:
        raise Failed(f"Volumes of type {options.last('type')} are not simulated.")
    if not options.words:
        raise BadUsage("Please specify the origin" if options.has("snapshot") else "Please provide a volume group name")
    with store.change(node) as state:
        warnings.of_missing(state, outcome)
        volume = _snapshot(node, state, options) if options.has("snapshot") else _new(node, state, options)
        volume.tags = options.all("addtag")
        volume.writable = (options.last("permission") or "rw") == "rw"
        volume.active = "n" not in (options.last("activate") or "y")
        state.volumes.append(volume)
    outcome.say(f'Logical volume "{volume.name}" created.')


def _new(node: Node, state: State, options: Options) -> Volume:
    group = store.existing_group(state, group_name(node, options.words[0])).name
    extents = wanted_extents(state, group, options)
    stripes = _number(options.last("stripes") or "1")
    volume = _named(node, state, group, options)
    names = [disk_name(word) for word in options.words[1:]]
    policy = policy_of(options)
    volume.segments = allocate(state, group, extents, stripes=stripes, names=names, policy=policy)
    return volume


def _snapshot(node: Node, state: State, options: Options) -> Volume:
    """Its content is copied at once; it takes as much of the group as it is told to, as a real one does."""
    origin = volume_of(node, state, options.words[0])
    if origin.origin is not None:
        raise Failed("Snapshots of snapshots are not supported.")
    extents = min(wanted_extents(state, origin.group, options), origin.allocated)
    volume = _named(node, state, origin.group, options)
    volume.origin, volume.extents = origin.name, origin.allocated
    volume.segments = allocate(state, origin.group, extents)
    if state.partial(origin):
        raise Failed(f"Unable to create a snapshot of partial LV {origin.group}/{origin.name}.")
    sparse.copy(store.data_file(node, origin), store.data_file(node, volume))
    return volume


def _named(node: Node, state: State, group: str, options: Options) -> Volume:
    store.existing_group(state, group)
    warnings.refuse_incomplete(state, group)
    name = options.last("name") or next(
        name for number in range(len(state.volumes) + 1) if state.volume(group, name := f"lvol{number}") is None
    )
    name = name.rpartition("/")[2]
    check_new("Logical volume", name)
    if state.volume(group, name) is not None:
        raise Failed(f'Logical Volume "{name}" already exists in volume group "{group}"')
    uuid = uuid_of(node.name, group, name, os.urandom(16).hex())
    return Volume(group, name, uuid, state.free_minor(), [], created=int(time.time()))


def wanted_extents(state: State, group: str, options: Options, present: int = 0) -> int:
    """The size that is asked for, in extents, rounded up.

    :param present: what the volume has, for sizes that begin with `+`
    """
    size, count = options.last("size"), options.last("extents")
    if (size is None) == (count is None):
        raise BadUsage("Please specify either size or extents")
    extent = store.extent_mib(state, group) * MEBI
    text = size if size is not None else count or ""
    plus, text = text.startswith("+"), text.lstrip("+")
    number = -(-parse_size(text) // extent) if size is not None else _extents(state, group, text)
    if number <= 0:
        raise BadUsage("Unable to create new logical volume with no extents.")
    return present + number if plus else number


def _extents(state: State, group: str, text: str) -> int:
    """`100`, `50%VG`, `100%FREE`."""
    number, percent, of = text.partition("%")
    if not percent:
        return _number(number)
    physical = state.physical_of(group)
    usable = [each for each in physical if each.allocatable]
    total = {"VG": sum(map(state.extents, physical)), "FREE": sum(map(state.free, usable))}.get(of.upper())
    if total is None:
        raise BadUsage(f'Invalid argument for extents: "{text}"')
    return total * _number(number) // 100


def policy_of(options: Options) -> str:
    policy = options.last("alloc") or ("contiguous" if options.last("contiguous") == "y" else NORMAL)
    if policy not in POLICIES:
        raise BadUsage(f"Invalid argument for --alloc: {policy}")
    return policy


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadUsage(f'Invalid argument: "{text}"') from None
