"""Restarting single daemons, on many nodes at once: a developer has changed the daemon's code or its arguments."""

from collections.abc import Iterable, Sequence

from ..failure import StepFailed
from ..ganeti.noded_client import silent_nodes
from ..master.votes import find_master
from ..plan.model import Node, Plan
from . import daemons, start_stop
from .state import state_of


def restart_daemons(plan: Plan, names: Iterable[str], chosen: Sequence[Node]) -> list[daemons.Job]:
    """Restarts those of the daemons that belong on the nodes; one that does not run is started.

    :param names: without `ganeti-`
    :param chosen: nodes of this slice; those that do not run are left out
    :returns: what was restarted
    :raises StepFailed: when there is no such daemon, or naming the first that does not start
    """
    wanted = [f"ganeti-{name}" for name in names]
    for daemon in wanted:
        if daemon not in daemons.USERS:
            raise StepFailed(f"there is no daemon {daemon.removeprefix('ganeti-')}")
    master = find_master(plan)
    running = [node for node in chosen if state_of(node) == "running"]
    jobs = [job for node in running for job in _jobs_of(node, master) if job[1] in wanted]
    daemons.stop(jobs)
    start_stop.start_again(jobs)
    restarted = [node for node, daemon in jobs if daemon == daemons.NODED]
    if silent := silent_nodes(restarted):
        raise StepFailed("ganeti-noded does not answer", node=silent[0].name)
    return jobs


def _jobs_of(node: Node, master: Node | None) -> list[daemons.Job]:
    jobs = [*daemons.node_daemons(node), *(daemons.master_daemons(node) if node == master else [])]
    # It runs only on nodes whose instances need it (`vcluster_node/metadata_daemon.py`).
    return [*jobs, (node, daemons.METAD)] if daemons.running_pid(node, daemons.METAD) is not None else jobs
