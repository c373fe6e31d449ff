"""Notes what Ganeti tells a node about the cluster, for the command line tool (`vcluster_slice/ganeti/latest.py`)."""

import os
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from . import expect, init_only

#: what does not work without the change
LOST = "commands that act on a stopped cluster do not know its last nodes and master"


def change(ssconf: ModuleType) -> None:
    original = ssconf.SimpleStore.WriteFiles
    expect.parameters(original, "self", "values")
    if os.environ.get(init_only.VARIABLE) == "1":
        # The other nodes have yet to join: until then, the plan has them all.
        return

    def write_files(self: Any, *values: Any, **options: Any) -> None:
        original(self, *values, **options)
        from vcluster_slice.ganeti.latest import note  # here, because every `gnt-*` command imports this file

        with suppress(OSError):  # The disk is full: a note that is old is better than a change that fails.
            note(Path(os.environ["GANETI_ROOTDIR"]))

    ssconf.SimpleStore.WriteFiles = write_files
