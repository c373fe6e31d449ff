"""What the nodes of one slice say of who is the master: `vcluster-slice votes`, which other slices and `vcluster-box
master-failover` ask."""

import json
from dataclasses import dataclass
from typing import Any

from ..nodes import daemons
from ..nodes.marks import is_stopped
from ..plan.model import Plan
from .roles import named_master, read_ssconf


@dataclass(frozen=True)
class Vote:
    """Of one node."""

    node: str
    #: name of the node that it takes for the master
    master: str
    #: when it was told so; seconds since the epoch, by its slice's clock
    since: float
    #: stopped on purpose: it may have missed a failover
    stopped: bool


@dataclass(frozen=True)
class Votes:
    """Of one slice."""

    votes: tuple[Vote, ...]
    #: name of the slice's node that acts as the master: its daemons run
    leading: str | None


def own_votes(plan: Plan) -> Votes:
    """Nodes that are in no cluster (yet) have none."""
    found = ((node, named_master(node)) for node in plan.own_nodes)
    votes = tuple(Vote(node.name, told[0], told[1], is_stopped(node)) for node, told in found if told is not None)
    return Votes(votes, leading(plan))


def leading(plan: Plan) -> str | None:
    running = (node for node in plan.own_nodes if daemons.running_pid(node, daemons.LUXID) is not None)
    return next((node.name for node in running if read_ssconf(node, "master_node") == node.name), None)


def print_votes(plan: Plan) -> None:
    answers = {node.name for node in plan.own_nodes if daemons.running_pid(node, daemons.NODED) is not None}
    told = own_votes(plan)
    rows: list[dict[str, Any]] = [
        {**vars(vote), "answers": vote.node in answers and not vote.stopped} for vote in told.votes
    ]
    print(json.dumps({"votes": rows, "leading": told.leading}))


def parse(text: str) -> Votes:
    data = json.loads(text)
    votes = (Vote(vote["node"], vote["master"], vote["since"], vote["stopped"]) for vote in data["votes"])
    return Votes(tuple(votes), data["leading"])
