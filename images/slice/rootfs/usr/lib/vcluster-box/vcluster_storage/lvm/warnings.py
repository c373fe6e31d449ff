"""What LVM says about disks that are missing."""

from ..failure import Failed
from ..outcome import Outcome
from .state import State


def of_missing(state: State, outcome: Outcome) -> None:
    for each in state.physical:
        if each.group is not None and state.missing(each):
            outcome.warn(f"WARNING: Couldn't find device with uuid {each.uuid}.")
            outcome.warn(f"WARNING: VG {each.group} is missing PV {each.uuid} (last written to {each.name}).")


def refuse_incomplete(state: State, group: str) -> None:
    """Most changes of a group are refused until it is consistent again."""
    if any(state.missing(each) for each in state.physical_of(group)):
        raise Failed(
            f"Cannot change VG {group} while PVs are missing.\n"
            "  See vgreduce --removemissing and vgextend --restoremissing."
        )
