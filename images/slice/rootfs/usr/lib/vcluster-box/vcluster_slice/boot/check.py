"""The boot's first step: whether the container has what the cluster needs."""

import errno
import os
import resource
import shutil
from pathlib import Path

from .. import paths
from ..events import emit
from ..failure import StepFailed
from ..ganeti import rapi
from ..plan.model import Needs, Plan

CAP_NET_ADMIN = 12
#: less free space than this means that the disk is full: Ganeti cannot even write pid files
FULL_MIB = 4
FULL_HINT = (
    "the disk is full: delete files in the cluster (vcluster-box exec NODE rm FILE) or on the engine's disk (`docker system"
    " df`)"
)


def check(plan: Plan) -> None:
    if not _has_capability(CAP_NET_ADMIN):
        raise StepFailed(
            "the capability NET_ADMIN is missing, so the container cannot set up its own network",
            hint="start it with `docker run --cap-add NET_ADMIN ...` (compose: `cap_add: [NET_ADMIN]`); it is"
            " limited to the container's own network",
        )
    limit_files(len(plan.nodes))
    _check_inotify(plan.needs.inotify_instances)
    # A cluster that exists must start, so that the user can free memory or disk in it.
    exists = paths.PROVISIONED.exists()
    _check_memory(plan.needs.memory_mib, refuse=not exists)
    if exists:
        return
    _check_disk(plan, plan.needs.disk_mib)
    # Report an unusable secret now, and not after a part of the cluster has been created.
    rapi.password()


def check_growth(plan: Plan, before: Needs) -> None:
    """Whether there is what a running cluster needs in addition when it grows.

    :param plan: the new one
    :param before: what the cluster needed so far
    """
    limit_files(len(plan.nodes))
    _check_memory(plan.needs.memory_mib - before.memory_mib, " more")
    _check_disk(plan, plan.needs.disk_mib - before.disk_mib, " more")


def memory_available_mib() -> int:
    """What the container can still use: the machine's free memory, or its own limit if that is less."""
    lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    machine = int(lines["MemAvailable"].split()[0]) // 1024
    limits = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # cgroup v2, v1
    for limit in limits:
        try:
            text = Path(limit).read_text().strip()
        except OSError:
            continue
        return min(machine, int(text) // 2**20) if text.isdigit() else machine
    return machine


def inotify_instances() -> int:
    return int(Path("/proc/sys/fs/inotify/max_user_instances").read_text())


def _has_capability(number: int) -> bool:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> number & 1)
    return False


def limit_files(nodes: int) -> None:
    """Each of Ganeti's Python daemons closes every possible descriptor when it starts: with a limit of a million that
    takes seconds, with "infinity" it hangs.  The master needs a socket per node."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(1024, min(4096, 1024 + 4 * nodes))
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft > wanted or soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _check_memory(needed: int, more: str = "", *, refuse: bool = True) -> None:
    available = memory_available_mib()
    message = f"the cluster needs about {needed}{more} MiB of memory, and {available} MiB are free"
    if available < needed // 2 and refuse:
        raise StepFailed(message, hint="use fewer nodes, or give the container more memory")
    if available < needed:
        emit("warning", message=message)


def is_full(plan: Plan) -> bool:
    """Whether the disk of an existing cluster is full."""
    return paths.PROVISIONED.exists() and _disk_free_mib(plan) < FULL_MIB


def lacks_space(plan: Plan, error: StepFailed) -> bool:
    """Whether a step failed because the disk of an existing cluster is full: it can also have no inodes left, or no
    quota, or not enough space for what the step writes."""
    said = os.strerror(errno.ENOSPC) in f"{error} {error.output}"
    return paths.PROVISIONED.exists() and (said or is_full(plan))


def _disk_free_mib(plan: Plan) -> int:
    above = next(path for path in (plan.directory, *plan.directory.parents) if path.exists())
    return shutil.disk_usage(above).free // 2**20


def _check_disk(plan: Plan, needed: int, more: str = "") -> None:
    free = _disk_free_mib(plan)
    if free < needed:
        raise StepFailed(
            f"the cluster needs about {needed}{more} MiB of disk, and {free} MiB are free",
            hint="free space on the engine's disk (`docker system df`)",
        )


def _check_inotify(needed: int) -> None:
    limit = inotify_instances()
    if limit < needed:
        emit(
            "warning",
            message=f"the kernel allows {limit} inotify instances a user, and the cluster's confd daemons need {needed}",
            hint="on the engine's machine: sysctl fs.inotify.max_user_instances=512",
        )


def file_limit() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
