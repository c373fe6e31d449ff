"""Events: one JSON object a line on standard output, which is the container's log.

`step-started`, `step-progress`, `step-done`, `step-skipped` and `failed` carry the id of the step; `warning` reports a
fault that does not stop the slice; `ready` means that the cluster answers.  The command line tool shows them as its
progress.
"""

import json
import sys
from datetime import datetime, timezone


def emit(kind: str, **fields: object) -> None:
    """Writes one event.  Fields that are None are left out."""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    event = {"time": now, "type": kind, **{key: value for key, value in fields.items() if value is not None}}
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()
