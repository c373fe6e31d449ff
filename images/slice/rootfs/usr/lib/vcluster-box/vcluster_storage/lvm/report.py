"""`lvs`, `vgs` and `pvs`: the lines that they print (pure), and the programs."""

from collections.abc import Iterator, Mapping, Sequence

from ..drbd import minors
from ..failure import BadUsage, Failed
from ..node import Node
from ..options import Option, Options, parse
from ..outcome import Outcome
from . import fields, store, warnings
from .allocation import free_areas
from .fields import SIZE, TEXT, Field, Row, Value
from .names import group_name, relative
from .state import State, areas_of
from .units import LETTERS, format_size

#: name of a program -> prefix of its own fields, the fields that it prints by default, what it is sorted by
DEFAULTS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "lvs": (
        "lv_",
        "lv_name,vg_name,lv_attr,lv_size,pool_lv,origin,data_percent,metadata_percent,move_pv,mirror_log,copy_percent,"
        "convert_lv",
        ("vg_name", "lv_name"),
    ),
    "vgs": ("vg_", "vg_name,pv_count,lv_count,snap_count,vg_attr,vg_size,vg_free", ("vg_name",)),
    "pvs": ("pv_", "pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free", ("pv_name",)),
}
ALL = {**fields.VOLUME, **fields.SEGMENT, **fields.GROUP, **fields.PHYSICAL, **fields.PHYSICAL_SEGMENT}

OPTIONS = (
    Option("options", "o", value=True),
    Option("units", value=True),
    Option("separator", value=True),
    Option("sort", "O", value=True),
    *(Option(name) for name in ("noheadings", "nosuffix", "unbuffered", "aligned", "readonly", "partial")),
    Option("all", "a"),
    Option("verbose", "v"),
    Option("quiet", "q"),
    Option("config", value=True),
)


def run(program: str, node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    options = parse(OPTIONS, argv)
    state = store.read(node)
    warnings.of_missing(state, outcome)
    for line in report(program, node, state, options, opened(node, state)):
        outcome.say(line)


def opened(node: Node, state: State) -> frozenset[tuple[str, str]]:
    """Group and name of the volumes that are in use."""
    attached = (minor.disk for minor in minors.read(node).values())
    devices = node.open_devices().union(*((disk.data, disk.meta) for disk in attached if disk))
    return frozenset(
        (each.group, each.name) for each in state.volumes if store.device(node, each.group, each.name) in devices
    )


def report(
    program: str, node: Node, state: State, options: Options, used: frozenset[tuple[str, str]] = frozenset()
) -> list[str]:
    prefix, default, order = DEFAULTS[program]
    names = _chosen(options.last("options"), default, prefix)
    rows = [row for row in _rows(program, state, used, set(names)) if _wanted(program, node, row, options.words)]
    _refuse_unknown(program, node, state, options.words)
    for key in reversed(_sort_keys(options.last("sort"), order, prefix)):
        name = key.lstrip("+-")
        rows.sort(key=lambda row: _comparable(ALL[name].value(row)), reverse=key.startswith("-"))
    chosen = [ALL[name] for name in names]
    unit, suffix = options.last("units") or "r", not options.has("nosuffix")
    if unit.lstrip("0123456789.") not in [*"hr", *LETTERS, *"HR", *LETTERS.upper()] or not unit.isalpha():
        raise BadUsage(f"Invalid argument for --units: {unit}")
    cells = [[_text(field, field.value(row), unit, suffix) for field in chosen] for row in rows]
    # Without rows, LVM prints no headings either.
    headings = [] if options.has("noheadings") or not cells else [[field.heading for field in chosen]]
    separator = options.last("separator")
    if separator is not None and not options.has("aligned"):
        return [separator.join(line) for line in headings + cells]
    return _align(headings, cells, chosen, " " if separator is None else separator)


def _chosen(wanted: str | None, default: str, prefix: str) -> list[str]:
    names = default.split(",")
    if wanted is None:
        return names
    if wanted[:1] in "+-" and wanted[:1]:
        more = [_full(name, prefix) for name in wanted[1:].split(",")]
        return names + more if wanted[0] == "+" else [name for name in names if name not in more]
    return [_full(name, prefix) for name in wanted.split(",") if name]


def _full(name: str, prefix: str) -> str:
    """`size` is `lv_size` for `lvs`; so is `tags`."""
    name = name.strip().lower()
    for full in (name, prefix + name):
        if full in ALL:
            return full
    raise BadUsage(f"Unrecognised field: {name}")


def _sort_keys(wanted: str | None, default: tuple[str, ...], prefix: str) -> list[str]:
    if wanted is None:
        return list(default)
    return [key[: len(key) - len(key.lstrip("+-"))] + _full(key.lstrip("+-"), prefix) for key in wanted.split(",")]


def _comparable(value: Value) -> tuple[bool, Value]:
    return isinstance(value, str), value


def _text(field: Field, value: Value, unit: str, suffix: bool) -> str:
    if field.kind == SIZE and not isinstance(value, str):
        return format_size(value, unit, suffix)
    return str(value)


def _align(
    headings: Sequence[Sequence[str]], lines: Sequence[Sequence[str]], chosen: Sequence[Field], separator: str
) -> list[str]:
    """Numbers are aligned to the right, their headings to the left."""
    widths = [max(map(len, column)) for column in zip(*headings, *lines, strict=True)]
    aligned = [separator.join(map(str.ljust, line, widths)) for line in headings]
    for line in lines:
        cells = (
            cell.ljust(width) if field.kind == TEXT else cell.rjust(width)
            for cell, width, field in zip(line, widths, chosen, strict=True)
        )
        aligned.append(separator.join(cells))
    return aligned


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

