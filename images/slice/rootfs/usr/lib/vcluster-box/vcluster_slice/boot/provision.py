"""The first start: the cluster is initialised, and all its nodes join it."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from .. import files, paths
from ..commands import run
from ..failure import StepFailed
from ..ganeti import latest, rapi
from ..ganeti.certificates import KEY_BITS, self_signed
from ..ganeti.configuration import UnknownGroup
from ..ganeti.ssconf import read_ssconf
from ..network import overlay
from ..nodes import forkserver, start_stop
from ..peers import remote
from ..plan.model import Plan, Slice
from . import join

#: the keys of RAPI's certificate, and of all certificates that `gnt-cluster init` creates
RAPI_KEY, CLUSTER_KEY = paths.RUN / "rapi-key.pem", paths.RUN / "cluster-key.pem"
_making = {RAPI_KEY: threading.Lock(), CLUSTER_KEY: threading.Lock()}
#: for `openssl genpkey`.  A handshake with an elliptic curve takes a third of the time that it takes with RSA.  RAPI's
#: clients are not ours, so RAPI has the kind of key that Ganeti gives it.
_KINDS = {
    RAPI_KEY: ["RSA", "-pkeyopt", f"rsa_keygen_bits:{KEY_BITS}"],
    CLUSTER_KEY: ["EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:named_curve"],
}
EXISTS = "the cluster already exists"
NOT_PROVISIONED = "the cluster is created by others, on these nodes"

#: seconds that another slice has to create the cluster, and in addition for each node
CREATE_SECONDS, CREATE_SECONDS_PER_NODE = 300.0, 1.0
#: seconds for which it can be unreachable meanwhile
UNREACHABLE_SECONDS = 30.0


def begin_keys(plan: Plan) -> None:
    """Begins to create the keys in other threads, if this slice creates the cluster: RSA takes 0.1 to 0.5 s."""
    if not paths.PROVISIONED.exists() and plan.provision and plan.master.slice == plan.slice:
        for key in _making:
            threading.Thread(target=_make_key, args=[key], daemon=True).start()


def _make_key(key: Path) -> None:
    """Waits if another thread is creating it."""
    with _making[key]:
        if not key.exists():
            # A start that is interrupted leaves no part of a key behind.
            draft = key.with_suffix(".new")
            run(["openssl", "genpkey", "-algorithm", *_KINDS[key], "-out", str(draft)])
            draft.replace(key)


def initialise(plan: Plan) -> str | None:
    """`gnt-cluster init` on the first node; its daemons are started later, with those of all nodes."""
    if paths.PROVISIONED.exists():
        return EXISTS
    if not plan.provision:
        return NOT_PROVISIONED
    if plan.master.slice != plan.slice:
        return f"{plan.master.name} does it, in slice {plan.master.slice}"
    _reporting_failure(plan, lambda: _initialise(plan))
    return None


def _initialise(plan: Plan) -> None:
    for key in _making:
        _make_key(key)
    _make_rapi_certificate(plan)
    argv = ["/usr/sbin/gnt-cluster", "init", *plan.init, plan.cluster.name]
    # see `vcluster_node/init_only.py`
    variables = {"VCLUSTER_BOX_INIT_KEY": str(CLUSTER_KEY)}
    with overlay.unused(plan, plan.cluster.address):
        forkserver.run_one(forkserver.Program(plan.master, argv, variables=variables))
    CLUSTER_KEY.unlink()
    # The files of the other nodes get the same owners.
    start_stop.ensure_directories(plan.master)


def join_all(plan: Plan) -> str | None:
    """All nodes at once, before the daemons start that hold the configuration in memory."""
    if paths.PROVISIONED.exists():
        return EXISTS
    if not plan.provision:
        # From now on the directories are not recreated: there might be a cluster in them.
        paths.PROVISIONED.touch()
        return NOT_PROVISIONED
    if not plan.own_nodes:
        # This slice joins an existing cluster; its nodes are added later, one by one.
        paths.PROVISIONED.touch()
        return "this slice has no nodes yet"
    if plan.master.slice != plan.slice:
        _wait_for_cluster(plan)
    else:
        _reporting_failure(plan, lambda: _join_all(plan))
    return None


def _join_all(plan: Plan) -> None:
    secret = rapi.password()
    outgoing = paths.STATE / "outgoing"
    shutil.rmtree(outgoing, ignore_errors=True)
    outgoing.mkdir(mode=0o700)
    try:
        join.join_nodes(plan, secret, outgoing)
        if read_ssconf(plan.master, "master_node") != plan.master.name:
            raise StepFailed(f"{plan.master.name} is not the master after `gnt-cluster init`", node=plan.master.name)
        for peer in plan.peers:
            join.send_nodes(plan, peer, outgoing)
    except (UnknownGroup, OSError, KeyError) as error:
        raise StepFailed(f"the nodes cannot join: {error!r}") from error
    finally:
        shutil.rmtree(outgoing, ignore_errors=True)
    latest.note(plan.master.directory)
    paths.PROVISIONED.touch()


def _reporting_failure(plan: Plan, create: Callable[[], None]) -> None:
    """Reports a failure to the other slices, which wait for the cluster."""
    try:
        create()
    except StepFailed as error:
        remote.call_all(plan, plan.peers, ["init-failed", str(error)], seconds=10)
        raise


def _wait_for_cluster(plan: Plan) -> None:
    """Until this slice's nodes have their files (see `join.receive_nodes`).

    :raises StepFailed: when the slice that creates the cluster reports a failure, is unreachable, or takes too long
    """
    [creator] = [peer for peer in plan.peers if peer.number == plan.master.slice]
    deadline = time.monotonic() + CREATE_SECONDS + CREATE_SECONDS_PER_NODE * len(plan.nodes)
    heard = time.monotonic()
    while not paths.PROVISIONED.exists():
        if paths.INIT_FAILED.exists():
            raise _not_created(creator, f"could not create the cluster: {paths.INIT_FAILED.read_text().strip()}")
        if remote.listens(creator):
            heard = time.monotonic()
        elif time.monotonic() > heard + UNREACHABLE_SECONDS:
            raise _not_created(creator, f"has not been reachable for {UNREACHABLE_SECONDS:.0f} s while it creates the cluster")
        if time.monotonic() > deadline:
            raise _not_created(creator, "has not created the cluster in time")
        time.sleep(0.2)


def _not_created(creator: Slice, what: str) -> StepFailed:
    return StepFailed(f"{remote.named(creator)} {what}", hint="see that slice's log")


def _make_rapi_certificate(plan: Plan) -> None:
    """`gnt-cluster init` uses an existing certificate instead of making its own."""
    target = plan.master.directory / "var/lib/ganeti/rapi.pem"
    pem = self_signed(plan.rapi.names, RAPI_KEY.read_bytes()).decode("ascii")
    files.write_as(target, pem, user="gnt-rapi", group="gnt-masterd", mode=0o440)
    RAPI_KEY.unlink()
