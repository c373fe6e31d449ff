"""`lvdisplay`, `vgdisplay` and `pvdisplay`: what LVM says of volumes, groups and disks, a line for each thing."""

import time
from collections.abc import Callable, Mapping, Sequence

from ..node import Node
from ..options import Option, parse
from ..outcome import Outcome
from . import fields, report, store, warnings
from .fields import Row
from .rows import opened, rows_of
from .units import format_size

Lines = Sequence[tuple[str, str | int]]
COLUMNS = Option("columns", "C")
#: what real programs call their sizes
NAMES = {"b": "B", "k": "KiB", "m": "MiB", "g": "GiB", "t": "TiB", "p": "PiB", "e": "EiB"}


def run(program: str, node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    """
    :param program: the one of `lvs`, `vgs` and `pvs` that is about the same things
    """
    if any(word in ("-C", "--columns") for word in argv):
        report.run(program, node, [word for word in argv if word not in ("-C", "--columns")], outcome)
        return
    options = parse((COLUMNS,), argv)
    state = store.read(node)
    warnings.of_missing(state, outcome)
    title, width, lines = DISPLAYS[program]
    for row in rows_of(program, node, state, opened(node, state), options.words, keys=report.DEFAULTS[program][2]):
        outcome.say(f"--- {title} ---")
        for name, value in lines(row):
            outcome.say(f"{name:{width}}{value}")
        outcome.say(" ")


def _size(size: int) -> str:
    text = format_size(size, "r").rstrip()
    return f"{text[:-1]} {NAMES[text[-1]]}" if text[-1] in NAMES else text


def _volume(row: Row) -> Lines:
    volume = row.volume
    assert volume is not None
    attributes = str(fields.VOLUME["lv_attr"].value(row))
    origin = [("LV snapshot status", f"active destination for {volume.origin}")] if volume.origin else []
    created = time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(volume.created))
    device = [("Block device", f"{fields.DM_MAJOR}:{volume.minor}")] if volume.active else []
    return [
        ("LV Path", f"/dev/{volume.group}/{volume.name}"),
        ("LV Name", volume.name),
        ("VG Name", volume.group),
        ("LV UUID", volume.uuid),
        ("LV Write Access", "read/write" if volume.writable else "read only"),
        ("LV Creation time", created),
        *origin,
        ("LV Status", "available" if volume.active else "NOT available"),
        ("# open", int(attributes[5] == "o")),
        ("LV Size", _size(int(fields.VOLUME["lv_size"].value(row)))),
        ("Current LE", volume.extents if volume.origin else volume.allocated),
        ("Segments", len(volume.segments)),
        ("Allocation", "inherit"),
        ("Read ahead sectors", "auto"),
        *device,
    ]


def _group(row: Row) -> Lines:
    group, state = row.group, row.state
    assert group is not None
    total, free = (int(fields.GROUP[name].value(row)) for name in ("vg_extent_count", "vg_free_count"))
    physical, volumes = state.physical_of(group.name), state.volumes_of(group.name)
    return [
        ("VG Name", group.name),
        ("System ID", ""),
        ("Format", "lvm2"),
        ("VG Access", "read/write"),
        ("VG Status", "resizable"),
        ("Cur LV", len(volumes)),
        ("Open LV", sum((group.name, each.name) in row.opened for each in volumes)),
        ("Cur PV", len(physical)),
        ("Act PV", sum(not state.missing(each) for each in physical)),
        ("VG Size", _size(total * row.extent)),
        ("PE Size", _size(row.extent)),
        ("Total PE", total),
        ("Alloc PE / Size", f"{total - free} / {_size((total - free) * row.extent)}"),
        ("Free  PE / Size", f"{free} / {_size(free * row.extent)}"),
        ("VG UUID", group.uuid),
    ]


def _physical(row: Row) -> Lines:
    physical, state = row.physical, row.state
    assert physical is not None
    total, free = state.extents(physical), state.free(physical)
    in_group = [
        ("Allocatable", "yes" if physical.allocatable else "NO"),
        ("PE Size", _size(row.extent)),
        ("Total PE", total),
        ("Free PE", free),
        ("Allocated PE", state.used(physical)),
    ]
    return [
        ("PV Name", fields.PHYSICAL["pv_name"].value(row)),
        ("VG Name", physical.group or ""),
        ("PV Size", _size(total * row.extent)),
        *(in_group if physical.group else [("Allocatable", "NO")]),
        ("PV UUID", physical.uuid),
    ]


#: name of the report -> title of each thing, width of the first column, what is said
DISPLAYS: Mapping[str, tuple[str, int, Callable[[Row], Lines]]] = {
    "lvs": ("Logical volume", 23, _volume),
    "vgs": ("Volume group", 22, _group),
    "pvs": ("Physical volume", 22, _physical),
}
