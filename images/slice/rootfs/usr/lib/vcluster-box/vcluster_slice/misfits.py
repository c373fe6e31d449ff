"""Which of the changes to Ganeti (`vcluster_node`) fit the Ganeti of this slice.

The image has a list, made when it was built.  A change can stop to fit when files of Ganeti are edited in a running
slice; the program in which it failed then leaves a note (`vcluster_node/hooks.py`).
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import paths
from .commands import clean_environment
from .events import emit
from .failure import StepFailed
from .plan.model import Plan

#: of the image: rows that `vcluster_node/hooks.py` describes
LIST = Path("/usr/share/vcluster-box/changes.json")
#: the same, as notes of programs that run
NOTES = paths.RUN / "misfits"
GANETI = "/usr/share/ganeti/default"


def examine() -> list[dict[str, Any]]:
    """All changes, with the reasons why they do not fit, as a program of a node finds them now.

    :raises StepFailed: when Python ends with an error
    """
    env = {
        **clean_environment(),
        "GANETI_ROOTDIR": str(paths.NODE_TEMPLATE),
        "GANETI_HOSTNAME": "node",
        "PYTHONPATH": GANETI,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    argv = [sys.executable, "-m", "vcluster_node"]
    done = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StepFailed("the changes to Ganeti cannot be examined", output=done.stderr)
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def known() -> list[dict[str, Any]]:
    """Those that are known not to fit, without looking."""
    rows = {row["change"]: row for row in _listed() if row["reason"] is not None}
    with suppress(OSError):
        for note in sorted(NOTES.iterdir()):
            if not note.name.startswith("."):
                row = json.loads(note.read_text())
                rows[row["change"]] = row
    return [rows[name] for name in sorted(rows)]


def prepare_notes() -> None:
    NOTES.mkdir(parents=True, exist_ok=True)
    # Ganeti's daemons run as several users.
    os.chmod(NOTES, 0o1777)
    for note in NOTES.iterdir():
        note.unlink(missing_ok=True)


def check(_plan: Plan) -> None:
    """A step of the boot.

    :raises StepFailed: when a change does not fit that the cluster cannot do without
    """
    rows = known()
    for row in rows:
        if row["vital"]:
            raise StepFailed(
                f"vcluster-box's change {row['change']} does not fit this Ganeti: {row['reason']}",
                hint=f"without it, {row['lost']}; `vcluster-box doctor --ganeti` lists all changes",
            )
    for row in rows:
        emit("warning", message=describe(row))


def describe(row: dict[str, Any]) -> str:
    reason = f"{row['change']} does not fit this Ganeti ({row['reason']})"
    return f"vcluster-box's change {reason}, so {row['lost']}"


def _listed() -> list[dict[str, Any]]:
    with suppress(FileNotFoundError):
        rows: list[dict[str, Any]] = json.loads(LIST.read_text())
        return rows
    return []
