"""Where a path that Ganeti names really is, for one virtual node.

Ganeti's own paths are below the node's directory already.  Those of its configuration are not: `gnt-cluster info` holds one
path of file storage for all nodes, which on real machines is another directory on each.  And where the master makes a path
and sends it to a node, it is below the master's directory.
"""

import os

#: the nominal path of file storage: the configuration's, and what `gnt-cluster info` shows
FILE_STORAGE = "/srv/ganeti/file-storage"
EXPORTS = "/var/lib/ganeti/export"

ROOT = os.path.normpath(os.environ["GANETI_ROOTDIR"])
#: the cluster directory
NODES = os.path.dirname(ROOT)


def real(path: str) -> str:
    """A path of file storage, nominal or real already, as this node's own."""
    return ROOT + os.path.normpath(path) if _within(path, FILE_STORAGE) else path


def nominal(path: str) -> str:
    return path[len(ROOT) :] if _within(path, ROOT + FILE_STORAGE) else path


def own_export(path: str) -> str:
    """A path of exports below this node's directory, where it is that of another node, or the one of a real machine."""
    normal = os.path.normpath(path)
    if _within(normal, NODES):
        _node, slash, rest = normal[len(NODES) + 1 :].partition("/")
        normal = slash + rest
    return ROOT + normal if _within(normal, EXPORTS) else path


def _within(path: str, directory: str) -> bool:
    normal = os.path.normpath(path)
    return normal == directory or normal.startswith(directory + "/")
