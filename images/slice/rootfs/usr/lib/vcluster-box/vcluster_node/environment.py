"""Lets hooks, OS scripts and storage providers know as which node they run.

Ganeti runs them with an environment of their own.  On a real machine they need none for that: it has one node.
"""

import os
from types import ModuleType

from . import expect

VARIABLES = ("GANETI_ROOTDIR", "GANETI_HOSTNAME")
#: what does not work without the change
LOST = "hooks, OS scripts and storage providers do not know as which node they run, and can fail"


def change(process: ModuleType) -> None:
    original = process._BuildCmdEnvironment
    expect.parameters(original, "env", "reset")

    def build(env: dict[str, str] | None, reset: bool) -> dict[str, str]:
        return {**{name: os.environ[name] for name in VARIABLES if name in os.environ}, **original(env, reset)}

    process._BuildCmdEnvironment = build
