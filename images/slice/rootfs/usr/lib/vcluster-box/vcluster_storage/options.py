"""Command lines: options in any place, short ones with their value attached or not (`-L10m`, `-n NAME`)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .failure import BadUsage


@dataclass(frozen=True)
class Option:
    long: str
    short: str = ""
    value: bool = False


@dataclass
class Options:
    words: list[str] = field(default_factory=list)
    given: list[tuple[str, str]] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return any(option == name for option, _ in self.given)

    def all(self, name: str) -> list[str]:
        return [value for option, value in self.given if option == name]

    def last(self, name: str) -> str | None:
        return (self.all(name) or [None])[-1]


def parse(known: Sequence[Option], argv: Sequence[str]) -> Options:
    """
    :raises BadUsage: for an option that is not known
    """
    options, rest = Options(), list(argv)
    while rest:
        word = rest.pop(0)
        if word == "--":
            options.words += rest
            break
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            option = _long(known, name, word)
            if option.value and not equals:
                value = _next(rest, word)
            options.given.append((option.long, value))
        elif word.startswith("-") and len(word) > 1:
            _short(known, word, rest, options)
        else:
            options.words.append(word)
    return options


def _long(known: Sequence[Option], name: str, word: str) -> Option:
    exact = [option for option in known if option.long == name]
    found = exact or [option for option in known if option.long.startswith(name)]
    if len(found) != 1:
        raise BadUsage(f"unrecognised option '{word}', or one that is not simulated")
    return found[0]


def _short(known: Sequence[Option], word: str, rest: list[str], options: Options) -> None:
    letters = word[1:]
    while letters:
        letter, letters = letters[0], letters[1:]
        option = next((option for option in known if option.short == letter), None)
        if option is None:
            raise BadUsage(f"invalid option -- '{letter}', or one that is not simulated")
        if option.value:
            options.given.append((option.long, letters or _next(rest, word)))
            return
        options.given.append((option.long, ""))


def _next(rest: list[str], word: str) -> str:
    if not rest:
        raise BadUsage(f"option '{word}' requires an argument")
    return rest.pop(0)
