"""The commands about the Ganeti of an image: `changes`, `check-ganeti` and `install-tree`."""

import json
import sys
from pathlib import Path

from .. import misfits
from ..failure import StepFailed
from . import check, tree


def run(command: str, *words: str) -> int:
    try:
        match command:
            case "changes":
                print(json.dumps(misfits.examine()))
            case "check-ganeti":
                kind, directory = words
                # On one line, for a reader of the container's log.
                print(json.dumps(check.check(kind, Path(directory))))
            case _:
                tree.install(Path(words[0]))
    except StepFailed as error:
        print(f"vcluster-slice: {error}", *error.lines(), sep="\n", file=sys.stderr)
        return 1
    return 0
