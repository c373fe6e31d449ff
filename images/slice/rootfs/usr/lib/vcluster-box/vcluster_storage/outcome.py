"""What a program has printed, and how it ended."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Outcome:
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    status: int = 0
    #: asks the user; the node daemon has none, so the answer is no
    ask: Callable[[str], bool] = lambda question: False

    def agreed(self, question: str) -> bool:
        return self.ask(f"{question} [y/n]: ")

    def say(self, line: str) -> None:
        self.out.append(f"  {line}\n")

    def warn(self, line: str) -> None:
        self.err.append(f"  {line}\n")

    @property
    def stdout(self) -> str:
        return "".join(self.out)

    @property
    def stderr(self) -> str:
        return "".join(self.err)
