"""Starts a node's metadata daemon as the slice starts daemons, without `ensure-dirs`.

The first instance that a node gets starts the daemon, by `daemon-util`, whose `ensure-dirs` takes 0.3 s of CPU each
time.  The slice has run that once for all nodes (`vcluster_slice/nodes/daemons.py`).  If the daemon does not start this
way, Ganeti's follows, which reports why.
"""

import os
from contextlib import suppress
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from . import expect

#: what `daemon-util` gives the program: the daemon listens on port 80
CAPABILITY = "cap_net_bind_service=+ep"
#: the extended attribute that has it (capabilities(7))
ATTRIBUTE = "security.capability"
#: what does not work without the change
LOST = "the first instance on each node takes longer to create"


def change(backend: ModuleType) -> None:
    original = backend.ModifyInstanceMetadata
    expect.parameters(original, "metadata")
    alive, run, name = backend.utils.IsDaemonAlive, backend.utils.RunCmd, backend.constants.METAD

    def modify_instance_metadata(metadata: Any) -> Any:
        if not alive(name):
            with suppress(Exception):
                _start(run, name)
        return original(metadata)

    backend.ModifyInstanceMetadata = modify_instance_metadata


def _start(run: Any, name: str) -> None:
    from vcluster_slice.nodes import daemons  # here, because every `gnt-*` command imports this file

    program = os.path.realpath(f"/usr/sbin/{name}")
    if ATTRIBUTE not in os.listxattr(program):
        run(["setcap", CAPABILITY, program])
    node: Any = SimpleNamespace(directory=Path(os.environ["GANETI_ROOTDIR"]), name=os.environ["GANETI_HOSTNAME"])
    daemons.start(node, name)
