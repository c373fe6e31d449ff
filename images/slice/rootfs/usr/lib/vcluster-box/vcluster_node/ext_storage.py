"""Lets the volume of an external storage provider be a file.

Ganeti wants a block device, which an unprivileged container cannot make.  Without one a provider may give an address for KVM
only, with which neither OS scripts nor exports nor conversions can do anything.  All that Ganeti does with the device's path
works on a regular file just as well, as it does for `file` instances; so one is accepted here.
"""

import stat
from types import ModuleType, SimpleNamespace

from . import expect


def change(extstorage: ModuleType) -> None:
    attach = extstorage.ExtStorageDevice.Attach
    expect.parameters(attach, "self")
    if extstorage.stat is not stat or "S_ISBLK" not in attach.__code__.co_names:
        raise AttributeError("ganeti.storage.extstorage does not go by the module stat in this Ganeti")
    # The module's own view of `stat`: all of it, but for this one function, by which it knows a block device.
    extstorage.stat = SimpleNamespace(**{**vars(stat), "S_ISBLK": _usable})


def _usable(mode: int) -> bool:
    return stat.S_ISBLK(mode) or stat.S_ISREG(mode)
