"""Translates paths that the master sends to those of the node that receives them, and keeps exports sparse.

Exports: the master builds the path of an export below its own directory, and sends it to the node that writes or reads
the export.  That node refuses paths that are not below its own directory ("not under exports directory").  Here it uses
its own directory instead.  Zeros in an export become holes, as in the disks themselves (`/usr/sbin/dd`).

Archived jobs: for everything else, Ganeti sends paths in a form without the node's directory.  luxid does not do so
when it archives jobs (`RpcCallJobqueueRename` in its sources), and each node refuses them ("is not a virtual path").
The other master candidates would keep all job files, and list them when one of them becomes the master.
"""

import shlex
from types import ModuleType
from typing import Any

from . import expect
from .own_paths import of_any_node, own_export

#: what does not work without the change
LOST = "gnt-backup and gnt-instance move fail, and master candidates keep archived jobs"


def change(backend: ModuleType) -> None:
    command, info, rename = backend._GetImportExportIoCommand, backend.ExportInfo, backend.JobQueueRename
    expect.parameters(command, "instance", "mode", "ieio", "ieargs")
    expect.parameters(info, "dest")
    expect.parameters(rename, "old", "new")
    file, write = backend.constants.IEIO_FILE, backend.constants.IEM_IMPORT
    virtual = backend.constants.V_CLUSTER_VIRT_PATH_PREFIX

    def io_command(instance: Any, mode: Any, ieio: Any, ieargs: Any) -> Any:
        if ieio != file:
            return command(instance, mode, ieio, ieargs)
        paths = [own_export(path) for path in ieargs]
        env, prefix, suffix, size = command(instance, mode, ieio, paths)
        if mode == write:
            suffix = f"| dd of={shlex.quote(paths[0])} bs=1M iflag=fullblock conv=sparse status=none"
        return env, prefix, suffix, size

    def export_info(dest: str) -> Any:
        return info(own_export(dest))

    def rename_job_file(old: str, new: str) -> Any:
        return rename(*(path if path.startswith(virtual) else virtual + of_any_node(path) for path in (old, new)))

    backend._GetImportExportIoCommand, backend.ExportInfo = io_command, export_info
    backend.JobQueueRename = rename_job_file
