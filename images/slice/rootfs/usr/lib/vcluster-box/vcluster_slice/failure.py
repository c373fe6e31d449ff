"""The error for all failures that this program foresees."""

from pathlib import Path

LOG_LINES = 15


class StepFailed(Exception):
    """What went wrong, on which node, what to do about it, and a log with the details."""

    def __init__(
        self, message: str, *, node: str | None = None, hint: str | None = None, log: Path | None = None, output: str = ""
    ) -> None:
        super().__init__(message)
        self.node = node
        self.hint = hint
        self.log = log
        self.output = output

    def lines(self) -> list[str]:
        """The last lines of the failing command's output, then those of the log."""
        found = self.output.splitlines()[-LOG_LINES:]
        if self.log is not None:
            try:
                found += self.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
            except OSError:
                found.append(f"({self.log} cannot be read)")
        return found
