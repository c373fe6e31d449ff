"""The largest packet that reaches another slice whole: found by trying."""

import json
from pathlib import Path

from ..commands import run
from ..plan.model import Plan, Slice
from . import vxlan
from .ping import Echo

#: What every network on the way must carry.  Those of IPv4 do.
LEAST = 576
TRIES = 3


def limit(plan: Plan, peer: Slice) -> int:
    """What the device that leads there can carry at the most."""
    if peer.underlay is None:
        return of_device(plan.device)
    address = vxlan.destination(plan, peer)
    if address is None:
        return LEAST
    (route,) = json.loads(run(["ip", "-json", "route", "get", address]))
    return of_device(route["dev"]) - vxlan.HEADERS


def largest(echo: Echo, most: int, rtt: float) -> int | None:
    """
    :param most: bytes that no answer is expected for more than
    :param rtt: seconds that a small packet takes
    :returns: None: not even the least passes
    """
    patience = max(0.15, 4 * rtt)

    def passes(size: int) -> bool:
        return any(echo.ping(size, patience) is not None for _ in range(TRIES))

    if passes(most):
        return most
    low, high = LEAST, most
    if not passes(low):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if passes(middle) else (low, middle)
    return low


def set_mtu(plan: Plan, mtu: int) -> None:
    if of_device(plan.device) != mtu:
        run(["ip", "link", "set", plan.device, "mtu", str(mtu)])


def raise_mtu(plan: Plan, mtu: int) -> None:
    if of_device(plan.device) < mtu:
        set_mtu(plan, mtu)


def of_device(device: str) -> int:
    return int(Path(f"/sys/class/net/{device}/mtu").read_text())
