"""Reads and changes the state of a node's LVM, and keeps files and links as the state says.

The state is one file, which is replaced as a whole.  A change holds a lock.  Whatever is killed in between leaves files
that no state mentions, or none that a state mentions; the next change removes or creates them.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from .. import sparse
from ..failure import Failed
from ..node import MEBI, Node
from .state import Group, State, Volume, from_json, initial, to_json

DIRECTORY = "var/lib/vcluster-box/lvm"
#: the content of volumes, by their UUIDs
DATA = f"{DIRECTORY}/data"
#: A link that leads there cannot be opened, not even to create a file: there is no such directory.
LOST = "lost/disk"


def read(node: Node) -> State:
    disk_mib = node.disk_mib()
    try:
        with open(node.path(f"{DIRECTORY}/state.json"), encoding="utf-8") as file:
            state = from_json(json.load(file), disk_mib or 0)
    except FileNotFoundError:
        state = initial(node.name, disk_mib)
    state.files_mib = node.files_mib()
    return state


@contextmanager
def change(node: Node) -> Iterator[State]:
    """The state can be changed; what was changed counts unless an exception is raised."""
    os.makedirs(node.path(DATA), 0o700, exist_ok=True)
    with open(node.path(f"{DIRECTORY}/lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = read(node)
        yield state
        path = node.path(f"{DIRECTORY}/state.json")
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            json.dump(to_json(state), file)
        os.replace(f"{path}.new", path)
        _follow(node, state)


def device(node: Node, group: str, name: str) -> str:
    """The volume's device on that node; on a real machine it is the same below /dev."""
    return node.path(f"dev/{group}/{name}")


def data_file(node: Node, volume: Volume) -> str:
    return node.path(f"{DATA}/{volume.uuid}")


def size_of(state: State, volume: Volume) -> int:
    """Bytes that a volume's device has; a snapshot's is as large as its origin was."""
    return (volume.extents if volume.origin else volume.allocated) * extent_mib(state, volume.group) * MEBI


def extent_mib(state: State, group: str) -> int:
    found = state.group(group)
    assert found is not None
    return found.extent_mib


def existing_group(state: State, name: str) -> Group:
    for group in state.visible_groups():
        if group.name == name:
            return group
    raise Failed(f'Volume group "{name}" not found')


def _follow(node: Node, state: State) -> None:
    """Makes files and links what the state says."""
    wanted = {each.uuid: size_of(state, each) for each in state.volumes}
    for name in os.listdir(node.path(DATA)):
        # A mirrored disk's side can be replacing a file at this moment (`drbd/settle.py`).
        if name.removesuffix(sparse.NEW) not in wanted:
            sparse.clear(node.path(f"{DATA}/{name}"))
    for uuid, size in wanted.items():
        _resize(node.path(f"{DATA}/{uuid}"), size)
    links = {(each.group, each.name): _target(state, each) for each in state.volumes if each.active}
    groups = {each.name for each in state.groups}
    for group in groups:
        os.makedirs(node.path(f"dev/{group}"), exist_ok=True)
    for group in _directories(node.path("dev")):
        for name in os.listdir(node.path(f"dev/{group}")):
            path = device(node, group, name)
            if links.get((group, name)) != _link(path):
                os.unlink(path)
            else:
                links.pop((group, name))
        if group not in groups:
            with suppress(OSError):
                os.rmdir(node.path(f"dev/{group}"))
    for (group, name), target in links.items():
        os.symlink(target, device(node, group, name))


def _directories(path: str) -> list[str]:
    return [each.name for each in os.scandir(path) if each.is_dir()] if os.path.isdir(path) else []


def _resize(path: str, size: int) -> None:
    """A file that is already larger or smaller was cut by a program that takes it for a file."""
    status = os.stat(path) if os.path.exists(path) else None
    if status is not None and status.st_size != size and status.st_nlink > 1:
        # A mirrored disk's file, whose other name is that of another node's volume.
        sparse.separate(path)
    if status is None or status.st_size != size:
        with open(path, "ab") as file:
            os.ftruncate(file.fileno(), size)


def _target(state: State, volume: Volume) -> str:
    """Relative: a node's directory can be copied to another place."""
    return f"../../{DIRECTORY}/{LOST}" if state.partial(volume) else f"../../{DATA}/{volume.uuid}"


def _link(path: str) -> str | None:
    return os.readlink(path) if os.path.islink(path) else None
