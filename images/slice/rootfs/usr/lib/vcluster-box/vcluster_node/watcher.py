"""`ganeti-watcher` starts daemons that were killed, none of a node that was stopped, and confd on master candidates only.

A daemon that was killed leaves a pid file, which `start-stop-daemon` refuses if another user than root owns it ("matching only
on non-root pidfile is insecure"): so wconfd, luxid, confd and rapi would never start again. It is removed first.

On a stopped node it says so and ends; `vcluster_slice/nodes/state.py` makes the mark.  On a node that is no candidate confd serves
nothing, and each holds an inotify instance of user gnt-confd, of whom all containers of an engine have 128 together by default.
"""

import os
from types import ModuleType, SimpleNamespace

STOPPED = "var/lib/vcluster-box/stopped"


def change(watcher: ModuleType) -> None:
    original = watcher.utils.EnsureDaemon
    confd = watcher.constants.CONFD

    stopped = os.path.join(os.environ["GANETI_ROOTDIR"], STOPPED)

    def ensure_daemon(name: str) -> bool:
        # Asked anew each time: the node may be stopped while the watcher runs.
        if os.path.exists(stopped):
            return True
        if name == confd and not _candidate():
            return True
        _forget_dead(name)
        return bool(original(name))

    if os.path.exists(stopped):
        watcher.Main = _rest
    # The watcher's own view of `ganeti.utils`: all of it, but for this one function.
    watcher.utils = SimpleNamespace(**{**vars(watcher.utils), "EnsureDaemon": ensure_daemon})


def _forget_dead(daemon: str) -> None:
    path = os.path.join(os.environ["GANETI_ROOTDIR"], "var/run/ganeti", f"{daemon}.pid")
    try:
        with open(path, encoding="ascii") as file:
            pid = int(file.read())
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            alive = file.read().strip() == daemon
    except FileNotFoundError:
        alive = False
    except (OSError, ValueError):
        return
    if not alive and os.path.exists(path):
        os.unlink(path)


def _rest() -> int:
    print("This node is stopped: `vcluster-box start --node` starts it.")
    return 0


def _candidate() -> bool:
    root = os.environ["GANETI_ROOTDIR"]
    try:
        with open(os.path.join(root, "var/lib/ganeti/ssconf_master_candidates"), encoding="ascii") as file:
            return os.environ["GANETI_HOSTNAME"] in file.read().split()
    except OSError:
        return True
