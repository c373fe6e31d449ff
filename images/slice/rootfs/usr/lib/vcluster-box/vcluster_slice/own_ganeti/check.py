"""Tells whether Ganeti's packages, or an installed tree, fit this image: in a container that does nothing else.

It installs Ganeti in the container, but configures no package: that needs capabilities, and is not needed to import it.
"""

import re
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from .. import misfits
from ..failure import StepFailed
from . import debian, packages, tree
from .answer import Problem


def check(kind: str, directory: Path) -> dict[str, Any]:
    """
    :param directory: of the packages, or the tree
    :returns: `problems`, and unless there are some: `ganeti`, the version as Ganeti says it; `source`, where it is
        from; `chosen` and `suite`, files of packages; `missing`, what comes from the archive; `changes`, see `misfits`
    """
    if kind == "tree":
        found = tree.problems(directory, _release())
        answer = _answer(found) if found else _installed(directory)
        return {"version": tree.version_of(directory), **answer, "source": "tree"}
    try:
        choice = packages.choose(directory)
    except packages.Unusable as error:
        return _answer([error.problem])
    version = packages.version_of(choice.chosen)
    found, missing = packages.problems(choice.chosen, debian.installed(), _release())
    files = {
        "version": version,
        "source": f"packages {version}",
        "chosen": [each.file for each in choice.chosen],
        "suite": choice.suite.file if choice.suite is not None else None,
        "missing": missing,
    }
    if found:
        return {**_answer(found), **files}
    with tempfile.TemporaryDirectory() as unpacked:
        for each in choice.chosen:
            subprocess.run(["dpkg-deb", "--extract", directory / (each.file or ""), unpacked], check=True)
        installed = _installed(Path(unpacked)) if not missing else _unfinished(Path(unpacked))
        return {**installed, **files}


def _installed(directory: Path) -> dict[str, Any]:
    tree.install(directory)
    lacking = [path for path in tree.PROGRAMS if not (tree.ROOT / path).exists()]
    if lacking:
        return _answer([Problem(f"/{lacking[0]} would be missing in the image", "give all parts of Ganeti")])
    try:
        ganeti, daemons = _version_of_programs(), _version_of_daemons()
        if _series(ganeti) != _series(daemons):
            message = f"Ganeti's Python programs have version {ganeti}, and its daemons {daemons}"
            return _answer([Problem(message, "give all parts of one version")])
        return {**_answer([]), "ganeti": ganeti, "version": ganeti, "changes": misfits.examine()}
    except StepFailed as error:
        return _answer([Problem(f"Ganeti does not start in the image: {error}")])


def _unfinished(directory: Path) -> dict[str, Any]:
    """Of packages whose dependencies are not installed yet, so that not all of their modules can be imported."""
    tree.install(directory)
    with suppress(StepFailed):
        return {**_answer([]), "ganeti": _version_of_programs()}
    return _answer([])


def _version_of_programs() -> str:
    code = "from ganeti import constants; print(constants.RELEASE_VERSION)"
    return _run([sys.executable, "-B", "-c", code])


def _version_of_daemons() -> str:
    said = _run(["/usr/sbin/ganeti-luxid", "--version"])
    found = re.search(r"\d+\.\d+[\w.~]*", said)
    return said if found is None else found[0]


def _run(argv: list[str]) -> str:
    env = {"PATH": "/usr/sbin:/usr/bin", "PYTHONPATH": misfits.GANETI, "LANG": "C.UTF-8"}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        raise StepFailed((done.stderr or done.stdout).strip().splitlines()[-1])
    return done.stdout.strip()


def _series(version: str) -> list[str]:
    return version.split(".")[:2]


def _answer(found: list[Problem]) -> dict[str, Any]:
    return {"problems": [{"message": each.message, "hint": each.hint} for each in found]}


def _release() -> str:
    text = Path("/etc/os-release").read_text()
    found = re.search(r'^VERSION_CODENAME="?(\w+)', text, re.MULTILINE)
    return "" if found is None else found[1]
