"""Lets `gnt-cluster init` write the files of a cluster without starting its daemons.

Ganeti starts noded and the master's daemons, waits for both (it looks once a second), and submits a job that only runs
hooks (`LUClusterPostInit`).  At the slice's first boot all of them would be stopped at once, so that the nodes can join
(`vcluster_slice/boot/join.py`).  With VCLUSTER_BOX_INIT_ONLY=1 none of this happens.
"""

import os
from types import ModuleType
from typing import Any

from . import expect

VARIABLE = "VCLUSTER_BOX_INIT_ONLY"


def change_bootstrap(bootstrap: ModuleType) -> None:
    expect.parameters(bootstrap._WaitForNodeDaemon, "node_name")
    expect.parameters(bootstrap._WaitForMasterDaemon)
    util = bootstrap.pathutils.DAEMON_UTIL
    if os.environ.get(VARIABLE) != "1":
        return
    run = bootstrap.utils.RunCmd

    def run_cmd(command: Any, *rest: Any, **options: Any) -> Any:
        return run(["true"] if command[0] == util else command, *rest, **options)

    bootstrap.utils.RunCmd = run_cmd
    bootstrap._WaitForNodeDaemon = lambda node_name: None
    bootstrap._WaitForMasterDaemon = lambda: None


def change_client(gnt_cluster: ModuleType) -> None:
    submit = gnt_cluster.SubmitOpCode
    expect.parameters(submit, "op")
    post_init = gnt_cluster.opcodes.OpClusterPostInit
    if os.environ.get(VARIABLE) != "1":
        return

    def submit_op_code(op: Any, *rest: Any, **options: Any) -> Any:
        return None if isinstance(op, post_init) else submit(op, *rest, **options)

    gnt_cluster.SubmitOpCode = submit_op_code
