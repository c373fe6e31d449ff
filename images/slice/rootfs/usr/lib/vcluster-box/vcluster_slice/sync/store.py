"""What was brought into the slice, and the image's own files in these places.  It survives restarts of the slice."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import paths

STORE = paths.STATE / "sync"
_STATE = STORE / "state.json"
_ORIGINALS = STORE / "originals"
#: the files that were brought, by their paths in the tree: another slice that joins gets them from here
TREE = STORE / "tree"


@dataclass(frozen=True)
class File:
    content: bytes
    mode: int


@dataclass(frozen=True)
class Synced:
    """The version of the tree, and for each place that has one of its files: the file's path in the tree."""

    version: str
    places: Mapping[Path, str]


def read() -> Synced:
    try:
        state = json.loads(_STATE.read_text())
    except FileNotFoundError:
        return Synced("", {})
    return Synced(state["version"], {Path(place): name for place, name in state["places"].items()})


def write(synced: Synced) -> None:
    STORE.mkdir(parents=True, exist_ok=True)
    draft = _STATE.with_suffix(".new")
    draft.write_text(json.dumps({"version": synced.version, "places": {str(p): n for p, n in synced.places.items()}}))
    draft.replace(_STATE)


def describe() -> dict[str, Any] | None:
    """What was brought, for the slice's status; None if nothing was."""
    synced = read()
    return {"version": synced.version, "files": sorted(set(synced.places.values()))} if synced.places else None


def original(place: Path, synced: Synced) -> File | None:
    """The image's own file, if it has one in that place."""
    return read_file(_ORIGINALS / place.relative_to("/")) if place in synced.places else read_file(place)


def keep_original(place: Path, synced: Synced) -> None:
    """Before the first change of a place.  A file that exists already is from an interrupted change of it."""
    kept = _ORIGINALS / place.relative_to("/")
    if place in synced.places or kept.exists() or not place.exists():
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = kept.with_name(f"{kept.name}.new")
    shutil.copy2(place, draft)
    draft.replace(kept)


def forget() -> None:
    shutil.rmtree(STORE, ignore_errors=True)


def read_file(path: Path) -> File | None:
    try:
        return File(path.read_bytes(), path.stat().st_mode & 0o777)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def put(place: Path, file: File | None) -> None:
    """Replaces, creates or removes a file.

    Python knows a compiled module by the second in which its source was written, so the compiled one is removed.
    """
    if file is None:
        place.unlink(missing_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{place.name}.vcluster-box")
        draft.write_bytes(file.content)
        os.chmod(draft, file.mode)
        draft.replace(place)
    for compiled in (place.parent / "__pycache__").glob(f"{place.stem}.*.pyc"):
        compiled.unlink(missing_ok=True)
