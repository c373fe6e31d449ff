"""What the lines of `lvs`, `vgs` and `pvs` are about, in order."""

from collections.abc import Iterator, Sequence

from ..drbd import minors
from ..failure import Failed
from ..node import Node
from . import fields, store
from .allocation import free_areas
from .fields import Row, Value
from .names import group_name, relative
from .state import State, areas_of

ALL = {**fields.VOLUME, **fields.SEGMENT, **fields.GROUP, **fields.PHYSICAL, **fields.PHYSICAL_SEGMENT}


def opened(node: Node, state: State) -> frozenset[tuple[str, str]]:
    """Group and name of the volumes that are in use."""
    attached = (minor.disk for minor in minors.read(node).values())
    devices = node.open_devices().union(*((disk.data, disk.meta) for disk in attached if disk))
    return frozenset(
        (each.group, each.name) for each in state.volumes if store.device(node, each.group, each.name) in devices
    )


def rows_of(
    program: str,
    node: Node,
    state: State,
    used: frozenset[tuple[str, str]],
    words: Sequence[str],
    names: Sequence[str] = (),
    keys: Sequence[str] = (),
) -> list[Row]:
    """
    :param words: names of what is wanted; none: everything
    :param names: the fields that are wanted, on which it depends what gets a row
    :param keys: the fields by which they are sorted
    """
    _refuse_unknown(program, node, state, words)
    found = [row for row in _rows(program, state, used, set(names)) if _wanted(program, node, row, words)]
    for key in reversed(keys):
        name = key.lstrip("+-")
        found.sort(key=lambda row: _comparable(ALL[name].value(row)), reverse=key.startswith("-"))
    return found


def _comparable(value: Value) -> tuple[bool, Value]:
    return isinstance(value, str), value


def _rows(program: str, state: State, used: frozenset[tuple[str, str]], names: set[str]) -> Iterator[Row]:
    groups = {group.name: group for group in state.visible_groups()}
    by_segment = not names.isdisjoint(fields.SEGMENT)
    by_volume = by_segment or not names.isdisjoint(fields.VOLUME)
    by_physical = not names.isdisjoint(fields.PHYSICAL)
    if program == "lvs":
        for volume in (each for each in state.volumes if each.group in groups):
            for segment in volume.segments if by_segment else volume.segments[:1]:
                yield Row(state, used, volume, segment, groups[volume.group])
    elif program == "vgs":
        for group in groups.values():
            rows = [Row(state, used, group=group)]
            if by_physical:
                rows = [Row(state, used, group=group, physical=each) for each in state.physical_of(group.name)]
            elif by_volume:
                volumes = state.volumes_of(group.name)
                rows = [Row(state, used, each, each.segments[0], group) for each in volumes] or rows
            yield from rows
    else:
        for each in (one for one in state.physical if one.group is None or one.group in groups):
            row = Row(state, used, group=groups.get(each.group or ""), physical=each)
            if by_volume or not names.isdisjoint(fields.PHYSICAL_SEGMENT):
                yield from _pieces(row)
            else:
                yield row


def _pieces(row: Row) -> Iterator[Row]:
    """What a physical volume consists of: pieces of logical volumes, and free ones."""
    physical, state = row.physical, row.state
    assert physical is not None
    for volume in state.volumes_of(physical.group or ""):
        for segment, area in areas_of(volume):
            if area.disk == physical.name:
                yield Row(state, row.opened, volume, segment, row.group, physical, area)
    for area in free_areas(state, physical):
        yield Row(state, row.opened, None, None, row.group, physical, area)


def _wanted(program: str, node: Node, row: Row, words: Sequence[str]) -> bool:
    if not words:
        return True
    if program == "pvs":
        return row.physical is not None and row.physical.name in words
    names = {relative(node, word) for word in words}
    group = row.group.name if row.group else ""
    if program == "vgs":
        return group in {name.partition("/")[0] for name in names}
    return group in names or (row.volume is not None and f"{group}/{row.volume.name}" in names)


def _refuse_unknown(program: str, node: Node, state: State, words: Sequence[str]) -> None:
    for word in words:
        if program == "pvs":
            if word not in {each.name for each in state.physical}:
                raise Failed(f'Failed to find physical volume "{word}".')
            continue
        store.existing_group(state, group_name(node, word))
        group, slash, name = relative(node, word).partition("/")
        if program == "lvs" and slash and state.volume(group, name) is None:
            raise Failed(f'Failed to find logical volume "{group}/{name}"')

