"""The simulated programs by name."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from . import blockdev
from .drbd import drbdmeta, drbdsetup
from .failure import Failed
from .lvm import create, display, groups, physical, report, volumes
from .node import Node
from .outcome import Outcome

Program = Callable[[Node, Sequence[str], Outcome], None]

PROGRAMS: Mapping[str, Program] = {
    **{name: partial(report.run, name) for name in report.DEFAULTS},
    **{f"{name[:2]}display": partial(display.run, name) for name in display.DISPLAYS},
    "lvcreate": create.run,
    "lvremove": volumes.remove,
    "lvrename": volumes.rename,
    "lvextend": volumes.extend,
    "lvreduce": volumes.reduce,
    "lvresize": volumes.resize,
    "lvchange": volumes.change,
    "vgcreate": groups.create,
    "vgremove": groups.remove,
    "vgextend": groups.extend,
    "vgreduce": groups.reduce,
    "vgrename": groups.rename,
    "vgchange": groups.change,
    "pvcreate": physical.create,
    "pvremove": physical.remove,
    "pvchange": physical.change,
    "vcluster-disk": physical.disks,
    "blockdev": blockdev.run,
    "drbdsetup": drbdsetup.run,
    "drbdmeta": drbdmeta.run,
}


def run(name: str, root: str, argv: Sequence[str], ask: Callable[[str], bool] | None = None) -> Outcome:
    """
    :param root: the directory of the node on which it runs
    """
    outcome = Outcome() if ask is None else Outcome(ask=ask)
    try:
        PROGRAMS[name](Node(root), argv, outcome)
    except Failed as error:
        outcome.warn(str(error))
        outcome.status = error.status
    return outcome
