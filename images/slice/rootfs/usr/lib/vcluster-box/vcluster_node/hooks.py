"""Calls functions with a module when it is imported.

A function that does not fit this Ganeti is left out, unless the cluster cannot do without it: its module has `VITAL`.
"""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

Change = Callable[[ModuleType], None]
#: name of a module -> what changes it, in this order
Changes = dict[str, tuple[Change, ...]]

#: while the slice runs, a file for each change that did not fit (`vcluster_slice/misfits.py`)
NOTES = "/run/vcluster-box/misfits"
#: why changes of this process did not fit, by their names
misfits: dict[str, str] = {}
#: whether even vital changes are left out, to find all that do not fit
tolerant = False


class Misfit(ImportError):
    """A change that the cluster cannot do without does not fit this Ganeti."""


def name_of(change: Change) -> str:
    """`vcluster_node/watcher.py` has the change `watcher`."""
    return change.__module__.rpartition(".")[2]


def describe(change: Change, reason: str | None) -> dict[str, Any]:
    """:param reason: why it does not fit; None if it does"""
    own = sys.modules[change.__module__]
    purpose = " ".join((own.__doc__ or "").strip().partition("\n\n")[0].split())
    vital = bool(getattr(own, "VITAL", False))
    return {"change": name_of(change), "purpose": purpose, "lost": vars(own)["LOST"], "vital": vital, "reason": reason}


def show(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    # Python guesses, because the module is being imported.
    return text.replace("partially initialized ", "").removesuffix(" (most likely due to a circular import)")


class _ChangingLoader(Loader):
    def __init__(self, loader: Loader, changes: tuple[Change, ...]) -> None:
        self._loader = loader
        self._changes = changes

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        left = self._changes
        while True:
            # Again after a misfit, which could have changed a part of the module before it failed.
            self._loader.exec_module(module)
            misfit = _apply(module, left)
            if misfit is None:
                return
            left = tuple(change for change in left if change is not misfit)


def _apply(module: ModuleType, changes: tuple[Change, ...]) -> Change | None:
    """:returns: the first change that does not fit; those after it were not applied"""
    for change in changes:
        try:
            change(module)
        except Exception as error:
            row = describe(change, show(error))
            misfits[row["change"]] = row["reason"]
            if row["vital"] and not tolerant:
                raise Misfit(f"vcluster-box's change {row['change']} does not fit this Ganeti: {row['reason']}") from error
            _note(row)
            return change
    return None


def _note(row: dict[str, Any]) -> None:
    """The directory exists in a running slice only."""
    import json  # here, because every `gnt-*` command imports this file

    with suppress(OSError):
        new = f"{NOTES}/.{row['change']}.{os.getpid()}"
        with open(new, "w", encoding="utf-8") as file:
            json.dump(row, file)
        os.replace(new, f"{NOTES}/{row['change']}")


class _Finder(MetaPathFinder):
    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        changes = self._changes.get(fullname)
        if changes is None:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _ChangingLoader(spec.loader, changes)
        return spec


def install(changes: Changes) -> None:
    sys.meta_path.insert(0, _Finder(changes))
