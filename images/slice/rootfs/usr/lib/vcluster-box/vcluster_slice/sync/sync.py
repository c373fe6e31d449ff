"""Makes the slice's Ganeti the image's, overlaid with the files of a source tree."""

import difflib
import fcntl
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from .. import paths
from ..failure import StepFailed
from ..ganeti.ssconf import read_ssconf
from ..nodes.restart_daemons import restart_daemons
from ..plan.model import Plan
from . import check, layout, store
from .store import File, Synced

#: what the slice reports: files by their paths in the tree, and what was restarted
Report = dict[str, Any]


def sync(plan: Plan, version: str, archive: IO[bytes], *, force: bool = False) -> Report:
    """Brings the files that differ from the image's, takes back those of earlier calls that do not any more, and
    restarts the daemons that load them.

    :param version: of the tree
    :param archive: the tree's files (tar), by their paths in it
    :raises StepFailed: when the tree is of another version than Ganeti here, or cannot be loaded; nothing is changed
    """
    files = _read(archive)
    with _alone():
        return _sync(plan, version, files, force=force)


def _sync(plan: Plan, version: str, files: Mapping[str, File], *, force: bool) -> Report:
    here = ganeti_version(plan)
    if version != here and not force:
        raise StepFailed(
            f"the tree is Ganeti {version}, but the cluster runs Ganeti {here}",
            hint="check out the same version, or bring the files all the same with --force",
        )
    before = store.read()
    wanted: dict[Path, tuple[str, File]] = {}
    for name, file in files.items():
        place = layout.target(name)
        if place is None:
            continue
        own = store.original(place, before)
        if own is None or _as_in_tree(own.content) != file.content:
            # The modes of a checked-out tree follow its owner's umask.
            wanted[place] = (name, File(file.content, own.mode if own else 0o755 if file.mode & 0o100 else 0o644))
    return _make(plan, version, before, wanted)


def reset(plan: Plan) -> Report:
    """Takes back everything."""
    with _alone():
        before = store.read()
        report = _make(plan, before.version, before, {})
        store.forget()
        return report


def diff() -> str:
    """What was brought, compared with the image's own files, as a unified diff."""
    synced = store.read()
    lines: list[str] = []
    for name, place in sorted({name: place for place, name in synced.places.items()}.items()):
        # The suite is not in the image.
        if place.is_relative_to(layout.QA):
            continue
        own, brought = store.original(place, synced), store.read_file(place)
        lines += difflib.unified_diff(_lines(own), _lines(brought), f"image/{name}" if own else "/dev/null", name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def ganeti_version(plan: Plan) -> str:
    """As Ganeti itself says it: `3.0.2`."""
    version = next((found for node in plan.own_nodes if (found := read_ssconf(node, "release_version"))), "")
    return version.strip()


def _make(plan: Plan, version: str, before: Synced, wanted: Mapping[Path, tuple[str, File]]) -> Report:
    after = {place: file for place, (_, file) in wanted.items()}
    gone = {place: store.original(place, before) for place in before.places if place not in wanted}
    changes: dict[Path, File | None] = {
        place: file for place, file in {**after, **gone}.items() if store.read_file(place) != file
    }
    names = {**before.places, **{place: name for place, (name, _) in wanted.items()}}
    if not changes:
        return {"brought": [], "restored": [], "restarted": []}
    concerned = _check(plan, changes, names)
    # In this order: what is interrupted is finished by the next call.
    for place in after:
        store.keep_original(place, before)
    store.write(Synced(version, names))
    for place, file in changes.items():
        store.put(place, file)
    store.write(Synced(version, {place: name for place, (name, _) in wanted.items()}))
    _keep_tree({name: file for name, file in wanted.values()})
    restarted = restart_daemons(plan, concerned, plan.own_nodes) if concerned else []
    return {
        "brought": sorted({names[place] for place in changes if place in after}),
        "restored": sorted({names[place] for place in changes if place in gone}),
        "restarted": [{"daemon": daemon, "node": node.name} for node, daemon in restarted],
    }


def _check(plan: Plan, changes: Mapping[Path, File | None], names: Mapping[Path, str]) -> list[str]:
    """:returns: the daemons that load one of the files"""
    for place, file in changes.items():
        if file is not None and (place.suffix == ".py" or file.content.startswith(b"#!/usr/bin/python3")):
            check.syntax(names[place], file.content)
    modules = {place: file for place, file in changes.items() if place.is_relative_to(layout.modules())}
    return check.daemons_that_load(modules, plan.own_nodes[0]) if modules and plan.own_nodes else []


def _as_in_tree(installed: bytes) -> bytes:
    """Without the line that Ganeti's build adds to its tools."""
    return installed.replace(b"# Generated file; do not edit.\n", b"", 1)


def _keep_tree(files: Mapping[str, File]) -> None:
    for old in [path for path in store.TREE.rglob("*") if path.is_file()]:
        if str(old.relative_to(store.TREE)) not in files:
            old.unlink()
    for name, file in files.items():
        store.put(store.TREE / name, file)


def _read(archive: IO[bytes]) -> dict[str, File]:
    """
    :raises StepFailed: when the archive ends too early
    """
    files = {}
    try:
        with tarfile.open(mode="r|*", fileobj=archive) as tar:
            for entry in tar:
                if entry.isfile() and ".." not in Path(entry.name).parts:
                    content = tar.extractfile(entry)
                    files[entry.name.removeprefix("./")] = File(content.read() if content else b"", entry.mode)
    except (tarfile.TarError, EOFError) as error:
        raise StepFailed("the archive of the tree is incomplete; nothing was changed") from error
    return files


def _lines(file: File | None) -> list[str]:
    return file.content.decode(errors="replace").splitlines(keepends=True) if file else []


@contextmanager
def _alone() -> Iterator[None]:
    """One after another."""
    paths.RUN.mkdir(parents=True, exist_ok=True)
    with open(paths.RUN / "sync.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
