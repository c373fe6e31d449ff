"""Lets `gnt-cluster init` write the files of a cluster without starting its daemons.

Ganeti starts noded and the master's daemons, waits for both (it looks once a second), and submits a job that only runs
hooks (`LUClusterPostInit`).  At the slice's first boot all of them would be stopped at once, so that the nodes can join
(`vcluster_slice/boot/join.py`).  With VCLUSTER_BOX_INIT_KEY none of this happens.

That variable names a file with a key in PEM: all certificates get this key, which was made in advance, instead of an
RSA key each (0.1 to 0.5 s).  It is one of an elliptic curve (see `key_strength`).  And files are not flushed to the
disk one by one: there is no cluster yet that could be lost.
"""

import os
from pathlib import Path
from types import ModuleType
from typing import Any

from . import expect

VARIABLE = "VCLUSTER_BOX_INIT_KEY"
#: what does not work without the change
LOST = "the cluster cannot be created"
VITAL = True


def change_bootstrap(bootstrap: ModuleType) -> None:
    expect.parameters(bootstrap._WaitForNodeDaemon, "node_name")
    expect.parameters(bootstrap._WaitForMasterDaemon)
    util = bootstrap.pathutils.DAEMON_UTIL
    crypto = bootstrap.utils.x509.OpenSSL.crypto
    expect.parameters(crypto.PKey.generate_key, "self", "type", "bits")
    if VARIABLE not in os.environ:
        return
    run = bootstrap.utils.RunCmd
    key = crypto.load_privatekey(crypto.FILETYPE_PEM, Path(os.environ[VARIABLE]).read_bytes())

    def run_cmd(command: Any, *rest: Any, **options: Any) -> Any:
        return run(["true"] if command[0] == util else command, *rest, **options)

    def generate_key(new: Any, type: int, bits: int) -> None:
        new._pkey, new._initialized = key._pkey, True

    bootstrap.utils.RunCmd = run_cmd
    bootstrap._WaitForNodeDaemon = lambda node_name: None
    bootstrap._WaitForMasterDaemon = lambda: None
    crypto.PKey.generate_key = generate_key
    os.fsync = lambda fd: None


def change_client(gnt_cluster: ModuleType) -> None:
    submit = gnt_cluster.SubmitOpCode
    expect.parameters(submit, "op")
    post_init = gnt_cluster.opcodes.OpClusterPostInit
    if VARIABLE not in os.environ:
        return

    def submit_op_code(op: Any, *rest: Any, **options: Any) -> Any:
        return None if isinstance(op, post_init) else submit(op, *rest, **options)

    gnt_cluster.SubmitOpCode = submit_op_code
