"""What storage has to know of the node that it belongs to."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress

RESOURCES = "var/lib/vcluster-box/resources.json"
FILE_STORAGE = "srv/ganeti/file-storage"
#: exists while the node is stopped or off (`vcluster_slice/nodes/state.py`)
STOPPED = "var/lib/vcluster-box/stopped"
DAEMON_PID = "var/run/ganeti/ganeti-noded.pid"
#: Ganeti's links to the disks of instances that it has started, and the fake hypervisor's running instances
DISK_LINKS, RUNNING = "var/run/ganeti/instance-disks", "var/run/ganeti/fake-hypervisor"
MEBI = 2**20


class Node:
    """
    :param root: the node's directory
    """

    def __init__(self, root: str) -> None:
        self.root = os.path.normpath(root)
        self.name = os.path.basename(self.root)

    def path(self, below: str) -> str:
        return os.path.join(self.root, below)

    def exists(self) -> bool:
        """Whether it is a node of this slice."""
        return os.path.isdir(self.path("var/lib/vcluster-box"))

    def answers(self) -> bool:
        """Whether others reach it: it is not stopped, off, or paused."""
        return self.exists() and not os.path.exists(self.path(STOPPED)) and not _frozen(self.path(DAEMON_PID))

    def disk_mib(self) -> int | None:
        """The size of its simulated disk; None for a node without simulated resources."""
        try:
            with open(self.path(RESOURCES), encoding="ascii") as file:
                return int(json.load(file)["diskMiB"])
        except FileNotFoundError:
            return None

    def files_mib(self) -> int:
        """What its file storage uses of that disk, by the nominal sizes of the files."""
        return nominal_size(self.path(FILE_STORAGE)) // MEBI

    def open_devices(self) -> set[str]:
        """The devices of running instances: where Ganeti's links lead."""
        opened = set()
        for name in _entries(self.path(DISK_LINKS)):
            if os.path.exists(os.path.join(self.path(RUNNING), name.rpartition(":")[0])):
                opened.add(os.readlink(os.path.join(self.path(DISK_LINKS), name)))
        return opened

    def is_open(self, device: str) -> bool:
        """Whether a running instance uses it, or a program has opened it. Both nodes of a pair have the same content
        by two names, so it goes by the name."""
        path = self.path(device)
        return path in self.open_devices() or os.path.realpath(path) in _opened_files()


def _opened_files() -> Iterator[str]:
    """Of all processes of the slice."""
    for process in filter(str.isdigit, os.listdir("/proc")):
        for number in _entries(f"/proc/{process}/fd"):
            # It can have been closed at this moment.
            with suppress(OSError):
                yield os.readlink(f"/proc/{process}/fd/{number}")


def _frozen(pid_file: str) -> bool:
    try:
        with open(pid_file, encoding="ascii") as file:
            pid = int(file.read())
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "T"
    except (OSError, ValueError):
        return False


def nominal_size(directory: str) -> int:
    """Bytes of all files below it."""
    total = 0
    for folder, _, files in os.walk(directory):
        for name in files:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size
            except FileNotFoundError:
                # It was removed at this moment.
                continue
    return total


def _entries(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except (FileNotFoundError, PermissionError):
        return []
