"""The end that was set for a cluster (`up --ttl`): then the slice stops by itself."""

from datetime import datetime, timezone

from .. import paths
from ..plan.model import Plan

STOPPED_BEFORE = 143


def exit_status(plan: Plan) -> int:
    """What the slice ends with when it is stopped.

    A cluster with an end has the engine's restart policy `on-failure`.  That is to bring it back when the engine itself was
    restarted, so the status is 128 and SIGTERM's number, as for any program; but not when its user has stopped it, so then
    it is 0.
    """
    return 0 if plan.expires is None or paths.REST.exists() else STOPPED_BEFORE


def seconds_left(plan: Plan) -> float | None:
    """0 when it has passed; None when none was set."""
    if plan.expires is None:
        return None
    return max(0.0, (plan.expires - datetime.now(timezone.utc)).total_seconds())
