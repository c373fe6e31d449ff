"""Gives Python programs that run as a node the node's name as host name.  `/usr/sbin/hostname` does the same.

A UTS namespace for each node would need CAP_SYS_ADMIN, which the container does not have.
"""

import os
from types import ModuleType

#: what does not work without the change
LOST = "Python programs on a node get the container's host name instead of the node's"


def change(socket: ModuleType) -> None:
    original = socket.gethostname
    socket.gethostname = lambda: os.environ.get("GANETI_HOSTNAME") or original()
