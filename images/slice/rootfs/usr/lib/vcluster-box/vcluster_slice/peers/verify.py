"""Verifies the network to the other slices, in this slice's direction: ping, the largest packet that arrives, and TCP
with segments of that size."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from .. import paths
from ..events import emit
from ..failure import StepFailed
from ..network import path_stats, tcp_probe, underlay, vxlan
from ..network.path_stats import PathStats
from ..network.ping import Ping
from ..plan.model import Plan, Slice
from . import faults
from .deadline import Deadline
from .faults import Fault

STEP = "peers"
#: seconds that the other slices have to start, at the first start; later they can be down for long
FIRST_START_SECONDS = 120.0
LATER_SECONDS = 3.0
#: seconds that a slice that hears nothing waits for the other one, which might know in which direction packets are lost
UNHEARD_SECONDS = 1.0
#: seconds between two checks of slices that are down, or that can move at any time; see `peer_watch`
CHECK_SECONDS = 5.0
TCP_SECONDS = 5.0
#: bytes
SMALL = 64

T = TypeVar("T")
R = TypeVar("R")


def verify_peers(plan: Plan) -> str | None:
    """The boot's step.

    :raises StepFailed: at the first start only; later, a slice that is down must not keep the others from starting
    """
    if not plan.peers:
        return "there is only one slice"
    first = not paths.PROVISIONED.exists()
    found = verify(plan, FIRST_START_SECONDS if first else _later_seconds(plan))
    if not found:
        return None
    if first:
        rest = [f"{fault.message}\n  {fault.hint}" for fault in found[1:]]
        more = f" (and {len(rest)} more)" if rest else ""
        raise StepFailed(found[0].message + more, hint=found[0].hint, output="\n".join(rest))
    for fault in found:
        emit("warning", message=fault.message, hint=fault.hint)
    return None


def _later_seconds(plan: Plan) -> float:
    """Slices that know this one by name must look up its new address first."""
    return LATER_SECONDS + (CHECK_SECONDS if any(underlay.is_named(peer) for peer in plan.peers) else 0)


def verify(plan: Plan, seconds: float) -> list[Fault]:
    """Sets the device's MTU to what arrives everywhere, and reports what was measured.

    :returns: all faults
    """
    deadline = Deadline(seconds)
    results = in_parallel(plan.peers, lambda peer: measure(plan, peer, deadline), deadline)
    stats = [result for result in results if isinstance(result, PathStats)]
    found = [result for result in results if isinstance(result, Fault)]
    if stats:
        mtu = min(path.mtu for path in stats)
        path_stats.set_mtu(plan, mtu)
        emit("overlay", mtu=mtu, peers=[path.facts() for path in stats])
        path_stats.record(mtu, stats)
    found += [fault for fault in in_parallel(stats, lambda path: _probe_tcp(plan, path, deadline), deadline) if fault]
    return found


def verify_one(plan: Plan, peer: Slice, seconds: float) -> Fault | None:
    """Verifies the path to a slice that has joined a running cluster."""
    deadline = Deadline(seconds)
    result = measure(plan, peer, deadline, raise_mtu=False)
    if isinstance(result, Fault):
        return result
    lower_mtu(plan, result)
    return _probe_tcp(plan, result, deadline)


def lower_mtu(plan: Plan, path: PathStats) -> int:
    """For a path that is new in a running cluster: the device keeps its MTU, or gets a smaller one.

    :returns: the device's MTU
    """
    mtu = min(path.mtu, path_stats.device_mtu(plan.network.device))
    path_stats.set_mtu(plan, mtu)
    path_stats.record(mtu, [path])
    return mtu


def measure(plan: Plan, peer: Slice, deadline: Deadline, *, raise_mtu: bool = True) -> PathStats | Fault:
    """Waits until the other slice answers, and measures the path to it.

    :param raise_mtu: whether the device can get a larger MTU; not in a running cluster, which uses the present one
    """
    own = plan.own_slice
    with vxlan.static_neighbour(plan, peer), Ping(own, peer) as ping:
        fault = _await_answer(plan, ping, peer, deadline)
        if fault is not None:
            return fault
        rtts = [rtt for _ in range(3) if (rtt := ping.send(SMALL, 1.0)) is not None]
        rtt = min(rtts, default=1.0)
        most = path_stats.max_mtu(plan, peer)
        if raise_mtu:
            path_stats.raise_mtu(plan, most)
        mtu = path_stats.largest_packet(ping, min(most, path_stats.device_mtu(plan.network.device)), rtt)
    if mtu is None:
        return faults.large_packets_lost(own, peer, path_stats.MIN_MTU)
    path = PathStats(peer, mtu, rtt)
    path_stats.measured.add(peer.number)
    emit("step-progress", step=STEP, text=str(path), **path.facts())
    return path


def _await_answer(plan: Plan, ping: Ping, peer: Slice, deadline: Deadline) -> Fault | None:
    own = plan.own_slice
    over = False
    refusal: int | None = None
    while True:
        known = underlay.look_up(plan, peer)
        if known and ping.send(SMALL, 0.5) is not None:
            return None
        if not over:
            # Later refusals can come from the other slice having failed in the meantime.
            refusal = ping.refusal
        over = deadline.is_over()
        if over and (ping.heard or not deadline.all_started or deadline.is_over(since=UNHEARD_SECONDS)):
            break
        time.sleep(0.2)
    if not known:
        return faults.unknown_name(own, peer)
    if refusal is not None:
        return faults.refused(own, peer, refusal)
    if ping.heard:
        return faults.unanswered(own, peer)
    return faults.silent(own, peer, deadline.elapsed(), runs=deadline.all_started)


def _probe_tcp(plan: Plan, path: PathStats, deadline: Deadline) -> Fault | None:
    own, peer = plan.own_slice, path.peer
    while True:
        try:
            lost = tcp_probe.probe(own, peer, TCP_SECONDS)
        except tcp_probe.NotListening:
            if deadline.is_over():
                return faults.not_listening(own, peer)
            time.sleep(0.2)
            continue
        match lost:
            case "connect":
                return faults.no_connection(own, peer)
            case "segments":
                return faults.segments_lost(own, peer, path.mtu)
            case _:
                return None


def in_parallel(things: Iterable[T], act: Callable[[T], R], deadline: Deadline) -> list[R]:
    """An exception, such as the signal to stop, ends the deadline, so that the threads end soon."""
    with ThreadPoolExecutor(max_workers=64) as pool:
        try:
            return list(pool.map(act, things))
        except BaseException:
            deadline.end()
            raise
