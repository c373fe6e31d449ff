"""What two sides of a pair do when they meet (pure)."""

from dataclasses import dataclass

from .metadata import INCONSISTENT, UP_TO_DATE, Metadata
from .minors import PRIMARY, Minor

#: a side that was apart for a while lacks a part of the data: this one of 20
PART = 20


@dataclass
class Side:
    minor: Minor
    #: None: diskless
    metadata: Metadata | None


@dataclass(frozen=True)
class Meeting:
    """
    :param target: number of the side, 0 or 1, that gets the data of the other; None: neither
    :param part: how much of the data: one of so many parts
    :param refused: they give up their connection
    """

    target: int | None = None
    part: int = 1
    refused: bool = False


def meet(sides: tuple[Side, Side]) -> Meeting:
    one, other = sides
    if one.minor.role == other.minor.role == PRIMARY and not _both_allow(sides):
        return Meeting(refused=True)
    if one.metadata is None or other.metadata is None:
        return Meeting()
    meeting = _compare(one.metadata, other.metadata)
    discarding = [side.minor.net is not None and side.minor.net.discard for side in sides]
    if meeting.refused and discarding.count(True) == 1:
        meeting = Meeting(target=discarding.index(True), part=PART)
    if meeting.target is not None and sides[meeting.target].minor.role == PRIMARY:
        # The instance there would see its data change.
        return Meeting(refused=True)
    return meeting


def _both_allow(sides: tuple[Side, Side]) -> bool:
    return all(side.minor.net is not None and side.minor.net.two_primaries for side in sides)


def _compare(one: Metadata, other: Metadata) -> Meeting:
    if one.generation is None or other.generation is None:
        return _new(one, other)
    if one.generation == other.generation:
        states = (one.state, other.state)
        if INCONSISTENT in states and UP_TO_DATE in states:
            return Meeting(target=states.index(INCONSISTENT), part=PART)
        return Meeting()
    if other.generation in one.history:
        return Meeting(target=1, part=_lacking(other))
    if one.generation in other.history:
        return Meeting(target=0, part=_lacking(one))
    # A split brain, or disks that never had to do with each other.
    return Meeting(refused=True)


def _new(one: Metadata, other: Metadata) -> Meeting:
    if one.state == UP_TO_DATE and other.state == INCONSISTENT:
        return Meeting(target=1)
    if other.state == UP_TO_DATE and one.state == INCONSISTENT:
        return Meeting(target=0)
    return Meeting()


def _lacking(metadata: Metadata) -> int:
    """A disk whose resynchronisation was interrupted needs all again."""
    return PART if metadata.state == UP_TO_DATE else 1
