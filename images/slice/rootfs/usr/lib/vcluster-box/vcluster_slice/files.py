"""Writes files: most with the owner and mode that Ganeti's daemons expect, replacing the target atomically."""

import os
import shutil
from pathlib import Path


def ensure(path: Path, content: str) -> None:
    """Writes a text file in place, if its content is different: boots of a cluster work with a full disk, too."""
    if not path.exists() or path.read_text() != content:
        path.write_text(content)


def copy(source: Path, target: Path) -> None:
    """With owner and mode."""
    status = source.stat()
    write(target, source.read_bytes(), like=status)


def write(target: Path, content: bytes, *, like: os.stat_result) -> None:
    """Writes a file with the owner and mode of another."""
    draft = target.with_name(f"{target.name}.new")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    os.chown(draft, like.st_uid, like.st_gid)
    os.chmod(draft, like.st_mode & 0o7777)
    draft.replace(target)


def write_as(target: Path, content: str, *, user: str, group: str, mode: int) -> None:
    draft = target.with_name(f"{target.name}.new")
    draft.touch(mode=0o600)
    draft.write_text(content)
    shutil.chown(draft, user, group)
    draft.chmod(mode)
    draft.replace(target)
