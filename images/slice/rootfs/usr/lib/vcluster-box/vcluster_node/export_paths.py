"""Looks for exports on the node that has them.

The master builds the path of an export below its own directory, and sends it to the node that writes or reads the
export.  That node refuses paths that are not below its own directory ("not under exports directory").  Here it uses its
own directory instead.
"""

from types import ModuleType
from typing import Any

from . import expect
from .own_paths import own_export


def change(backend: ModuleType) -> None:
    command, info = backend._GetImportExportIoCommand, backend.ExportInfo
    expect.parameters(command, "instance", "mode", "ieio", "ieargs")
    expect.parameters(info, "dest")
    file = backend.constants.IEIO_FILE

    def io_command(instance: Any, mode: Any, ieio: Any, ieargs: Any) -> Any:
        return command(instance, mode, ieio, [own_export(path) for path in ieargs] if ieio == file else ieargs)

    def export_info(dest: str) -> Any:
        return info(own_export(dest))

    backend._GetImportExportIoCommand, backend.ExportInfo = io_command, export_info
