"""Translates paths that Ganeti names to those of one virtual node.

Ganeti's own paths are already below the node's directory.  Those in its configuration are not: `gnt-cluster info` has
one path of file storage for all nodes, which is a different directory on each real machine.  A path that the master
builds and sends to a node is below the master's directory.
"""

import os

#: the nominal path of file storage, in the configuration and in `gnt-cluster info`
FILE_STORAGE = "/srv/ganeti/file-storage"
EXPORTS = "/var/lib/ganeti/export"

ROOT = os.path.normpath(os.environ["GANETI_ROOTDIR"])
#: the cluster directory
NODES = os.path.dirname(ROOT)


def real(path: str) -> str:
    """This node's own path for a path of file storage, nominal or already real."""
    return ROOT + os.path.normpath(path) if _within(path, FILE_STORAGE) else path


def nominal(path: str) -> str:
    return path[len(ROOT) :] if _within(path, ROOT + FILE_STORAGE) else path


def of_any_node(path: str) -> str:
    """The path that it has on a real machine, for a path of any node."""
    normal = os.path.normpath(path)
    if not _within(normal, NODES):
        return normal
    _node, slash, rest = normal[len(NODES) + 1 :].partition("/")
    return slash + rest


def own_export(path: str) -> str:
    """This node's own path for a path of exports of another node, or of a real machine."""
    normal = of_any_node(path)
    return ROOT + normal if _within(normal, EXPORTS) else path


def is_own(path: str) -> bool:
    """Whether it is below this node's directory."""
    return _within(path, ROOT)


def _within(path: str, directory: str) -> bool:
    normal = os.path.normpath(path)
    return normal == directory or normal.startswith(directory + "/")
