"""Prints all changes and whether they fit the installed Ganeti, as JSON: `python3 -m vcluster_node`.

To run with GANETI_ROOTDIR and GANETI_HOSTNAME set, as a program of a node (see `vcluster_slice/misfits.py`).
"""

import importlib
import json
import os
import sys
from typing import Any

from . import CHANGES, follow_master, hooks


def main() -> None:
    hooks.tolerant = True
    os.environ[follow_master.VARIABLE] = "1"  # Without it, that change does nothing.
    broken: dict[str, str] = {}
    for name in CHANGES:
        try:
            importlib.import_module(name)
        except Exception as error:
            broken[name] = f"{name} cannot be imported: {hooks.show(error)}"
    rows: dict[str, dict[str, Any]] = {}
    for name, changes in CHANGES.items():
        for change in changes:
            own = hooks.name_of(change)
            reason = hooks.misfits.get(own) or broken.get(name)
            if own not in rows or reason is not None:
                rows[own] = hooks.describe(change, reason)
    json.dump(sorted(rows.values(), key=lambda row: str(row["change"])), sys.stdout)


main()
