"""Runs Python programs of nodes as forks of one process (see `forkserver_process`)."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..commands import clean_environment
from ..failure import StepFailed
from ..plan.model import Node

#: long enough that a daemon's own command line fits over that of the process
PADDING = "-" * 200
#: the process, while it runs
_processes: list[subprocess.Popen[str]] = []


@dataclass(frozen=True)
class Program:
    """A Python file that ends, or becomes a daemon."""

    node: Node
    argv: Sequence[str]
    #: `user:group`
    user: str = "root:root"
    #: added to the node's environment
    variables: Mapping[str, str] = field(default_factory=dict)


def start(node: Node) -> None:
    """Starts the process if it does not run.  It is ready some 0.3 s later; to start it in advance saves that time.

    :param node: any node of this slice
    """
    if _processes:
        return
    argv = [sys.executable, "-s", "-P", "-m", "vcluster_slice.nodes.forkserver_process"]
    # It imports this program; the daemons do not inherit the variable.
    environment = {**clean_environment(), "PYTHONPATH": os.environ["PYTHONPATH"]}
    _processes.append(
        subprocess.Popen(
            [*argv, str(node.directory.parent), PADDING], env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, errors="replace",
        )  # fmt: skip
    )


def run(programs: Sequence[Program]) -> Iterator[tuple[int, int, str]]:
    """Runs programs at the same time.

    :returns: for each when it ends, or when it has become a daemon that is ready to answer: its index in `programs`,
        its exit status (-1 if the process ended before it could tell), its standard output and standard error
    """
    if not programs:
        return
    start(programs[0].node)
    process = _processes[0]
    assert process.stdin is not None and process.stdout is not None
    batch = [
        {"root": str(each.node.directory), "argv": each.argv, "user": each.user, "variables": dict(each.variables)}
        for each in programs
    ]
    waiting = set(range(len(programs)))
    try:
        process.stdin.write(json.dumps(batch) + "\n")
        process.stdin.flush()
        while waiting and (line := process.stdout.readline()):
            answer = json.loads(line)
            waiting.remove(answer["number"])
            yield answer["number"], answer["status"], answer["output"]
    except BrokenPipeError:
        pass
    if waiting:
        end()
    for number in waiting:
        yield number, -1, "the process that starts Ganeti's Python programs ended early"


def run_one(program: Program) -> None:
    """
    :raises StepFailed: when its exit status is not 0
    """
    for _, status, output in run([program]):
        if status != 0:
            command = " ".join([os.path.basename(program.argv[0]), *program.argv[1:2]])
            raise StepFailed(f"{command} ended with status {status}", node=program.node.name, output=output)


def end() -> None:
    """Ends the process, if it runs.  The daemons go on."""
    while _processes:
        process = _processes.pop()
        process.communicate()
