"""`lvs`, `vgs` and `pvs`: the lines that they print (pure), and the programs."""

from collections.abc import Mapping, Sequence

from ..failure import BadUsage
from ..node import Node
from ..options import Option, Options, parse
from ..outcome import Outcome
from . import store, warnings
from .fields import SIZE, TEXT, Field, Value
from .rows import ALL, opened, rows_of
from .state import State
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


def report(
    program: str, node: Node, state: State, options: Options, used: frozenset[tuple[str, str]] = frozenset()
) -> list[str]:
    prefix, default, order = DEFAULTS[program]
    names = _chosen(options.last("options"), default, prefix)
    found = rows_of(program, node, state, used, options.words, names, _sort_keys(options.last("sort"), order, prefix))
    chosen = [ALL[name] for name in names]
    unit, suffix = options.last("units") or "r", not options.has("nosuffix")
    if unit.lstrip("0123456789.") not in [*"hr", *LETTERS, *"HR", *LETTERS.upper()] or not unit.isalpha():
        raise BadUsage(f"Invalid argument for --units: {unit}")
    cells = [[_text(field, field.value(row), unit, suffix) for field in chosen] for row in found]
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
