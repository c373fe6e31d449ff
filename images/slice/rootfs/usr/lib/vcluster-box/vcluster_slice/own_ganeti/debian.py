"""Debian packages: installed ones and files, and the relations between them, as dpkg sees them."""

import functools
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_RELATION = re.compile(r"(?P<name>[^\s(:]+)(?::\S+)?\s*(?:\((?P<operator><<|<=|=|>=|>>)\s*(?P<version>[^)\s]+)\s*\))?")


@dataclass(frozen=True)
class Relation:
    """One alternative of a dependency."""

    text: str
    name: str
    operator: str | None
    version: str | None


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    architecture: str
    source: str
    #: each can be satisfied by one of its alternatives
    depends: tuple[tuple[Relation, ...], ...]
    provides: tuple[Relation, ...]
    file: str | None = None


class NotAPackage(Exception):
    pass


def read(file: Path) -> Package:
    """:raises NotAPackage: with the reason"""
    done = subprocess.run(["dpkg-deb", "--field", file], capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        raise NotAPackage(done.stderr.strip().splitlines()[-1].removeprefix("dpkg-deb: error: "))
    fields: dict[str, str] = {}
    for line in done.stdout.splitlines():
        if not line.startswith(" "):
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
    get = fields.get
    depends = f"{get('pre-depends', '')},{get('depends', '')}"
    source = get("source", "") or get("package", "")
    values = (get("package", ""), get("version", ""), get("architecture", ""), source, depends, get("provides", ""))
    return _package(*values, file=file.name)


def installed() -> dict[str, Package]:
    words = ("Package", "Version", "Architecture", "source:Package", "Pre-Depends", "Depends", "Provides")
    form = "\t".join(f"${{{word}}}" for word in ("db:Status-Status", *words)) + "\n"
    output = subprocess.run(["dpkg-query", "--show", f"--showformat={form}"], capture_output=True, text=True, check=True)
    found = {}
    for line in output.stdout.splitlines():
        status, name, version, architecture, source, pre_depends, depends, provides = line.split("\t")
        if status == "installed":
            found[name] = _package(name, version, architecture, source, f"{pre_depends},{depends}", provides)
    return found


def architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()


def satisfies(package: Package, relation: Relation) -> bool:
    if package.name == relation.name:
        return relation.version is None or compare(package.version, relation.operator or "", relation.version)
    for provided in package.provides:
        if provided.name == relation.name:
            if relation.version is None:
                return True
            if provided.version and compare(provided.version, relation.operator or "", relation.version):
                return True
    return False


@functools.cache
def compare(version: str, operator: str, other: str) -> bool:
    return subprocess.run(["dpkg", "--compare-versions", version, operator, other], check=False).returncode == 0


def names(packages: Iterable[Package]) -> set[str]:
    """Their own names, and those that they provide."""
    return {name for package in packages for name in (package.name, *(each.name for each in package.provides))}


def show(alternatives: Iterable[Relation]) -> str:
    return " | ".join(each.text for each in alternatives)


def _package(
    name: str, version: str, architecture: str, source: str, depends: str, provides: str, file: str | None = None
) -> Package:
    clauses = (tuple(_relations(clause.split("|"))) for clause in depends.split(","))
    kept = tuple(clause for clause in clauses if clause)
    provided = tuple(_relations(provides.split(",")))
    return Package(name, version, architecture, source.split(" ")[0], kept, provided, file)


def _relations(texts: Iterable[str]) -> Iterable[Relation]:
    for text in (text.strip() for text in texts):
        found = _RELATION.match(text)
        if found is not None:
            yield Relation(text, found["name"], found["operator"], found["version"])
