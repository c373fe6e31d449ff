"""What the slice that makes the cluster gives to the nodes of another: files for their directories, as a tar archive."""

import io
import sys
import tarfile
from pathlib import Path

from .. import paths
from ..failure import StepFailed
from ..peers import remote
from ..plan.model import Plan, Slice

#: seconds that a slice may take to put them where they belong
PATIENCE = 120.0


def hand_over(plan: Plan, peer: Slice, elsewhere: Path) -> None:
    """
    :param elsewhere: see `join.join_nodes`
    :raises StepFailed: when that slice does not take them
    """
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for node in plan.nodes:
            if node.slice == peer.number:
                archive.add(elsewhere / node.name, arcname=node.name)
    remote.call(plan, peer, ["receive-nodes"], stdin=content.getvalue(), seconds=PATIENCE)


def take(plan: Plan) -> None:
    """Puts what comes by standard input into the directories of this slice's nodes, with owners and modes.

    :raises StepFailed: when it is not what this slice's nodes need; nothing is written then
    """
    if paths.PROVISIONED.exists():
        raise StepFailed("its nodes are in a cluster already")
    with tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read())) as archive:
        given = {member.name.partition("/")[0] for member in archive}
        if given != {node.name for node in plan.own_nodes}:
            raise StepFailed(f"it has other nodes than these: {', '.join(sorted(given))}")
        # From the same image, so users and groups are the same; from a slice that has this one's keys, so nothing is refused
        # (Python has filters for it since 3.11.4, and warns if none is chosen from 3.12 on).
        archive.extraction_filter = lambda member, path: member
        archive.extractall(plan.directory)
    paths.PROVISIONED.touch()
