"""Whether Debian packages of Ganeti can be installed in this image."""

from dataclasses import dataclass
from pathlib import Path

from . import debian
from .answer import Problem
from .debian import Package, Relation

SOURCE = "ganeti"
SUITE = "ganeti-testsuite"
#: what Ganeti does not need to run
_OTHERS = ("ganeti-doc", SUITE)


@dataclass(frozen=True)
class Choice:
    """Of the files in a directory."""

    chosen: tuple[Package, ...]
    #: the package with the QA suite
    suite: Package | None


class Unusable(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def choose(directory: Path) -> Choice:
    """:raises Unusable: when a file is no package, or they are not of Ganeti"""
    found: dict[str, Package] = {}
    for file in sorted(directory.glob("*.deb")):
        try:
            package = debian.read(file)
        except debian.NotAPackage as error:
            raise Unusable(Problem(f"{file.name} is not a Debian package: {error}")) from error
        if package.name in found:
            message = f"{found[package.name].file} and {file.name} are both the package {package.name}"
            raise Unusable(Problem(message, "give one of them"))
        found[package.name] = package
    chosen = [each for each in found.values() if each.name not in _OTHERS and not each.name.endswith("-dbgsym")]
    if not any(of_ganeti(each) for each in chosen):
        raise Unusable(Problem(f"none of the packages is Ganeti: {', '.join(found)}", "give the packages of one build"))
    return Choice(tuple(chosen), found.get(SUITE))


def of_ganeti(package: Package) -> bool:
    return package.source == SOURCE


def version_of(chosen: tuple[Package, ...]) -> str:
    """Of the package `ganeti`, or else of the first one of Ganeti."""
    own = sorted((each for each in chosen if of_ganeti(each)), key=lambda each: each.name)
    return own[0].version


def problems(chosen: tuple[Package, ...], image: dict[str, Package], release: str) -> tuple[list[Problem], list[str]]:
    """:returns: why they cannot be installed, and what they need from the archive"""
    machine = debian.architecture()
    for each in chosen:
        if each.architecture not in ("all", machine):
            message = f"{each.file} is built for {each.architecture}, and the engine's machine is {machine}"
            return [Problem(message)], []
    after = {**image, **{each.name: each for each in chosen}}
    known = debian.names(after.values())
    unmet = [(each, clause) for each in chosen for clause in each.depends if not _is_met(clause, after)]
    missing = [debian.show(clause) for _, clause in unmet if any(one.name not in known for one in clause)]
    found = [
        Problem(_mismatch(each, clause, after, release))
        for each, clause in unmet
        if all(one.name in known for one in clause)
    ]
    return list(dict.fromkeys(found + _broken(chosen, after))), list(dict.fromkeys(missing))


def _is_met(clause: tuple[Relation, ...], after: dict[str, Package]) -> bool:
    return any(debian.satisfies(package, one) for one in clause for package in after.values())


def _mismatch(package: Package, clause: tuple[Relation, ...], after: dict[str, Package], release: str) -> str:
    has = next((after[one.name] for one in clause if one.name in after), None)
    whose = "the packages have" if has is not None and has.file is not None else f"Debian {release} has"
    version = "another version" if has is None else has.version
    return f"{package.name} {package.version} needs {debian.show(clause)}, and {whose} {version}"


def _broken(chosen: tuple[Package, ...], after: dict[str, Package]) -> list[Problem]:
    """Packages of the image that would lose what they need."""
    new = {each.name: each for each in chosen}
    found = []
    for package in after.values():
        if package.file is not None:
            continue
        for clause in package.depends:
            replaced = next((new[one.name] for one in clause if one.name in new), None)
            if replaced is not None and not _is_met(clause, after):
                message = f"{package.name} {package.version} of the image needs {debian.show(clause)}, and the packages"
                found.append(Problem(f"{message} have {replaced.version}", "give all packages of the build"))
    return found
