"""What the command line tool is told: `src/image/own/check-own.ts`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    message: str
    hint: str | None = None
