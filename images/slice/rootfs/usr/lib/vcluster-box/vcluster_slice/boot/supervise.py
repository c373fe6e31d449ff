"""The life of the container: boot, main loop, shutdown."""

import os
import signal
import time
from types import FrameType

from .. import misfits, paths
from ..events import emit
from ..ganeti.ssconf import current_cluster
from ..instances import returned
from ..instances.create import create_instances
from ..master.leader import undecided
from ..master.votes import has_no_cluster, master_name, no_cluster
from ..mirrors.keeper import MirrorKeeper
from ..network import instance_addresses, ssh
from ..network.addresses import set_up_network
from ..network.tcp_probe import TcpProbeListener
from ..nodes import daemons, start_stop
from ..nodes.directories import create_directories
from ..nodes.membership import members, unjoined
from ..peers.verify import verify_peers
from ..plan.loader import PlanError, load
from ..plan.model import Plan
from ..ports.proxy import Proxy
from . import main_loop, provision
from .check import FULL_HINT, check, is_full, lacks_space
from .ready import wait_ready
from .steps import Step, run_steps

#: seconds that other slices, started at the same time, have to come up
PEERS_START_SECONDS = 15.0
#: seconds between two boots when the disk is full although it has free space, so that only a boot can tell
RETRY_SECONDS = 10.0
UNDECIDED_HINT = (
    "they start when enough slices are up; to start them without those: vcluster-box master-failover NODE --no-voting"
    " (see `vcluster-box master-failover --help` for the risks)"
)


class Stopped(BaseException):
    """The engine asks the container to stop."""


def _start_daemons(plan: Plan) -> str | None:
    if has_no_cluster(plan):
        return no_cluster(plan)

    def progress(done: int, total: int) -> None:
        if done % max(1, total // 20) == 0 or done == total:
            emit("step-progress", step="daemons", text=f"node daemons {done}/{total}", done=done, total=total)

    start_stop.start_all(members(plan), progress, timeout=PEERS_START_SECONDS)
    if plan.peers and (reason := undecided()) is not None:
        emit("warning", message=f"the master's daemons are not started: {reason}", hint=UNDECIDED_HINT)
    return None


def _check(plan: Plan) -> None:
    misfits.check(plan)
    check(plan)


#: `src/cluster/up/steps.ts` has the same steps in the same order
BOOT = (
    Step("check", "Checking requirements", _check),
    Step("network", "Setting up addresses and names", set_up_network),
    Step("directories", "Creating the nodes' directories", create_directories),
    Step("ssh", "Starting sshd", ssh.set_up_ssh),
    Step("peers", "Verifying the network between the slices", verify_peers),
    Step("init", "Initialising the cluster", provision.initialise),
    Step("join", "Joining the nodes", provision.join_all),
    Step("daemons", "Starting the nodes' daemons", _start_daemons),
    Step("ready", "Waiting until the cluster answers", wait_ready),
    Step("instances", "Creating instances", create_instances),
)
#: for a cluster on one host
ALONE = tuple(step for step in BOOT if step.id != "peers")


def run() -> int:
    """Boots, reports that the cluster is ready, and runs until the container is stopped.

    :returns: the exit status: 0 when it was stopped or the cluster has expired, 1 when the boot failed; see
        `main_loop.exit_status` for a cluster that has yet to expire
    """
    started = time.monotonic()
    _forget_last_start()
    try:
        plan = load(os.environ)
    except PlanError as error:
        emit("failed", step="plan", title="Reading the plan", message=str(error))
        return 1
    _report_unjoined(plan)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        daemons.remove_stale(plan.own_nodes)
        returned.wait(plan)
        start_stop.start_forkserver(plan)
        ssh.begin_host_key(plan)
        provision.begin_keys(plan)
        if main_loop.seconds_left(plan) != 0:
            with TcpProbeListener(plan) as listener, MirrorKeeper(plan) as mirrors:
                while error := run_steps(ALONE if plan.overlay is None else BOOT, plan):
                    if not lacks_space(plan, error):
                        _shut_down(plan)
                        return 1
                    _await_space(plan)
                with Proxy(plan) as proxy:
                    paths.READY.touch()
                    _report_ready(plan, started)
                    main_loop.run(plan, proxy, listener, mirrors)
        emit("expired", message="the cluster has expired")
        status = 0
    except Stopped:
        status = main_loop.exit_status(plan)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    _shut_down(plan)
    return status


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _forget_last_start() -> None:
    """`/run` of a container survives its restarts."""
    paths.EXECS.mkdir(parents=True, exist_ok=True)
    paths.READY.unlink(missing_ok=True)
    instance_addresses.forget()
    for note in (paths.REST, paths.UNDECIDED, paths.INIT_FAILED, paths.ALL_STARTED, paths.OVERLAY, paths.RAPI_REFUSED):
        note.unlink(missing_ok=True)
    if paths.PROVISIONED.exists():
        paths.BEHIND.touch()
    for stale in paths.EXECS.iterdir():
        stale.unlink(missing_ok=True)
    misfits.prepare_notes()


def _report_unjoined(plan: Plan) -> None:
    for node in (node for node in unjoined(plan) if node.slice == plan.slice):
        hint = (
            f"add it to the cluster: gnt-node add --no-ssh-key-check {node.names[-1]}; or remove what is left of it:"
            f" vcluster-box node rm {node.names[-1]}"
        )
        emit("warning", message=f"{node.name} is not in the Ganeti cluster, so it is not started", hint=hint)


def _await_space(plan: Plan) -> None:
    """Meanwhile the container runs, because something can be deleted only in a container that runs."""
    emit("warning", message="the cluster starts when its disk has space again", hint=FULL_HINT)
    start_stop.stop(plan.own_nodes)
    ssh.stop_ssh()
    if not is_full(plan):
        time.sleep(RETRY_SECONDS)
    while is_full(plan):
        time.sleep(1)


def _report_ready(plan: Plan, started: float) -> None:
    message = f"The cluster {current_cluster(plan).name} is ready."
    if has_no_cluster(plan):
        message = f"The nodes are ready; {no_cluster(plan)}."
    elif undecided() is not None:
        message = "The slice is ready; the cluster has no master yet."
    emit(
        "ready",
        message=message,
        nodes=len(members(plan).nodes),
        master=master_name(plan) or plan.master.name,
        elapsedMs=round((time.monotonic() - started) * 1000),
        rapi={
            "port": plan.rapi.port,
            "user": plan.rapi.user,
            "password": f"docker exec CONTAINER cat {paths.RAPI_PASSWORD}",
        },
    )


def _shut_down(plan: Plan) -> None:
    emit("stopping")
    started = time.monotonic()
    paths.READY.unlink(missing_ok=True)
    # The current plan: nodes might have been added since the boot.
    killed = start_stop.stop(main_loop.reload(plan).own_nodes)
    ssh.stop_ssh()
    names = [f"{daemon} of {node.name}" for node, daemon in killed]
    emit("stopped", elapsedMs=round((time.monotonic() - started) * 1000), killed=names or None)
