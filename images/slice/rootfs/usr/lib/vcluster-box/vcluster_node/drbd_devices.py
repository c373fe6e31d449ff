"""Reads the state of simulated DRBD devices (`vcluster_storage/drbd`), and finds their devices.

Ganeti reads /proc/drbd, and the program that the kernel's module would call, from files that all nodes share and that
no container can write.  The devices are below the node's directory, as those of logical volumes (`lvm_devices`); so is
the path by which Ganeti names a volume that is to be detached.
"""

import os
from types import ModuleType
from typing import Any

from . import expect, own_paths
from .lvm_devices import own

#: what does not work without the change
LOST = "the cluster cannot be created, because `gnt-cluster init` asks for the state of DRBD"
VITAL = True


def change_info(drbd_info: ModuleType) -> None:
    info = drbd_info.DRBD8Info
    expect.parameters(info.CreateFromFile, "filename")
    expect.parameters(info.CreateFromLines, "lines")

    def create_from_file(*_file: Any, **_named: Any) -> Any:
        from vcluster_storage import programs

        text = programs.run("drbdsetup", os.environ["GANETI_ROOTDIR"], ["status"]).stdout
        return info.CreateFromLines(text.splitlines())

    info.CreateFromFile = staticmethod(create_from_file)


def change_devices(drbd: ModuleType) -> None:
    device = drbd.DRBD8Dev
    path, remove = device._DevPath, device.RemoveChildren
    expect.parameters(drbd.DRBD8.GetUsermodeHelper, "filename")
    expect.parameters(path, "minor")
    expect.parameters(remove, "self", "devices")

    def remove_children(self: Any, devices: list[str]) -> None:
        remove(self, [own(name) for name in devices])

    def get_usermode_helper(*_file: Any, **_named: Any) -> str:
        from vcluster_storage.drbd.proc import USERMODE_HELPER

        return USERMODE_HELPER

    drbd.DRBD8.GetUsermodeHelper = staticmethod(get_usermode_helper)
    device._DevPath = staticmethod(lambda minor: f"{own_paths.ROOT}{path(minor)}")
    device.RemoveChildren = remove_children
