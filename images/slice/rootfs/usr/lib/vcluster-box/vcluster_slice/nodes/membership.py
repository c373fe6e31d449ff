"""Which of the plan's nodes the cluster knows.

A node enters the plan before it joins the cluster, and leaves the plan after it has left the cluster.  So when adding
or removing a node is interrupted, or `gnt-node remove` has removed it, the plan still has the node and the cluster does
not know it.  Such a node keeps its directory, address and names, but it is not started, and does not make a boot fail.
`gnt-node add` adds it to the cluster again, `node rm` removes what is left of it.
"""

import dataclasses

from .. import paths
from ..ganeti.ssconf import read_latest
from ..plan.model import Node, Plan


def members(whole: Plan) -> Plan:
    """The plan with only those nodes that the cluster knows."""
    unknown = unjoined(whole)
    return dataclasses.replace(whole, nodes=tuple(node for node in whole.nodes if node not in unknown))


def unjoined(whole: Plan) -> list[Node]:
    """The nodes that the cluster does not know.  None before the first boot is done: until then, all have yet to
    join."""
    if not paths.PROVISIONED.exists():
        return []
    known = read_latest(whole.own_nodes, "node_list").split()
    if not known and whole.overlay is not None and whole.provision:
        # This slice joined the cluster without nodes, and its first one is being added.
        return list(whole.own_nodes)
    return [node for node in whole.nodes if node.name not in known] if known else []
