"""Lets `ganeti-watcher` restart daemons that were killed, leave stopped nodes alone, start confd on master candidates
only, and ask RAPI directly.

A killed daemon leaves a pid file, which `start-stop-daemon` refuses if a user other than root owns it ("matching only
on non-root pidfile is insecure"), so wconfd, luxid, confd and rapi would never start again.  It is removed first.

On a stopped node (see `vcluster_slice/nodes/state.py`), it prints so and ends.  On a node that is not a candidate,
confd has nothing to serve, and would take an inotify instance of user gnt-confd, who has 128 of them by default over
all containers of an engine.

It would ask RAPI through a proxy if the environment names one.  The proxy does not know the node, so each run would
restart RAPI.  So these variables are removed.
"""

import os
from types import ModuleType, SimpleNamespace

STOPPED = "var/lib/vcluster-box/stopped"
#: what does not work without the change
LOST = "ganeti-watcher does not restart daemons that were killed, and starts those of stopped nodes"


def change(watcher: ModuleType) -> None:
    original = watcher.utils.EnsureDaemon
    confd = watcher.constants.CONFD

    stopped = os.path.join(os.environ["GANETI_ROOTDIR"], STOPPED)

    def ensure_daemon(name: str) -> bool:
        # Checked each time: the node can be stopped while the watcher runs.
        if os.path.exists(stopped):
            return True
        if name == confd and not _candidate():
            return True
        _remove_stale_pid_file(name)
        return bool(original(name))

    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    if os.path.exists(stopped):
        watcher.Main = _stopped_main
    # The watcher gets its own copy of `ganeti.utils`, in which only this function is replaced.
    watcher.utils = SimpleNamespace(**{**vars(watcher.utils), "EnsureDaemon": ensure_daemon})


def _remove_stale_pid_file(daemon: str) -> None:
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


def _stopped_main() -> int:
    print("This node is stopped: `vcluster-box start --node` starts it.")
    return 0


def _candidate() -> bool:
    root = os.environ["GANETI_ROOTDIR"]
    try:
        with open(os.path.join(root, "var/lib/ganeti/ssconf_master_candidates"), encoding="ascii") as file:
            return os.environ["GANETI_HOSTNAME"] in file.read().split()
    except OSError:
        return True
