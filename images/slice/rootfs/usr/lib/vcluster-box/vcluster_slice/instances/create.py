"""The initial instances of a cluster: created and started at its first start, by Ganeti's own jobs."""

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

#: states of a job that has ended
SUCCESS, FAILED = "success", ("error", "canceled")

#: seconds within which at least one of the jobs ends, even on a busy machine
JOB_SECONDS = 180


def create_instances(plan: Plan) -> str | None:
    """Submits one job for each; Ganeti decides how many run at once.  Later changes by the user are kept."""
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
    opcodes = [_startup(one) if one.name in states else _creation(one, like) for one in missing]
    answers = luxi.ask(master, "SubmitManyJobs", [[[opcode] for opcode in opcodes]], timeout=120)
    for instance, (accepted, answer) in zip(missing, answers, strict=True):
        if not accepted:
            raise StepFailed(f"Ganeti refused the job for instance {instance.name}: {answer}", node=master.name)
    there, total = len(wanted) - len(missing), len(wanted)
    for jobs in _until_ended(master, [job for _, job in answers]):
        done = there + sum(status == SUCCESS for status, _ in jobs)
        emit("step-progress", step="instances", text=f"instances {done}/{total}", done=done, total=total)
        for instance, (status, result) in zip(missing, jobs, strict=True):
            if status in FAILED:
                raise StepFailed(f"instance {instance.name} cannot be created: {_reason(result)}", node=instance.node)


def _until_ended(master: Node, jobs: list[int]) -> Iterator[list[list[Any]]]:
    """Yields states and results of the jobs at the beginning and whenever more have ended, until all have."""
    ended, since = -1, time.monotonic()
    while ended < len(jobs):
        states = luxi.ask(master, "QueryJobs", [jobs, ["status", "opresult"]], timeout=120) if jobs else []
        before, ended = ended, sum(status == SUCCESS or status in FAILED for status, _ in states)
        if ended > before:
            since = time.monotonic()
            yield states
        elif time.monotonic() > since + JOB_SECONDS:
            raise StepFailed(f"none of Ganeti's {len(jobs) - ended} jobs has ended for {JOB_SECONDS} s", node=master.name)
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
        "os_type": like.os,
        "beparams": {"minmem": like.memory_mib, "maxmem": like.memory_mib, "vcpus": like.vcpus},
        "reason": _trail(),
    }


def _startup(instance: Instance) -> dict[str, Any]:
    return {"OP_ID": "OP_INSTANCE_STARTUP", "instance_name": instance.name, "reason": _trail()}


def _trail() -> list[list[Any]]:
    """Who submitted it, and why, as `gnt-job info` shows it."""
    return [["vcluster-box", "initial instance of the cluster", time.time_ns()]]


def _reason(result: list[Any]) -> str:
    """Ganeti's error: its class and its arguments; the first argument is the message."""
    match result:
        case [[_, [str(message), *_]], *_]:
            return message
        case _:
            return str(result)
