"""`ganeti-watcher` starts confd on master candidates only.

Elsewhere confd serves nothing, and each holds an inotify instance of user gnt-confd, of whom all containers of an engine have
128 together by default.
"""

import os
from types import ModuleType, SimpleNamespace


def change(watcher: ModuleType) -> None:
    original = watcher.utils.EnsureDaemon
    confd = watcher.constants.CONFD

    def ensure_daemon(name: str) -> bool:
        return True if name == confd and not _candidate() else bool(original(name))

    # The watcher's own view of `ganeti.utils`: all of it, but for this one function.
    watcher.utils = SimpleNamespace(**{**vars(watcher.utils), "EnsureDaemon": ensure_daemon})


def _candidate() -> bool:
    root = os.environ["GANETI_ROOTDIR"]
    try:
        with open(os.path.join(root, "var/lib/ganeti/ssconf_master_candidates"), encoding="ascii") as file:
            return os.environ["GANETI_HOSTNAME"] in file.read().split()
    except OSError:
        return True
