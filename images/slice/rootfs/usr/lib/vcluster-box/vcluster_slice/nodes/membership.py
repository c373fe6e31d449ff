"""Which of the plan's nodes the cluster knows.

A node is written into the plan before it joins the cluster, and leaves the plan after it has left the cluster.  So one whose
adding or removing broke off, wherever that was, is in the plan still, and the cluster does not know it.  Such a node is left
alone: it is not started, and a boot does not fail because of it.  `node rm` clears it away.
"""

import dataclasses

from .. import paths
from ..master.roles import informed_node, read_ssconf
from ..plan.model import Node, Plan


def members(whole: Plan) -> Plan:
    """The plan with the nodes only that the cluster knows."""
    unknown = unjoined(whole)
    return dataclasses.replace(whole, nodes=tuple(node for node in whole.nodes if node not in unknown))


def unjoined(whole: Plan) -> list[Node]:
    """The others.  None before the first start is done, for then all are yet to join."""
    if not paths.PROVISIONED.exists():
        return []
    informed = informed_node(whole)
    if informed is None and whole.overlay is not None and whole.provision:
        # This slice came to the cluster later, without nodes: its first one is just being added.
        return list(whole.own_nodes)
    known = read_ssconf(informed, "node_list").split() if informed is not None else []
    return [node for node in whole.nodes if node.name not in known] if known else []
