"""What LVM's programs accept as names of groups, volumes and disks."""

import os
from collections.abc import Sequence

from ..failure import Failed
from ..node import Node
from .state import State, Volume
from .store import existing_group

VALID = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_.-")
RESERVED = (".", "..", "snapshot", "pvmove")


def relative(node: Node, name: str) -> str:
    """`GROUP` or `GROUP/VOLUME`, for a name or a device, also one below the node's directory."""
    for prefix in (node.path("dev/"), "/dev/"):
        if name.startswith(prefix):
            return name[len(prefix) :].rstrip("/")
    return name.rstrip("/")


def group_name(node: Node, name: str) -> str:
    return relative(node, name).partition("/")[0]


def volume_of(node: Node, state: State, name: str) -> Volume:
    """
    :raises Failed: when there is none
    """
    group, _, volume = relative(node, name).partition("/")
    existing_group(state, group)
    found = state.volume(group, volume)
    if found is None:
        raise Failed(f'Failed to find logical volume "{group}/{volume}"')
    return found


def volumes_of(node: Node, state: State, names: Sequence[str]) -> list[Volume]:
    """A group's name stands for all of its volumes."""
    found = []
    for name in names:
        if "/" in relative(node, name):
            found.append(volume_of(node, state, name))
        else:
            found += state.volumes_of(existing_group(state, relative(node, name)).name)
    return found


def check_new(kind: str, name: str) -> None:
    """
    :param kind: `Logical volume` or `Volume group`
    """
    if not name or name.startswith("-") or not VALID.issuperset(name):
        raise Failed(f'{kind} name "{name}" is invalid.')
    if name in RESERVED or "_mlog" in name or "_mimage" in name or len(name) > 127:
        raise Failed(f'Names including "{name}" are reserved. Please choose a different {kind.lower()} name.')


def disk_name(name: str) -> str:
    return os.path.normpath(name if name.startswith("/") else f"/dev/{name}")
