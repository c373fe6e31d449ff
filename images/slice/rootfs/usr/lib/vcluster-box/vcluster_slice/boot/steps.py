"""The boot's steps: a step does its work, and `run_steps` reports on it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ..events import emit
from ..failure import StepFailed
from ..plan.model import Plan
from .check import FULL_HINT, lacks_space


@dataclass(frozen=True)
class Step:
    """One part of the way to a running cluster.  `run` returns a reason if there was nothing to do."""

    id: str
    title: str
    run: Callable[[Plan], str | None]


def run_steps(steps: tuple[Step, ...], plan: Plan) -> StepFailed | None:
    """Runs the steps in order.  Stops at the first that fails, reports it, and returns why."""
    for step in steps:
        emit("step-started", step=step.id, title=step.title)
        started = time.monotonic()
        try:
            skipped = step.run(plan)
        except StepFailed as error:
            return _report(plan, step, error)
        except OSError as error:
            return _report(plan, step, StepFailed(str(error)))
        elapsed = round((time.monotonic() - started) * 1000)
        if skipped is None:
            emit("step-done", step=step.id, title=step.title, elapsedMs=elapsed)
        else:
            emit("step-skipped", step=step.id, title=step.title, reason=skipped)
    return None


def _report(plan: Plan, step: Step, error: StepFailed) -> StepFailed:
    hint = FULL_HINT if lacks_space(plan, error) else error.hint
    emit(
        "failed", step=step.id, title=step.title, message=str(error), node=error.node, hint=hint,
        log=error.lines(), logfile=str(error.log) if error.log else None,
    )  # fmt: skip
    return error
