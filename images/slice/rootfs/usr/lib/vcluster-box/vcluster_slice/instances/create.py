"""The initial instances of a cluster: created and started at its first start, by Ganeti's own jobs."""

import math
import time
from collections.abc import Iterator
from typing import Any

from .. import paths
from ..events import emit
from ..failure import StepFailed
from ..ganeti import luxi
from ..ganeti.noded_client import silent_nodes
from ..master.votes import find_master
from ..nodes.daemons import LUXID, log_file
from ..plan.model import Instance, NewInstances, Node, Plan
from ..processes import cpus

#: states of a job, and of each of its opcodes, that has ended
SUCCESS, ERROR, CANCELED = "success", "error", "canceled"

#: Every job is a process that imports Ganeti, which takes longer than to create an instance.  But Ganeti writes a job
#: whole, and to all candidates, after each of its opcodes.
MOST_OPCODES = 20

#: seconds within which at least one opcode ends, even on a busy machine
JOB_SECONDS = 180


def create_instances(plan: Plan) -> str | None:
    """Submits a few jobs, each of which creates several; Ganeti decides how many run at once.  Later changes by the
    user are kept."""
    wanted = [instance for instance in plan.instances if instance.node is not None]
    if not wanted:
        return "none are requested"
    if paths.INSTANCES_CREATED.exists():
        return "they were created at the first start"
    master = find_master(plan)
    if master is None:
        # Never this slice, even if one of its nodes becomes the master later.
        paths.INSTANCES_CREATED.touch()
        return "the master's slice creates them"
    _await_nodes(plan, wanted)
    try:
        _create(master, wanted, plan.new_instances)
    except luxi.NoAnswer as error:
        raise StepFailed(str(error), node=master.name, log=log_file(master, LUXID)) from error
    paths.INSTANCES_CREATED.touch()
    return None


def _await_nodes(plan: Plan, wanted: list[Instance]) -> None:
    """Waits for nodes of other slices, which might still be starting; this slice's own answer already.

    :raises StepFailed: naming those that do not
    """
    names = {instance.node for instance in wanted}
    nodes = [node for node in plan.nodes if node.name in names and node.slice != plan.slice]
    deadline = time.monotonic() + JOB_SECONDS
    while silent := silent_nodes(nodes, askers=plan.own_nodes):
        if time.monotonic() > deadline:
            raise StepFailed(f"no answer from ganeti-noded of {', '.join(node.name for node in silent[:10])}")
        time.sleep(0.2)


def _create(master: Node, wanted: list[Instance], like: NewInstances) -> None:
    # A first start that was interrupted might have left jobs, which Ganeti continues.
    for _ in _until_ended(master, [job for (job,) in luxi.ask(master, "QueryJobs", [[], ["id"]])]):
        pass
    states = luxi.query_instances(master)
    missing = [instance for instance in wanted if states.get(instance.name) != "running"]
    # Instances that are next to each other are on different nodes, so jobs that each take every n-th seldom wait for
    # each other.
    count = max(min(cpus(), len(missing)), math.ceil(len(missing) / MOST_OPCODES))
    shares = [missing[number::count] for number in range(count)]
    opcodes = [[_startup(one) if one.name in states else _creation(one, like) for one in share] for share in shares]
    answers = luxi.ask(master, "SubmitManyJobs", [opcodes], timeout=120)
    for share, (accepted, answer) in zip(shares, answers, strict=True):
        if not accepted:
            raise StepFailed(f"Ganeti refused the job for instance {share[0].name}: {answer}", node=master.name)
    there, total = len(wanted) - len(missing), len(wanted)
    in_order = [instance for share in shares for instance in share]
    for results in _until_ended(master, [job for _, job in answers]):
        done = there + sum(status == SUCCESS for status, _ in results)
        emit("step-progress", step="instances", text=f"instances {done}/{total}", done=done, total=total)
        for instance, (status, result) in zip(in_order, results, strict=True):
            if status == ERROR:
                raise StepFailed(f"instance {instance.name} cannot be created: {_reason(result)}", node=instance.node)
        if any(status == CANCELED for status, _ in results):
            raise StepFailed("a job that creates instances was canceled", node=master.name)


def _until_ended(master: Node, jobs: list[int]) -> Iterator[list[tuple[str, Any]]]:
    """Yields states and results of the jobs' opcodes at the beginning and whenever more have ended, until all have."""
    ended, since = -1, time.monotonic()
    while True:
        states = luxi.ask(master, "QueryJobs", [jobs, ["opstatus", "opresult"]], timeout=120) if jobs else []
        opcodes = [each for statuses, results in states for each in zip(statuses, results, strict=True)]
        before, ended = ended, sum(status in (SUCCESS, ERROR, CANCELED) for status, _ in opcodes)
        if ended > before:
            since = time.monotonic()
            yield opcodes
        if ended == len(opcodes):
            return
        if time.monotonic() > since + JOB_SECONDS:
            raise StepFailed(
                f"none of the {len(opcodes) - ended} opcodes of Ganeti's jobs has ended for {JOB_SECONDS} s",
                node=master.name,
            )
        time.sleep(0.2)


def _creation(instance: Instance, like: NewInstances) -> dict[str, Any]:
    """What `gnt-instance add -t diskless -o OS -n NODE NAME` sends, without what has a default in Ganeti."""
    return {
        "OP_ID": "OP_INSTANCE_CREATE",
        "mode": "create",
        "instance_name": instance.name,
        "pnode": instance.node,
        "disk_template": "diskless",
        "disks": [],
        "nics": [{}],
        # Their addresses are reserved.  On several hosts, it takes a second to find out that no other host has one.
        "ip_check": False,
        "os_type": like.os,
        "beparams": {"minmem": like.memory_mib, "maxmem": like.memory_mib, "vcpus": like.vcpus},
        "reason": _trail(),
    }


def _startup(instance: Instance) -> dict[str, Any]:
    return {"OP_ID": "OP_INSTANCE_STARTUP", "instance_name": instance.name, "reason": _trail()}


def _trail() -> list[list[Any]]:
    """Who submitted it, and why, as `gnt-job info` shows it."""
    return [["vcluster-box", "initial instance of the cluster", time.time_ns()]]


def _reason(result: Any) -> str:
    """Ganeti's error: its class and its arguments; the first argument is the message."""
    match result:
        case [_, [str(message), *_]]:
            return message
        case _:
            return str(result)
