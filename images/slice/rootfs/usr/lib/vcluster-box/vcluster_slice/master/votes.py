"""Which node is the master: the nodes vote, and everything that asks counts their votes in the same way (`count`).

A node votes for the node that its ssconf files name as the master.  A node that was stopped or offline during a
failover still names the old master, so its vote does not count.

One slice counts the votes of its own nodes.  Before it starts the master's daemons, it also asks the other slices
(`vcluster-slice votes`, see `leader`), and decides by Ganeti's rule: the master needs the votes of more than half of
all nodes.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .. import paths
from ..ganeti.ssconf import named_master, read_latest, read_ssconf
from ..nodes import daemons
from ..nodes.state import is_stopped
from ..plan.model import Node, Plan

#: node that is named master -> how many nodes name it, and when the last of them was told so
Tally = dict[str, tuple[int, float]]


@dataclass(frozen=True)
class Vote:
    """The vote of one node."""

    node: str
    #: name of the node that it considers the master
    master: str
    #: when it was told so: seconds since the epoch, by its slice's clock
    since: float
    #: stopped on purpose, so it might have missed a failover
    stopped: bool


@dataclass(frozen=True)
class SliceVotes:
    """The votes of one slice's nodes."""

    votes: tuple[Vote, ...]
    #: name of the node of this slice whose master daemons run
    leading: str | None


@dataclass(frozen=True)
class Decision:
    #: name of a node of any slice; None: no node may lead
    master: str | None
    #: for the user: how the nodes voted, or why no node may lead
    reason: str


def count(votes: Iterable[Vote], electorate: frozenset[str]) -> Tally:
    """Counts the votes of nodes in the electorate.  Votes of stopped nodes count only if all are stopped.

    :param electorate: names of the nodes that are not offline
    """
    online = [vote for vote in votes if vote.node in electorate]
    tally: Tally = {}
    for vote in [vote for vote in online if not vote.stopped] or online:
        named, last = tally.get(vote.master, (0, 0.0))
        tally[vote.master] = (named + 1, max(last, vote.since))
    return tally


def winner(tally: Tally, names: Iterable[str]) -> str | None:
    """The one of `names` with the most votes; of several, the one that was named last."""
    return max(sorted(names), key=lambda name: tally.get(name, (0, 0.0)), default=None)


def master_name(plan: Plan) -> str | None:
    """Name of the master, in whichever slice, as the nodes of this slice vote.  None before there is a cluster.

    Where all nodes of this slice are offline, their votes are the only ones there are, so they count.
    """
    votes = _votes(plan)
    tally = count(votes, electorate(plan)) or count(votes, frozenset(vote.node for vote in votes))
    return winner(tally, tally)


def find_master(plan: Plan) -> Node | None:
    """The master, if it is a node of this slice."""
    name = master_name(plan)
    return next((node for node in plan.own_nodes if node.name == name), None)


def electorate(plan: Plan) -> frozenset[str]:
    """Names of all nodes of the cluster that are not offline, as far as this slice knows."""
    return frozenset(read_latest(plan.own_nodes, "online_nodes").split())


def decide(answers: Iterable[SliceVotes], electorate: frozenset[str], *, complete: bool) -> Decision:
    """Decides which node may lead.  A node that leads already keeps the lead: there must not be a second one.

    :param answers: of all slices that answer, this one included
    :param complete: whether all slices answered
    """
    slices = list(answers)
    tally = count([vote for answer in slices for vote in answer.votes], electorate)
    result = ", ".join(f"{name} {named}" for name, (named, _) in sorted(tally.items())) or "none"
    leading = {answer.leading for answer in slices if answer.leading is not None}
    if leading:
        return Decision(winner(tally, leading), f"it leads already; votes: {result}")
    chosen = winner(tally, tally)
    if chosen is None:
        return Decision(None, "no node of the slices that answer is in a cluster")
    if complete or 2 * tally[chosen][0] > len(electorate):
        return Decision(chosen, f"votes: {result}, of {len(electorate)} nodes")
    return Decision(None, f"no node has the votes of more than half of {len(electorate)} nodes; votes: {result}")


def slice_votes(plan: Plan) -> SliceVotes:
    return SliceVotes(tuple(_votes(plan)), leading(plan))


def leading(plan: Plan) -> str | None:
    """Name of the node of this slice whose master daemons run."""
    running = (node for node in plan.own_nodes if daemons.running_pid(node, daemons.LUXID) is not None)
    return next((node.name for node in running if read_ssconf(node, "master_node") == node.name), None)


def has_no_cluster(plan: Plan) -> bool:
    """Whether no node of this slice is in a cluster: none has been created on them by others so far (`plan.provision`),
    or the nodes were removed, the last one by `gnt-cluster destroy`."""
    if plan.provision and not (plan.own_nodes and paths.PROVISIONED.exists()):
        return False
    return not any(read_ssconf(node, "master_node") for node in plan.own_nodes)


def no_cluster(plan: Plan) -> str:
    """For the user, when `has_no_cluster`."""
    if not plan.provision:
        return "there is no Ganeti cluster yet"
    return "no node of this slice is in a Ganeti cluster" if plan.peers else "no Ganeti cluster exists any more"


def report_votes(plan: Plan) -> dict[str, Any]:
    """For other slices, and for the command line tool, which counts the votes of all slices
    (`src/cluster/master.ts`)."""
    answering = {node.name for node in plan.own_nodes if daemons.running_pid(node, daemons.NODED) is not None}
    online = electorate(plan)
    own = slice_votes(plan)
    rows: list[dict[str, Any]] = [
        {
            **vars(vote),
            "offline": vote.node not in online,
            "answers": vote.node in answering and not vote.stopped,
        }
        for vote in own.votes
    ]
    return {"votes": rows, "leading": own.leading}


def parse(text: str) -> SliceVotes:
    """Reads the JSON of another slice's `report_votes`."""
    data = json.loads(text)
    votes = (Vote(vote["node"], vote["master"], vote["since"], vote["stopped"]) for vote in data["votes"])
    return SliceVotes(tuple(votes), data["leading"])


def _votes(plan: Plan) -> list[Vote]:
    """Nodes that are in no cluster (yet) have none."""
    named = ((node, named_master(node)) for node in plan.own_nodes)
    return [Vote(node.name, told[0], told[1], is_stopped(node)) for node, told in named if told is not None]
