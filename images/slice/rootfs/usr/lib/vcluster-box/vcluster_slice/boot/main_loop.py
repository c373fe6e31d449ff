"""What the slice does while it runs: watcher, published ports, the other slices, the master, what Ganeti changes; and
when it ends by itself."""

import time
from dataclasses import dataclass
from datetime import datetime, timezone

from .. import paths
from ..events import emit
from ..failure import StepFailed
from ..ganeti.ssconf import current_cluster, read_latest
from ..master.succession import Succession
from ..mirrors.keeper import MirrorKeeper
from ..network.addresses import set_up_network
from ..network.tcp_probe import TcpProbeListener
from ..nodes.membership import members
from ..nodes.node_setup import start_missing_confds
from ..nodes.watcher import Rounds
from ..peers.peer_watch import PeerWatch
from ..plan import current
from ..plan.loader import PlanError, load
from ..plan.model import Named, Plan
from ..ports.proxy import Proxy

#: 128 and the number of SIGTERM, as for any program
TERMINATED = 143


#: seconds between looks at what Ganeti has changed
LOOK = 10.0


@dataclass(frozen=True)
class Facts:
    """What Ganeti changes by itself, and the slice has to follow."""

    cluster: Named
    candidates: str


def run(whole: Plan, proxy: Proxy, listener: TcpProbeListener, mirrors: MirrorKeeper) -> None:
    """Returns when the cluster expires, if it does (`up --ttl`)."""
    plan = members(whole)
    rounds = None if plan.watcher is None else Rounds(plan.watcher.interval_seconds)
    peers = PeerWatch()
    succession = Succession()
    failing = False
    seen = _facts(plan)
    while (left := seconds_left(plan)) != 0:
        # The clock can be changed, so check it from time to time.
        pause = LOOK if left is None else min(LOOK, left)
        try:
            # Nodes might have been added or removed.
            whole = reload(whole)
            plan = members(whole)
            if (facts := _facts(plan)) != seen and not current.is_locked():
                _adapt(whole, facts, seen)
                seen = facts
            proxy.keep_running(plan)
            mirrors.keep_running(plan)
            if plan.overlay is not None:
                listener.close_accepted()
                peers.look(plan)
                pause = min(pause, peers.seconds_left())
            pause = min(pause, succession.take_turn(plan))
            if rounds is not None and (pause := min(pause, rounds.seconds_left(plan))) == 0:
                rounds.take_turn(plan, left)
            failing = False
        except (OSError, StepFailed) as error:
            # There are no free processes, or a node is being removed: the cluster must survive that.
            pause = min(pause, 5.0) or 5.0
            if not failing:
                emit("warning", message=f"cannot check the nodes at the moment: {error}")
            failing = True
        time.sleep(pause)


def _facts(plan: Plan) -> Facts:
    return Facts(current_cluster(plan), read_latest(plan.own_nodes, "master_candidates"))


def _adapt(whole: Plan, facts: Facts, seen: Facts) -> None:
    """Follows `gnt-cluster rename`, and gives new master candidates their confd."""
    if facts.cluster != seen.cluster:
        set_up_network(whole)
    # While `gnt-cluster init` creates a cluster, it starts confd itself, and fails if it runs already.
    if seen.candidates:
        start_missing_confds(whole)


def reload(plan: Plan) -> Plan:
    try:
        return load(None)
    except PlanError:
        return plan


def seconds_left(plan: Plan) -> float | None:
    """Until the cluster expires; 0 when it has expired; None when it does not."""
    if plan.expires is None:
        return None
    return max(0.0, (plan.expires - datetime.now(timezone.utc)).total_seconds())


def exit_status(plan: Plan) -> int:
    """The slice's exit status when it is stopped.

    A cluster that expires has the engine's restart policy `on-failure`, so that it comes back when the engine is
    restarted: its exit status must not be 0 then.  When the user has stopped it, it must stay stopped, so the status is
    0.
    """
    return 0 if plan.expires is None or paths.REST.exists() else TERMINATED
