"""The error of everything that this program cannot do."""

from pathlib import Path

LOG_LINES = 15


class StepFailed(Exception):
    """A step could not be done: what went wrong, on which node, what to do, and the log that tells more."""

    def __init__(
        self, message: str, *, node: str | None = None, hint: str | None = None, log: Path | None = None, output: str = ""
    ) -> None:
        super().__init__(message)
        self.node = node
        self.hint = hint
        self.log = log
        self.output = output

    def lines(self) -> list[str]:
        """The last lines of what the failing command printed, then those of the log concerned."""
        found = self.output.splitlines()[-LOG_LINES:]
        if self.log is not None:
            try:
                found += self.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
            except OSError:
                found.append(f"({self.log} cannot be read)")
        return found
