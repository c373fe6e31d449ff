"""Chooses extents of physical volumes for a new or larger logical volume, as LVM's policies do."""

from collections.abc import Sequence

from ..failure import Failed
from .state import Area, PhysicalVolume, Segment, State, Volume, areas_of

CONTIGUOUS, CLING, NORMAL = "contiguous", "cling", "normal"
#: `inherit` is the group's policy, which is always the normal one
POLICIES = (CONTIGUOUS, CLING, NORMAL, "anywhere", "inherit")


def free_areas(state: State, physical: PhysicalVolume) -> list[Area]:
    """In order; their sum can be more than `State.free`, because what files use of a disk has no place on it."""
    taken = sorted(
        ((area.start, area.end) for each in state.volumes_of(physical.group or "")
         for _, area in areas_of(each) if area.disk == physical.name)
    )  # fmt: skip
    areas, position = [], 0
    for start, end in [*taken, (state.extents(physical),) * 2]:
        if start > position:
            areas.append(Area(physical.name, position, start - position))
        position = max(position, end)
    return areas


def allocate(
    state: State, group: str, extents: int, *, stripes: int = 1, names: Sequence[str] = (), policy: str = NORMAL,
    extended: Volume | None = None,
) -> list[Segment]:  # fmt: skip
    """
    :param extents: at least these; they are rounded up to whole stripes
    :param names: of the physical volumes to use; default: all
    :param extended: the volume that gets larger
    :raises Failed: when there is not enough space of the kind that the policy demands
    """
    each = -(-extents // stripes)
    found = _physical(state, group, names)
    if len(found) < stripes:
        raise Failed(
            f"Number of stripes ({stripes}) must not exceed number of physical volumes ({len(found)})"
            if extended is None
            else f"Insufficient suitable allocatable extents for logical volume {extended.name}: {extents} more needed"
        )
    last = extended.segments[-1].areas if extended and extended.segments else []
    space = _Space(state, found)
    if last and policy == CONTIGUOUS:
        chosen = [space.take_at(area.disk, area.end, each) for area in last]
        segments = [Segment([area for area in chosen if area])] if all(chosen) else None
    elif last and policy == CLING:
        segments = space.take(each, stripes, only=[area.disk for area in last])
    else:
        segments = space.take(each, stripes, whole=policy == CONTIGUOUS)
    if segments is None:
        name = "" if extended is None else f" for logical volume {extended.name}"
        available = sum(state.free(one) for one in found)
        if available < extents:
            raise Failed(
                f'Volume group "{group}" has insufficient free space ({available} extents): {extents} required.'
            )
        raise Failed(f"Insufficient suitable {policy} allocatable extents{name}: {extents} more required")
    return segments


def append(volume: Volume, segments: Sequence[Segment]) -> None:
    """Adds them at its end; what continues its last segment becomes a part of it."""
    for segment in segments:
        last = volume.segments[-1].areas if volume.segments else []
        joined = zip(last, segment.areas, strict=False)
        if len(last) == len(segment.areas) and all((a.disk, a.end) == (b.disk, b.start) for a, b in joined):
            for area, more in zip(last, segment.areas, strict=True):
                area.length += more.length
        else:
            volume.segments.append(segment)


def _physical(state: State, group: str, names: Sequence[str]) -> list[PhysicalVolume]:
    there = state.physical_of(group)
    for name in names:
        if name not in {each.name for each in there}:
            raise Failed(f'Physical Volume "{name}" not found in Volume Group "{group}".')
    usable = [each for each in there if each.allocatable and not state.missing(each)]
    return [each for each in usable if not names or each.name in names]


class _Space:
    """Free extents, of which some are taken."""

    def __init__(self, state: State, physical: Sequence[PhysicalVolume]) -> None:
        self._areas = {each.name: free_areas(state, each) for each in physical}
        self._left = {each.name: state.free(each) for each in physical}

    def take_at(self, disk: str, start: int, length: int) -> Area | None:
        """From exactly there."""
        fits = (area for area in self._areas.get(disk, ()) if area.start == start and area.length >= length)
        return self._cut(area, length) if (area := next(fits, None)) and self._left[disk] >= length else None

    def take(
        self, length: int, stripes: int, *, only: Sequence[str] | None = None, whole: bool = False
    ) -> list[Segment] | None:
        """
        :param length: of each stripe
        :param only: on these, in this order
        :param whole: in one segment
        """
        segments = []
        while length > 0:
            largest = self._largest(stripes, only)
            if largest is None:
                return None
            part = min(length, *(min(area.length, self._left[area.disk]) for area in largest))
            if part == 0 or (whole and part < length):
                return None
            segments.append(Segment([self._cut(area, part) for area in largest]))
            length -= part
        return segments

    def _largest(self, stripes: int, only: Sequence[str] | None) -> list[Area] | None:
        """The largest areas of different disks; among equal ones, the first."""
        disks = self._areas if only is None else only
        best = [max(self._areas[disk], key=lambda area: area.length) for disk in disks if self._areas.get(disk)]
        if only is None:
            best.sort(key=lambda area: min(area.length, self._left[area.disk]), reverse=True)
        return best[:stripes] if len(best) >= stripes else None

    def _cut(self, area: Area, length: int) -> Area:
        taken = Area(area.disk, area.start, length)
        area.start += length
        area.length -= length
        if area.length == 0:
            self._areas[area.disk].remove(area)
        self._left[area.disk] -= length
        return taken
