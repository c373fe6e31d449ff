"""Proving the network between the slices, each in its own direction: ping, the largest packet that passes, and TCP with
packets of that size."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from .. import paths
from ..events import emit
from ..failure import StepFailed
from ..network import path_mtu, tcp_probe, underlay, vxlan
from ..network.path_stats import Path, found_ways, note
from ..network.ping import Echo
from ..plan.model import Plan, Slice
from . import faults
from .deadline import Patience
from .faults import Fault

STEP = "peers"
#: seconds that the others have to come up; when a cluster begins, and later, when they need not be there at all
PATIENCE = 120.0
LATER = 3.0
#: seconds that a slice that hears nothing leaves to the other one, which may know in which direction packets are lost
HESITATION = 1.0
#: seconds between two looks for those that are away, or may be elsewhere at any time; see `peer_watch`
ALERT = 5.0
TCP_SECONDS = 5.0
SMALL = 64

T = TypeVar("T")
R = TypeVar("R")


def prove_peers(plan: Plan) -> str | None:
    """The boot's step.

    :raises StepFailed: at the first start only: later a slice that is down must not keep the others from coming up
    """
    if not plan.peers:
        return "there is one slice only"
    first = not paths.PROVISIONED.exists()
    faults = prove(plan, PATIENCE if first else _later(plan))
    if not faults:
        return None
    if first:
        rest = [f"{fault.message}\n  {fault.hint}" for fault in faults[1:]]
        more = f" (and {len(rest)} more)" if rest else ""
        raise StepFailed(faults[0].message + more, hint=faults[0].hint, output="\n".join(rest))
    for fault in faults:
        emit("warning", message=fault.message, hint=fault.hint)
    return None


def _later(plan: Plan) -> float:
    """They need to look up the name of this one first, whose address is new."""
    return LATER + (ALERT if any(underlay.is_named(peer) for peer in plan.peers) else 0)


def prove(plan: Plan, seconds: float) -> list[Fault]:
    """Sets the device's MTU to what passes to all, and tells what was found of each way.

    :returns: what is wrong
    """
    patience = Patience(seconds)
    found = for_each(plan.peers, lambda peer: reach(plan, peer, patience), patience)
    ways = [path for path in found if isinstance(path, Path)]
    faults = [fault for fault in found if isinstance(fault, Fault)]
    if ways:
        mtu = min(path.mtu for path in ways)
        path_mtu.set_mtu(plan, mtu)
        emit("segment", mtu=mtu, peers=[path.facts() for path in ways])
        note(mtu, ways)
    faults += [fault for fault in for_each(ways, lambda path: _connect(plan, path, patience), patience) if fault]
    return faults


def prove_one(plan: Plan, peer: Slice, seconds: float) -> Fault | None:
    """The way to a slice that has come to a cluster that runs."""
    patience = Patience(seconds)
    way = reach(plan, peer, patience, raise_mtu=False)
    if isinstance(way, Fault):
        return way
    mtu = min(way.mtu, path_mtu.of_device(plan.device))
    path_mtu.set_mtu(plan, mtu)
    note(mtu, [way])
    return _connect(plan, way, patience)


def reach(plan: Plan, peer: Slice, patience: Patience, *, raise_mtu: bool = True) -> Path | Fault:
    """Waits until that slice answers, and measures the way to it.

    :param raise_mtu: whether the device may get a larger MTU than it has; not when the cluster runs, for others go by it
    """
    own = _own(plan)
    with vxlan.unasked(plan, peer), Echo(own, peer) as echo:
        fault = _await(plan, echo, peer, patience)
        if fault is not None:
            return fault
        rtts = [rtt for _ in range(3) if (rtt := echo.ping(SMALL, 1.0)) is not None]
        rtt = min(rtts, default=1.0)
        most = path_mtu.limit(plan, peer)
        if raise_mtu:
            path_mtu.raise_mtu(plan, most)
        mtu = path_mtu.largest(echo, min(most, path_mtu.of_device(plan.device)), rtt)
    if mtu is None:
        return faults.nothing_large(own, peer, path_mtu.LEAST)
    path = Path(peer, mtu, rtt)
    found_ways.add(peer.number)
    emit("step-progress", step=STEP, text=str(path), **path.facts())
    return path


def _await(plan: Plan, echo: Echo, peer: Slice, patience: Patience) -> Fault | None:
    own = _own(plan)
    hesitates = False
    refusal: int | None = None
    while True:
        known = underlay.look_up(plan, peer)
        if known and echo.ping(SMALL, 0.5) is not None:
            return None
        if not hesitates:
            # Later ones may come of the other slice having failed by now.
            refusal = echo.refusal
        hesitates = patience.is_over()
        if hesitates and (echo.heard or not patience.all_started or patience.is_over(since=HESITATION)):
            break
        time.sleep(0.2)
    if not known:
        return faults.unknown_name(own, peer)
    if refusal is not None:
        return faults.refused(own, peer, refusal)
    if echo.heard:
        return faults.unanswered(own, peer)
    return faults.silent(own, peer, patience.passed(), runs=patience.all_started)


def _connect(plan: Plan, path: Path, patience: Patience) -> Fault | None:
    own, peer = _own(plan), path.peer
    while True:
        try:
            fault = tcp_probe.fault(own, peer, TCP_SECONDS)
        except tcp_probe.NotThere:
            if patience.is_over():
                return faults.not_there(own, peer)
            time.sleep(0.2)
            continue
        match fault:
            case "connect":
                return faults.no_connection(own, peer)
            case "segments":
                return faults.no_segments(own, peer, path.mtu)
            case _:
                return None


def _own(plan: Plan) -> Slice:
    return plan.own_slice


def for_each(things: Iterable[T], act: Callable[[T], R], patience: Patience) -> list[R]:
    """Side by side; whoever breaks it off is not held up."""
    with ThreadPoolExecutor(max_workers=64) as pool:
        try:
            return list(pool.map(act, things))
        except BaseException:
            patience.end()
            raise
