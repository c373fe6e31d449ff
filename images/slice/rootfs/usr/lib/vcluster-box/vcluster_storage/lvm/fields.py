"""The fields of `lvs`, `vgs` and `pvs`, with their headings, kinds and values."""

from collections.abc import Callable
from dataclasses import dataclass

from ..node import MEBI
from .state import Area, Group, PhysicalVolume, Segment, State, Volume

TEXT, NUMBER, SIZE = "text", "number", "size"
Value = str | int
DM_MAJOR = 253
UNKNOWN = "[unknown]"


@dataclass
class Row:
    """What one line is about; None where there is nothing of the kind."""

    state: State
    opened: frozenset[tuple[str, str]] = frozenset()
    volume: Volume | None = None
    segment: Segment | None = None
    group: Group | None = None
    physical: PhysicalVolume | None = None
    area: Area | None = None

    @property
    def extent(self) -> int:
        return (self.group.extent_mib if self.group else 4) * MEBI


@dataclass(frozen=True)
class Field:
    heading: str
    kind: str
    value: Callable[[Row], Value]


def _volume_attr(row: Row) -> str:
    volume = row.volume
    assert volume is not None
    snapshots = bool(row.state.snapshots_of(volume))
    return "".join([
        "s" if volume.origin else "o" if snapshots else "-",
        "w" if volume.writable else "r",
        "i",
        "-",
        "a" if volume.active else "-",
        "o" if (volume.group, volume.name) in row.opened else "-",
        "s" if volume.origin or snapshots else "-",
        "-",
        "p" if row.state.partial(volume) else "-",
        "-",
    ])  # fmt: skip


def _group_attr(row: Row) -> str:
    assert row.group is not None
    lost = any(row.state.missing(each) for each in row.state.physical_of(row.group.name))
    return f"wz-{'p' if lost else '-'}n-"


def _physical_attr(row: Row) -> str:
    assert row.physical is not None
    used = row.physical.group is not None
    first = "-" if not used else "a" if row.physical.allocatable else "u"
    return f"{first}-{'m' if used and row.state.missing(row.physical) else '-'}"


def _disk(state: State, name: str) -> str:
    physical = next((each for each in state.physical if each.name == name), None)
    return UNKNOWN if physical is None or state.missing(physical) else name


def _devices(row: Row) -> str:
    areas = row.segment.areas if row.segment else []
    return ",".join(f"{_disk(row.state, area.disk)}({area.start})" for area in areas)


def _ranges(row: Row) -> str:
    areas = row.segment.areas if row.segment else []
    return " ".join(f"{_disk(row.state, area.disk)}:{area.start}-{area.end - 1}" for area in areas)


def _volume_size(row: Row) -> int:
    volume = row.volume
    return 0 if volume is None else (volume.extents if volume.origin else volume.allocated) * row.extent


def _segment_start(row: Row) -> int:
    start = 0
    for segment in row.volume.segments if row.volume else ():
        if segment is row.segment:
            return start
        start += segment.extents
    return start


def _of_group(count: Callable[[State, str], int]) -> Callable[[Row], int]:
    return lambda row: count(row.state, row.group.name) if row.group else 0


def _group_extents(state: State, group: str) -> int:
    return sum(state.extents(each) for each in state.physical_of(group))


def _group_free(state: State, group: str) -> int:
    return sum(state.free(each) for each in state.physical_of(group) if not state.missing(each))


def _snapshots(state: State, group: str) -> int:
    return sum(each.origin is not None for each in state.volumes_of(group))


def _used(row: Row, each: PhysicalVolume) -> int:
    return (row.state.extents(each) - row.state.free(each)) * row.extent


def _origin_size(row: Row) -> Value:
    return _volume_size(row) if row.volume and row.volume.origin else ""


def _volume(get: Callable[[Volume], Value]) -> Callable[[Row], Value]:
    return lambda row: "" if row.volume is None else get(row.volume)


def _segment(get: Callable[[Segment], int]) -> Callable[[Row], Value]:
    return lambda row: 0 if row.segment is None else get(row.segment)


def _group(get: Callable[[Group], Value]) -> Callable[[Row], Value]:
    return lambda row: "" if row.group is None else get(row.group)


def _physical(get: Callable[[Row, PhysicalVolume], Value]) -> Callable[[Row], Value]:
    return lambda row: "" if row.physical is None else get(row, row.physical)


def _nothing(row: Row) -> str:
    return ""


