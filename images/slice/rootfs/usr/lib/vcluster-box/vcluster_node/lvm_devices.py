"""Finds the devices of logical volumes below the node's directory.

Ganeti expects `/dev/GROUP/VOLUME`.  All nodes of a slice share /dev, and both nodes of a mirrored disk have a volume of
the same name.  So the device of a node is at that path below its directory, a link to the file with the content
(`vcluster_storage/lvm/store.py`).  OS scripts, `dd` and `gnt-instance info` get that path too.
"""

from types import ModuleType
from typing import Any

from . import expect, own_paths

DEV = "/dev/"
#: what does not work without the change
LOST = "instances with disks of the templates plain and drbd do not work"


def change(bdev: ModuleType) -> None:
    volume = bdev.LogicalVolume
    parse = volume._ParseLvInfoLine
    expect.parameters(volume.__init__, "self", "unique_id")
    expect.parameters(parse, "line", "sep")

    def parse_line(line: str, sep: str) -> tuple[str, Any]:
        path, info = parse(line, sep)
        return own(path), info

    def get_path(self: Any) -> str | None:
        path: str | None = self.__dict__.get("dev_path")
        return path

    def set_path(self: Any, path: str | None) -> None:
        self.__dict__["dev_path"] = None if path is None else own(path)

    volume._ParseLvInfoLine = staticmethod(parse_line)
    volume.dev_path = property(get_path, set_path)


def own(path: str) -> str:
    return own_paths.ROOT + path if path.startswith(DEV) else path
