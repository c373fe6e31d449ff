"""Small changes to Ganeti's Python, for what a virtual node in a container cannot have or is better without.

Loaded by `vcluster-box.pth` into Python programs that run as a virtual node, and only there (GANETI_ROOTDIR is set).
Nothing of Ganeti is imported for it: a change is made when Ganeti itself has imported the module concerned.  Each file here
holds one change, with its reason; a change whose place Ganeti has moved raises `AttributeError` where it is imported.
"""

from . import follow_master, hooks, verify, watcher

CHANGES: hooks.Changes = {
    "ganeti.backend": (verify.change,),
    "ganeti.luxi": (follow_master.change,),
    "ganeti.watcher": (watcher.change,),
}


def install() -> None:
    hooks.install(CHANGES)
