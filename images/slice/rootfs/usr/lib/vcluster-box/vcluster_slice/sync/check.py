"""Whether changed modules can be loaded, and which daemons load them."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..commands import node_environment
from ..failure import StepFailed
from ..plan.model import Node
from . import layout
from .store import File

#: What loads Ganeti's modules and runs on: two daemons.  Each job is a process of its own, and so is each client.
DAEMONS = {"noded": "ganeti.server.noded", "rapi": "ganeti.server.rapi"}
JOBS = "ganeti.jqueue.exec"

_LIST = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
print(json.dumps([module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)]))
"""


def syntax(name: str, content: bytes) -> None:
    """
    :raises StepFailed: when Python cannot compile a file of the tree
    """
    try:
        compile(content, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f"{name}, line {line}" if line else name
        raise StepFailed(f"{where}: {getattr(error, 'msg', error)}; nothing was changed") from error


def daemons_that_load(changed: Mapping[Path, File | None], node: Node) -> list[str]:
    """Loads the daemons' modules as they will be, from a copy of Ganeti's package, and those of jobs.

    :param changed: new files in Ganeti's package; None for a file that goes
    :param node: any node of this slice
    :returns: the daemons that load one of them
    :raises StepFailed: when one of these programs does not load; nothing was changed yet
    """
    with tempfile.TemporaryDirectory(prefix="vcluster-box-sync-") as directory:
        package = Path(directory) / "ganeti"
        _link(layout.modules(), package)
        for place, file in changed.items():
            _replace(package / place.relative_to(layout.modules()), file)
        staged = {str(package / place.relative_to(layout.modules())) for place in changed}
        with ThreadPoolExecutor() as pool:
            *loaded, _ = pool.map(lambda module: _loaded(module, directory, node), (*DAEMONS.values(), JOBS))
    return [daemon for daemon, files in zip(DAEMONS, loaded, strict=True) if staged & files]


def _link(source: Path, target: Path) -> None:
    """Links every file, and the directories of compiled modules as they are."""
    target.mkdir()
    for entry in os.scandir(source):
        if entry.is_dir() and entry.name != "__pycache__":
            _link(Path(entry.path), target / entry.name)
        else:
            (target / entry.name).symlink_to(entry.path)


def _replace(path: Path, file: File | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    if file is not None:
        path.write_bytes(file.content)


def _loaded(module: str, directory: str, node: Node) -> set[str]:
    environment = {**node_environment(node), "PYTHONPATH": directory, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _LIST, module], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, errors="replace", check=False,
    )  # fmt: skip
    if done.returncode != 0:
        trace = done.stderr.replace(f"{directory}/ganeti/", "lib/")
        last = trace.strip().rpartition("\n")[2]
        raise StepFailed(f"{module} does not load: {last}; nothing was changed", output=trace)
    # A module can print something when it is loaded.
    return set(json.loads(done.stdout.strip().rpartition("\n")[2]))
