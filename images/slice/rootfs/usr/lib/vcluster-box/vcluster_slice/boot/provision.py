"""The first start: a cluster is initialised, and all its nodes join it."""

import shutil
import time
from collections.abc import Callable

from .. import files, paths
from ..commands import run
from ..failure import StepFailed
from ..ganeti import rapi
from ..ganeti.certificates import self_signed
from ..ganeti.configuration import UnknownGroup
from ..master.roles import master_daemons, read_ssconf
from ..network import overlay
from ..nodes import daemons
from ..peers import remote
from ..plan.model import Plan, Slice
from . import equipment, join

THERE_ALREADY = "the cluster is there already"
NOT_OURS = "whoever uses the nodes makes the cluster"

#: seconds that another slice may take to make the cluster, and for each node of it
PATIENCE, PATIENCE_PER_NODE = 300.0, 1.0
#: seconds for which it may be out of reach meanwhile
SILENCE = 30.0


def initialise(plan: Plan) -> str | None:
    """`gnt-cluster init` on the first node."""
    if paths.PROVISIONED.exists():
        return THERE_ALREADY
    if not plan.provision:
        return NOT_OURS
    if plan.master.slice != plan.slice:
        return f"{plan.master.name} does it, in slice {plan.master.slice}"
    _telling_others(plan, lambda: _initialise(plan))
    return None


def _initialise(plan: Plan) -> None:
    _make_rapi_certificate(plan)
    try:
        with overlay.nobody_has(plan, plan.cluster.address):
            run(["gnt-cluster", "init", *plan.init, plan.cluster.name], node=plan.master)
    except StepFailed as error:
        log = daemons.log_file(plan.master, daemons.NODED)
        raise StepFailed(str(error), node=error.node, output=error.output, log=log if log.exists() else None) from error


def join_all(plan: Plan) -> str | None:
    """All nodes at once, with the daemons stopped that hold the configuration in memory."""
    if paths.PROVISIONED.exists():
        return THERE_ALREADY
    if not plan.provision:
        # From now on the directories are not made anew: there may be a cluster in them.
        paths.PROVISIONED.touch()
        return NOT_OURS
    if not plan.own_nodes:
        # It comes to a cluster that is there; its nodes are added afterwards, one by one.
        paths.PROVISIONED.touch()
        return "it has no nodes yet"
    if plan.master.slice != plan.slice:
        _wait_for_others(plan)
    else:
        _telling_others(plan, lambda: _join_all(plan))
    return None


def _join_all(plan: Plan) -> None:
    secret = rapi.password()
    daemons.stop([*master_daemons(plan.master), (plan.master, daemons.CONFD), (plan.master, daemons.MOND)])
    elsewhere = paths.STATE / "elsewhere"
    shutil.rmtree(elsewhere, ignore_errors=True)
    elsewhere.mkdir(mode=0o700)
    try:
        join.join_nodes(plan, secret, elsewhere)
        if read_ssconf(plan.master, "master_node") != plan.master.name:
            raise StepFailed(f"{plan.master.name} is not the master after `gnt-cluster init`", node=plan.master.name)
        for peer in plan.peers:
            equipment.hand_over(plan, peer, elsewhere)
    except (UnknownGroup, OSError, KeyError) as error:
        raise StepFailed(f"the nodes cannot join: {error!r}") from error
    finally:
        shutil.rmtree(elsewhere, ignore_errors=True)
    paths.PROVISIONED.touch()


def _telling_others(plan: Plan, make: Callable[[], None]) -> None:
    """They wait for it, and would for long."""
    try:
        make()
    except StepFailed as error:
        remote.call_all(plan, plan.peers, ["init-failed", str(error)], seconds=10)
        raise


def _wait_for_others(plan: Plan) -> None:
    """Until this slice's nodes have what they need.

    :raises StepFailed: when the slice that makes the cluster says that it cannot, is gone, or takes too long
    """
    [maker] = [peer for peer in plan.peers if peer.number == plan.master.slice]
    deadline = time.monotonic() + PATIENCE + PATIENCE_PER_NODE * len(plan.nodes)
    heard = time.monotonic()
    while not paths.PROVISIONED.exists():
        if paths.NOT_MADE.exists():
            raise _not_made(maker, f"says that it cannot make the cluster: {paths.NOT_MADE.read_text().strip()}")
        if remote.listens(maker):
            heard = time.monotonic()
        elif time.monotonic() > heard + SILENCE:
            raise _not_made(maker, f"was to make the cluster, and has been out of reach for {SILENCE:.0f} s")
        if time.monotonic() > deadline:
            raise _not_made(maker, "has not made the cluster in time")
        time.sleep(0.2)


def _not_made(maker: Slice, what: str) -> StepFailed:
    return StepFailed(f"{remote.named(maker)} {what}", hint="its own log says more")


def _make_rapi_certificate(plan: Plan) -> None:
    """`gnt-cluster init` takes the one that is there, and makes none of its own then."""
    target = plan.master.directory / "var/lib/ganeti/rapi.pem"
    pem = self_signed(plan.rapi_names).decode("ascii")
    files.write_as(target, pem, user="gnt-rapi", group="gnt-masterd", mode=0o440)
