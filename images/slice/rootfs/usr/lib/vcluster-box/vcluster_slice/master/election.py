"""Who of the nodes of several slices is the master.  Pure: votes in, decision out.

Ganeti has no node lead that does not have the votes of more than half of all.  So it is here, with one thing more: slices know
of one another whether a node leads already, and a second one must not.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .votes import Vote, Votes


@dataclass(frozen=True)
class Decision:
    #: name of a node, of any slice; None: nobody may lead
    master: str | None
    #: for people: how the votes are, or why nobody may lead
    reason: str


def decide(answers: Iterable[Votes], electorate: frozenset[str], *, complete: bool) -> Decision:
    """
    :param answers: of all slices that can be asked, this one's among them
    :param electorate: names of the nodes that have a vote: all of the cluster that are not offline
    :param complete: whether all slices have answered
    """
    told = list(answers)
    votes = _counted([vote for answer in told for vote in answer.votes if vote.node in electorate])
    tally = _tally(votes)
    said = ", ".join(f"{name} by {count}" for name, (count, _) in sorted(tally.items())) or "nobody by any"
    leading = {answer.leading for answer in told if answer.leading is not None}
    if leading:
        return Decision(_strongest(tally, leading), f"it leads; named: {said}")
    winner = _strongest(tally, tally)
    if winner is None:
        return Decision(None, "no node of the slices that answer is in a cluster")
    if complete or 2 * tally[winner][0] > len(electorate):
        return Decision(winner, f"named: {said}, of {len(electorate)} nodes")
    return Decision(None, f"no node is named master by more than half of {len(electorate)} nodes; named: {said}")


def _counted(votes: list[Vote]) -> list[Vote]:
    """Nodes that are stopped may have missed a failover: they have a vote only if all are."""
    return [vote for vote in votes if not vote.stopped] or votes


def _tally(votes: list[Vote]) -> dict[str, tuple[int, float]]:
    """For each that is named: by how many, and when last."""
    tally: dict[str, tuple[int, float]] = {}
    for vote in votes:
        count, last = tally.get(vote.master, (0, 0.0))
        tally[vote.master] = (count + 1, max(last, vote.since))
    return tally


def _strongest(tally: dict[str, tuple[int, float]], names: Iterable[str]) -> str | None:
    """The one that most name; of equals, the one that was named last."""
    return max(sorted(names), key=lambda name: tally.get(name, (0, 0.0)), default=None)
