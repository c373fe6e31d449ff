"""Starts the process for mirrored disks (`__main__`), in clusters with several slices."""

import subprocess
import sys
from typing import Self

from ..events import emit
from ..plan.model import Plan


class MirrorKeeper:
    def __init__(self, plan: Plan) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.keep_running(plan)

    def keep_running(self, plan: Plan) -> None:
        if plan.overlay is None or (self._process is not None and self._process.poll() is None):
            return
        if self._process is not None:
            message = f"the process for mirrored disks ended with status {self._process.returncode}; it is restarted"
            emit("warning", message=message)
        argv = [sys.executable, "-s", "-P", "-m", f"{__package__}"]
        self._process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, cwd="/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
