"""Leaves ssconf files alone that would not change.

After each instance that is added, the master sends all ssconf files to all nodes, and each node writes some 30 of them,
flushing each to the disk, although only the list of instances is new.  A file that has the content and the mode already
is not written again.
"""

import os
import stat
from types import ModuleType, SimpleNamespace
from typing import Any

from . import expect

#: what does not work without the change
LOST = "each new instance makes all nodes write all ssconf files"


def change(ssconf: ModuleType) -> None:
    original = ssconf.utils.WriteFile
    expect.parameters(original, "file_name", "fn", "data", "mode")
    if "WriteFile" not in ssconf.SimpleStore.WriteFiles.__code__.co_names:
        raise AttributeError("ganeti.ssconf does not write its files with utils.WriteFile in this Ganeti")

    def write_file(file_name: str, data: Any = None, mode: int | None = None, **options: Any) -> Any:
        if isinstance(data, str) and _has(file_name, data.encode(), mode):
            return None
        return original(file_name, data=data, mode=mode, **options)

    # The module gets its own copy of `ganeti.utils`, in which only this function is replaced.
    ssconf.utils = SimpleNamespace(**{**vars(ssconf.utils), "WriteFile": write_file})


def _has(path: str, content: bytes, mode: int | None) -> bool:
    try:
        with open(path, "rb") as file:
            return stat.S_IMODE(os.fstat(file.fileno()).st_mode) == mode and file.read() == content
    except OSError:
        return False
