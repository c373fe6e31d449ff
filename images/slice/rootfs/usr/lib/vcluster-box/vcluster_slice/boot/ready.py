"""The boot's last check: every node's daemon answers, the master accepts jobs, RAPI answers."""

import time
from collections.abc import Callable

from ..events import emit
from ..failure import StepFailed
from ..ganeti import luxi, rapi
from ..ganeti.noded_client import silent_nodes
from ..instances import returned
from ..master import master_address, succession
from ..master.leader import undecided
from ..master.votes import find_master, has_no_cluster, master_name, no_cluster
from ..nodes import daemons
from ..nodes.membership import members
from ..nodes.state import is_stopped
from ..peers import remote
from ..plan.model import Node, Plan
from .join import DATA

#: seconds for which a slice waits for a master in another one
MASTER_SECONDS = 60.0
#: seconds for which that slice can be unreachable meanwhile
UNREACHABLE_SECONDS = 5.0


def wait_ready(plan: Plan) -> str | None:
    if has_no_cluster(plan):
        return no_cluster(plan)
    plan = members(plan)
    master = find_master(plan)
    started = [node for node in plan.own_nodes if not is_stopped(node)]
    deadline = time.monotonic() + 60 + len(plan.nodes)
    if started:
        _wait(deadline, lambda: _nodes_fault(started), started[0], daemons.NODED)
    if undecided() is not None:
        return None  # the step before has reported it
    if master in started:
        master_address.hold(master)
        _wait(deadline, lambda: _master_fault(master), master, daemons.LUXID)
        _wait(deadline, lambda: None if rapi.answers(plan) else "RAPI does not answer", master, daemons.RAPI)
        _run_init_hooks(master)
        returned.try_to_decide(plan)
    elif master is None:
        _await_master(plan)
    else:
        emit(
            "warning",
            message=f"the master {master.name} is stopped, so the cluster does not answer",
            hint=f"start it (vcluster-box start --node {master.names[-1]}), or let another node take over"
            " (gnt-cluster master-failover, on that node)",
        )
    return None


def _run_init_hooks(master: Node) -> None:
    """Submits the job of `gnt-cluster init` that runs the user's hooks, as the first job of the cluster, if there are
    any: our `gnt-cluster init` runs before the daemons (see `vcluster_node/init_only.py`)."""
    hooks = master.directory / "etc/ganeti/hooks/cluster-init-post.d"
    last_job = master.directory / DATA / "queue/serial"
    first = not last_job.exists() or last_job.read_text().strip() == "0"
    if first and hooks.is_dir() and any(hooks.iterdir()):
        reason = ["vcluster-box", "hooks after `gnt-cluster init`", time.time_ns()]
        luxi.ask(master, "SubmitJob", [[{"OP_ID": "OP_CLUSTER_POST_INIT", "reason": [reason]}]])


def _await_master(plan: Plan) -> None:
    """The master is in another slice, which might be starting, or be down for long."""
    if (peer := plan.peer_of(master_name(plan))) is None:
        return
    deadline, heard = time.monotonic() + MASTER_SECONDS, time.monotonic()
    while not rapi.answers(plan):
        heard = time.monotonic() if remote.listens(peer) else heard
        if time.monotonic() > min(deadline, heard + UNREACHABLE_SECONDS):
            emit("warning", message=f"the master {master_name(plan)}, in {remote.named(peer)}, does not answer")
            return
        time.sleep(0.2)
    succession.catch_up(plan)
    returned.try_to_decide(plan)


def _master_fault(master: Node) -> str | None:
    try:
        drained, name = luxi.ask(master, "QueryConfigValues", [["drain_flag", "cluster_name"]])
    except luxi.NoAnswer as error:
        return str(error)
    # A drained queue is fine: the user drains it, and it stays so across restarts.
    return None if isinstance(drained, bool) and name else f"the master answers {drained!r} and {name!r}"


def _nodes_fault(nodes: list[Node]) -> str | None:
    silent = [node.name for node in silent_nodes(nodes)]
    return f"no answer from ganeti-noded of {', '.join(silent[:10])}" if silent else None


def _wait(deadline: float, fault: Callable[[], str | None], node: Node, daemon: str) -> None:
    while (found := fault()) is not None:
        if time.monotonic() > deadline:
            raise StepFailed(found, node=node.name, log=daemons.log_file(node, daemon))
        time.sleep(0.1)
