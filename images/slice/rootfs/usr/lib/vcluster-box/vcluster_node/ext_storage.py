"""Allows a volume of an external storage provider to be a file.

Ganeti requires a block device, which an unprivileged container cannot create.  Without one, a provider can only give an
address for KVM, which OS scripts, exports and conversions cannot use.  Everything that Ganeti does with the device's
path also works with a regular file, as it does for `file` instances, so one is accepted here.
"""

import stat
from types import ModuleType, SimpleNamespace

from . import expect

#: what does not work without the change
LOST = "instances with disks of template ext do not work"


def change(extstorage: ModuleType) -> None:
    attach = extstorage.ExtStorageDevice.Attach
    expect.parameters(attach, "self")
    if extstorage.stat is not stat or "S_ISBLK" not in attach.__code__.co_names:
        raise AttributeError("ganeti.storage.extstorage does not use the module stat in this Ganeti")
    # The module gets its own copy of `stat`, in which only this function, which recognises a block device, is replaced.
    extstorage.stat = SimpleNamespace(**{**vars(stat), "S_ISBLK": _usable})


def _usable(mode: int) -> bool:
    return stat.S_ISBLK(mode) or stat.S_ISREG(mode)