VOLUME: dict[str, Field] = {
    "lv_uuid": Field("LV UUID", TEXT, _volume(lambda each: each.uuid)),
    "lv_name": Field("LV", TEXT, _volume(lambda each: each.name)),
    "lv_full_name": Field("LV", TEXT, _volume(lambda each: f"{each.group}/{each.name}")),
    "lv_path": Field("Path", TEXT, _volume(lambda each: f"/dev/{each.group}/{each.name}")),
    "lv_attr": Field("Attr", TEXT, lambda row: _volume_attr(row) if row.volume else ""),
    "lv_active": Field("Active", TEXT, _volume(lambda each: "active" if each.active else "")),
    "lv_size": Field("LSize", SIZE, lambda row: _volume_size(row) if row.volume else ""),
    "lv_major": Field("Maj", NUMBER, _volume(lambda each: -1)),
    "lv_minor": Field("Min", NUMBER, _volume(lambda each: -1)),
    "lv_kernel_major": Field("KMaj", NUMBER, _volume(lambda each: DM_MAJOR if each.active else -1)),
    "lv_kernel_minor": Field("KMin", NUMBER, _volume(lambda each: each.minor if each.active else -1)),
    "lv_tags": Field("LV Tags", TEXT, _volume(lambda each: ",".join(each.tags))),
    "lv_time": Field("CTime", TEXT, _volume(lambda each: each.created)),
    "seg_count": Field("#Seg", NUMBER, _volume(lambda each: len(each.segments))),
    "origin": Field("Origin", TEXT, _volume(lambda each: each.origin or "")),
    "origin_size": Field("OSize", SIZE, _origin_size),
    "pool_lv": Field("Pool", TEXT, _nothing),
    "data_percent": Field("Data%", TEXT, _volume(lambda each: "0.00" if each.origin else "")),
    "snap_percent": Field("Snap%", TEXT, _volume(lambda each: "0.00" if each.origin else "")),
    "metadata_percent": Field("Meta%", TEXT, _nothing),
    "move_pv": Field("Move", TEXT, _nothing),
    "mirror_log": Field("Log", TEXT, _nothing),
    "copy_percent": Field("Cpy%Sync", TEXT, _nothing),
    "sync_percent": Field("Cpy%Sync", TEXT, _nothing),
    "convert_lv": Field("Convert", TEXT, _nothing),
    "modules": Field("Modules", TEXT, _volume(lambda each: "snapshot" if each.origin else "")),
}  # fmt: skip

SEGMENT: dict[str, Field] = {
    "segtype": Field("Type", TEXT, lambda row: "striped" if row.segment and len(row.segment.areas) > 1 else "linear"),
    "stripes": Field("#Str", NUMBER, _segment(lambda each: len(each.areas))),
    "stripe_size": Field("Stripe", SIZE, _segment(lambda each: 65536 if len(each.areas) > 1 else 0)),
    "seg_start": Field("Start", SIZE, lambda row: _segment_start(row) * row.extent),
    "seg_start_pe": Field("Start", NUMBER, _segment_start),
    "seg_size": Field("SSize", SIZE, lambda row: (row.segment.extents if row.segment else 0) * row.extent),
    "seg_size_pe": Field("SSize", NUMBER, _segment(lambda each: each.extents)),
    "seg_tags": Field("Seg Tags", TEXT, _nothing),
    "seg_pe_ranges": Field("PE Ranges", TEXT, _ranges),
    "devices": Field("Devices", TEXT, _devices),
}  # fmt: skip

GROUP: dict[str, Field] = {
    "vg_name": Field("VG", TEXT, _group(lambda each: each.name)),
    "vg_uuid": Field("VG UUID", TEXT, _group(lambda each: each.uuid)),
    "vg_fmt": Field("Fmt", TEXT, _group(lambda each: "lvm2")),
    "vg_attr": Field("Attr", TEXT, lambda row: _group_attr(row) if row.group else ""),
    "vg_size": Field("VSize", SIZE, lambda row: _of_group(_group_extents)(row) * row.extent),
    "vg_free": Field("VFree", SIZE, lambda row: _of_group(_group_free)(row) * row.extent),
    "vg_extent_size": Field("Ext", SIZE, lambda row: row.extent),
    "vg_extent_count": Field("#Ext", NUMBER, _of_group(_group_extents)),
    "vg_free_count": Field("Free", NUMBER, _of_group(_group_free)),
    "pv_count": Field("#PV", NUMBER, _of_group(lambda state, name: len(state.physical_of(name)))),
    "lv_count": Field("#LV", NUMBER, _of_group(lambda state, name: len(state.volumes_of(name)))),
    "snap_count": Field("#SN", NUMBER, _of_group(_snapshots)),
    "vg_tags": Field("VG Tags", TEXT, _group(lambda each: ",".join(each.tags))),
}  # fmt: skip

PHYSICAL: dict[str, Field] = {
    "pv_name": Field("PV", TEXT, _physical(lambda row, each: UNKNOWN if row.state.missing(each) else each.name)),
    "pv_uuid": Field("PV UUID", TEXT, _physical(lambda row, each: each.uuid)),
    "pv_fmt": Field("Fmt", TEXT, _physical(lambda row, each: "lvm2")),
    "pv_attr": Field("Attr", TEXT, lambda row: _physical_attr(row) if row.physical else ""),
    "pv_size": Field("PSize", SIZE, _physical(lambda row, each: row.state.extents(each) * row.extent)),
    "pv_free": Field("PFree", SIZE, _physical(lambda row, each: row.state.free(each) * row.extent)),
    "pv_used": Field("Used", SIZE, _physical(_used)),
    "pv_pe_count": Field("PE", NUMBER, _physical(lambda row, each: row.state.extents(each))),
    "pv_pe_alloc_count": Field("Alloc", NUMBER, _physical(lambda row, each: row.state.used(each))),
    "dev_size": Field("DevSize", SIZE, _physical(lambda row, each: row.state.extents(each) * row.extent)),
    "pv_missing": Field("Missing", TEXT, _physical(lambda row, each: "missing" if row.state.missing(each) else "")),
    "pv_tags": Field("PV Tags", TEXT, _nothing),
}  # fmt: skip

PHYSICAL_SEGMENT: dict[str, Field] = {
    "pvseg_start": Field("Start", NUMBER, lambda row: row.area.start if row.area else 0),
    "pvseg_size": Field("SSize", NUMBER, lambda row: row.area.length if row.area else 0),
}
