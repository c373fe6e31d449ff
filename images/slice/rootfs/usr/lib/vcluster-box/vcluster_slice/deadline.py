"""The end that was set for a cluster (`up --ttl`): then the slice stops by itself."""

from datetime import datetime, timezone

from .plan import Plan

#: What the slice ends with when it is stopped before its end, so that the engine's restart policy `on-failure`, which such a
#: cluster has, brings it back when the engine itself was restarted: 128 and SIGTERM's number, as for any program.
STOPPED_BEFORE = 143


def seconds_left(plan: Plan) -> float | None:
    """0 when it has passed; None when none was set."""
    if plan.expires is None:
        return None
    return max(0.0, (plan.expires - datetime.now(timezone.utc)).total_seconds())
