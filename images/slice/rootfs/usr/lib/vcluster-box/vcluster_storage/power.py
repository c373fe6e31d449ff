"""What a node forgets when it loses its power."""

import os

from .drbd import near
from .node import Node


def lose(root: str) -> None:
    """
    :param root: the node's directory
    """
    node = Node(root)
    near.forget(node)
    directory = node.path("dev")
    for name in os.listdir(directory) if os.path.isdir(directory) else ():
        if name.startswith("drbd"):
            os.unlink(os.path.join(directory, name))
