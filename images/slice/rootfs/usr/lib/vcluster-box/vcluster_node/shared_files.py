"""Lets `gnt-cluster copyfile` copy any file, as on real machines, and not only files below the node's directory.

The nodes of a slice share all other files.  There, scp would empty the file, because it would copy it to itself.
"""

import os
from types import ModuleType
from typing import Any

from . import own_paths

#: what does not work without the change
LOST = "gnt-cluster copyfile copies only files below the node's directory"


def change_paths(vcluster: ModuleType) -> None:
    original = vcluster.ExchangeNodeRoot

    def exchange(node_name: str, filename: str, *rest: Any, **options: Any) -> str:
        if own_paths.is_own(filename):
            return original(node_name, filename, *rest, **options)
        return os.path.normpath(filename)

    vcluster.ExchangeNodeRoot = exchange


def change_copy(ssh: ModuleType) -> None:
    original = ssh.SshRunner.CopyFileToNode

    def copy(self: Any, node: str, port: int, filename: str) -> Any:
        shared = os.path.isabs(filename) and os.path.isfile(filename) and not own_paths.is_own(filename)
        if shared and ssh.netutils.IPAddress.Own(ssh.netutils.Hostname(node).ip):
            return True
        return original(self, node, port, filename)

    ssh.SshRunner.CopyFileToNode = copy
