"""Disks, physical volumes, volume groups and logical volumes of one node, and their form as JSON."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

#: The node's simulated disk is two: Ganeti's documentation removes /dev/sdb1, and half of the volumes survive that.
DISKS = ("/dev/sda3", "/dev/sdb1")
GROUP = "xenvg"
EXTENT_MIB = 4


@dataclass
class Disk:
    name: str
    #: None: its share of the node's disk
    own_mib: int | None = None
    failed: bool = False


@dataclass
class PhysicalVolume:
    #: the disk's
    name: str
    uuid: str
    group: str | None = None
    allocatable: bool = True


@dataclass
class Area:
    """Consecutive extents of a physical volume."""

    disk: str
    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length


@dataclass
class Segment:
    """Extents of a logical volume, spread evenly over areas (stripes) of the same length."""

    areas: list[Area]

    @property
    def extents(self) -> int:
        return sum(area.length for area in self.areas)


@dataclass
class Group:
    name: str
    uuid: str
    extent_mib: int = EXTENT_MIB
    tags: list[str] = field(default_factory=list)


@dataclass
class Volume:
    group: str
    name: str
    uuid: str
    minor: int
    segments: list[Segment]
    #: seconds since 1970
    created: int = 0
    active: bool = True
    writable: bool = True
    tags: list[str] = field(default_factory=list)
    #: for a snapshot: the volume that it is one of, and its own size, which is that of the volume then
    origin: str | None = None
    extents: int = 0

    @property
    def allocated(self) -> int:
        return sum(segment.extents for segment in self.segments)


@dataclass
class State:
    disks: list[Disk]
    physical: list[PhysicalVolume]
    groups: list[Group]
    volumes: list[Volume]
    #: of the node's simulated disk, which `DISKS` share
    disk_mib: int
    #: what other storage uses of it
    files_mib: int = 0

    def disk(self, name: str) -> Disk | None:
        return next((disk for disk in self.disks if disk.name == name), None)

    def visible_groups(self) -> list[Group]:
        """A group without any disk left cannot be seen."""
        lost = {each.name for each in self.physical if self.missing(each)}
        left = {each.group for each in self.physical if each.name not in lost}
        return [group for group in self.groups if group.name in left]

    def group(self, name: str) -> Group | None:
        return next((group for group in self.groups if group.name == name), None)

    def volume(self, group: str, name: str) -> Volume | None:
        return next((each for each in self.volumes if (each.group, each.name) == (group, name)), None)

    def physical_of(self, group: str) -> list[PhysicalVolume]:
        return [each for each in self.physical if each.group == group]

    def volumes_of(self, group: str) -> list[Volume]:
        return [each for each in self.volumes if each.group == group]

    def snapshots_of(self, volume: Volume) -> list[Volume]:
        return [each for each in self.volumes_of(volume.group) if each.origin == volume.name]

    def missing(self, physical: PhysicalVolume) -> bool:
        disk = self.disk(physical.name)
        return disk is None or disk.failed

    def partial(self, volume: Volume) -> bool:
        """Whether some of its extents are on a disk that is missing."""
        lost = {each.name for each in self.physical_of(volume.group) if self.missing(each)}
        volumes = [volume] if volume.origin is None else [volume, self.volume(volume.group, volume.origin)]
        return any(area.disk in lost for each in volumes if each for _, area in areas_of(each))

    def disk_size(self, disk: Disk) -> int:
        """MiB; a share is whole extents, and the first disk gets what is left over."""
        if disk.own_mib is not None:
            return disk.own_mib
        total = self.disk_mib // EXTENT_MIB
        return (total - total // 2 if disk.name == DISKS[0] else total // 2) * EXTENT_MIB

    def extents(self, physical: PhysicalVolume) -> int:
        disk, group = self.disk(physical.name), self.group(physical.group or "")
        return 0 if disk is None else self.disk_size(disk) // (group.extent_mib if group else EXTENT_MIB)

    def used(self, physical: PhysicalVolume) -> int:
        areas = (area for each in self.volumes_of(physical.group or "") for _, area in areas_of(each))
        return sum(area.length for area in areas if area.disk == physical.name)

    def free(self, physical: PhysicalVolume) -> int:
        """Extents for new volumes: those that no volume has, less what other storage uses of the same disk."""
        left = self.files_mib
        for each in self.physical:
            group = self.group(each.group or "")
            size = group.extent_mib if group else EXTENT_MIB
            disk = self.disk(each.name)
            shared = disk is not None and disk.own_mib is None
            free = max(0, self.extents(each) - self.used(each))
            taken = min(free, -(-left // size)) if shared else 0
            left = max(0, left - taken * size)
            if each is physical:
                return free - taken
        return 0

    def volumes_mib(self) -> int:
        """What volumes use of the node's disk."""
        shared = {disk.name for disk in self.disks if disk.own_mib is None}
        size = {group.name: group.extent_mib for group in self.groups}
        areas = ((each, area) for each in self.volumes for _, area in areas_of(each))
        return sum(area.length * size[each.group] for each, area in areas if area.disk in shared)

    def free_minor(self) -> int:
        taken = {each.minor for each in self.volumes}
        return next(number for number in range(len(taken) + 1) if number not in taken)


def areas_of(volume: Volume) -> Iterator[tuple[Segment, Area]]:
    for segment in volume.segments:
        for area in segment.areas:
            yield segment, area


def uuid_of(*words: str) -> str:
    """In LVM's form; the same words give the same UUID."""
    digits = hashlib.sha256("\0".join(words).encode()).hexdigest()[:32]
    lengths = (6, 4, 4, 4, 4, 4, 6)
    starts = [sum(lengths[:number]) for number in range(len(lengths))]
    return "-".join(digits[start : start + length] for start, length in zip(starts, lengths, strict=True))


def initial(node: str, disk_mib: int | None) -> State:
    """What a node has before anything was changed: one group on all of its disk."""
    if disk_mib is None:
        return State([], [], [], [], 0)
    physical = [PhysicalVolume(name, uuid_of(node, name), GROUP) for name in DISKS]
    group = Group(GROUP, uuid_of(node, GROUP))
    return State([Disk(name) for name in DISKS], physical, [group], [], disk_mib)


def to_json(state: State) -> dict[str, Any]:
    return {
        "version": 1,
        "disks": [vars(disk) for disk in state.disks],
        "physical": [vars(each) for each in state.physical],
        "groups": [vars(group) for group in state.groups],
        "volumes": [
            {**vars(each), "segments": [[vars(area) for area in segment.areas] for segment in each.segments]}
            for each in state.volumes
        ],
    }


def from_json(text: dict[str, Any], disk_mib: int) -> State:
    return State(
        [Disk(**each) for each in text["disks"]],
        [PhysicalVolume(**each) for each in text["physical"]],
        [Group(**each) for each in text["groups"]],
        [_volume(each) for each in text["volumes"]],
        disk_mib,
    )


def _volume(text: dict[str, Any]) -> Volume:
    return Volume(**{**text, "segments": [Segment([Area(**area) for area in areas]) for areas in text["segments"]]})
