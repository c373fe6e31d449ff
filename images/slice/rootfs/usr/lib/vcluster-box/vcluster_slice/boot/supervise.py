"""One life of the container: boot, stay, stop in order."""

import os
import signal
import time
from types import FrameType

from .. import paths
from ..events import emit
from ..failure import StepFailed
from ..instances.create import create_instances
from ..master.leader import undecided
from ..master.roles import has_no_cluster, master_name
from ..master.succession import Succession
from ..network import ssh
from ..network.addresses import set_up_network
from ..network.tcp_probe import Sink
from ..nodes import daemons, start_stop
from ..nodes.directories import make_tree
from ..nodes.membership import members, unjoined
from ..nodes.watcher import Rounds
from ..peers.peer_watch import PeerWatch
from ..peers.verify import prove_peers
from ..plan.loader import PlanError, load
from ..plan.model import Plan
from ..ports.proxy import Proxy
from . import expiry, provision
from .check import check
from .ready import NO_CLUSTER, wait_ready
from .steps import Step, run_steps

#: seconds within which other slices that are started at the same time are there
OTHERS_START = 15.0
UNDECIDED_HINT = (
    "they will be when enough slices are up; without them: vcluster-box master-failover NODE --no-voting"
    " (`vcluster-box master-failover --help` says what that risks)"
)


class Stopped(BaseException):
    """The engine asks the container to stop."""


def _start_daemons(plan: Plan) -> str | None:
    if has_no_cluster(plan):
        return NO_CLUSTER

    def progress(done: int, total: int) -> None:
        if done % max(1, total // 20) == 0 or done == total:
            emit("step-progress", step="daemons", text=f"node daemons {done}/{total}", done=done, total=total)

    start_stop.start_all(plan, progress, patience=OTHERS_START)
    if plan.peers and (reason := undecided()) is not None:
        emit("warning", message=f"the master's daemons are not started: {reason}", hint=UNDECIDED_HINT)
    return None


#: `src/cluster/up/steps.ts` announces them in the same order
BOOT = (
    Step("check", "Checking what the slice needs", check),
    Step("network", "Setting up addresses and names", set_up_network),
    Step("directories", "Making the nodes' directories", make_tree),
    Step("ssh", "Starting sshd", ssh.set_up_ssh),
    Step("peers", "Proving the network between the slices", prove_peers),
    Step("init", "Initialising the cluster", provision.initialise),
    Step("join", "Joining the nodes", provision.join_all),
    Step("daemons", "Starting the nodes' daemons", _start_daemons),
    Step("ready", "Waiting until the cluster answers", wait_ready),
    Step("instances", "Creating instances", create_instances),
)
#: what is left of it for the only slice of a cluster
ALONE = tuple(step for step in BOOT if step.id != "peers")


def run() -> int:
    """Boots, tells that the cluster is ready, and stays until the container is to stop.

    :returns: the exit status: 0 when it was asked to stop or its time is over, 1 when the boot failed; see `deadline` for
        a cluster whose time is not over yet
    """
    started = time.monotonic()
    _forget_last_start()
    try:
        whole = load(os.environ)
    except PlanError as error:
        emit("failed", step="plan", title="Reading the plan", message=str(error))
        return 1
    plan = _members(whole)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        daemons.remove_stale(plan.own_nodes)
        if expiry.seconds_left(plan) != 0:
            with Sink(plan) as sink:
                if not run_steps(ALONE if plan.overlay is None else BOOT, plan):
                    _shut_down(plan)
                    return 1
                with Proxy(plan) as proxy:
                    paths.READY.touch()
                    _tell_ready(plan, started)
                    _stay(plan, proxy, sink)
        emit("expired", message="the time that was set for this cluster is over")
        status = 0
    except Stopped:
        status = expiry.exit_status(plan)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    _shut_down(plan)
    return status


def _stay(plan: Plan, proxy: Proxy, sink: Sink) -> None:
    """Until the cluster's time is over, if one was set."""
    rounds = None if plan.watcher_interval is None else Rounds(plan.watcher_interval)
    peers = None if plan.overlay is None else PeerWatch()
    succession = Succession()
    troubled = False
    while (left := expiry.seconds_left(plan)) != 0:
        # Not too long at once, for the clock that the deadline is read from may be set.
        pause = 60.0 if left is None else min(60.0, left)
        try:
            # The living plan is read again each time: nodes may have been added and removed.
            plan = members(_reload(plan))
            proxy.keep_running()
            if peers is not None:
                sink.empty()
                peers.look(plan)
                pause = min(pause, peers.seconds_left())
            pause = min(pause, succession.take_turn(plan))
            if rounds is not None and (pause := min(pause, rounds.seconds_left(plan))) == 0:
                rounds.take_turn(plan, left)
            troubled = False
        except (OSError, StepFailed) as error:
            # No process is to be had, or a node is just going: the cluster must outlive that.
            pause = min(pause, 5.0) or 5.0
            if not troubled:
                emit("warning", message=f"the slice cannot look after its nodes just now: {error}")
            troubled = True
        time.sleep(pause)


def _reload(plan: Plan) -> Plan:
    try:
        return load(None)
    except PlanError:
        return plan


def _members(whole: Plan) -> Plan:
    for node in (node for node in unjoined(whole) if node.slice == whole.slice):
        message = f"{node.name} is half-made or half-removed: the cluster does not know it, so it is not started"
        emit("warning", message=message, hint=f"clear it away: vcluster-box node rm {node.names[-1]}")
    return members(whole)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _shut_down(plan: Plan) -> None:
    emit("stopping")
    started = time.monotonic()
    paths.READY.unlink(missing_ok=True)
    # The plan of now: nodes may have been added since the boot.
    killed = start_stop.stop(_reload(plan).own_nodes)
    ssh.stop_ssh()
    names = [f"{daemon} of {node.name}" for node, daemon in killed]
    emit("stopped", elapsedMs=round((time.monotonic() - started) * 1000), killed=names or None)


def _forget_last_start() -> None:
    """`/run` of a container outlives its restarts."""
    paths.EXECS.mkdir(parents=True, exist_ok=True)
    paths.READY.unlink(missing_ok=True)
    for note in (paths.REST, paths.UNDECIDED, paths.NOT_MADE, paths.ALL_STARTED, paths.SEGMENT):
        note.unlink(missing_ok=True)
    if paths.PROVISIONED.exists():
        paths.BEHIND.touch()
    for stale in paths.EXECS.iterdir():
        stale.unlink(missing_ok=True)


def _tell_ready(plan: Plan, started: float) -> None:
    message = f"The cluster {plan.cluster.name} is ready."
    if has_no_cluster(plan):
        message = "The nodes are ready, and in no cluster yet."
    elif undecided() is not None:
        message = "The slice is ready; the cluster has no master yet."
    emit(
        "ready",
        message=message,
        nodes=len(plan.nodes),
        master=master_name(plan) or plan.master.name,
        elapsedMs=round((time.monotonic() - started) * 1000),
        rapi={
            "port": plan.rapi_port,
            "user": plan.rapi_user,
            "password": f"docker exec CONTAINER cat {paths.RAPI_PASSWORD}",
        },
    )
