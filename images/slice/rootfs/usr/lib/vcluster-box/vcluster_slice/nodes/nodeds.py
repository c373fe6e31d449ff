"""Starting the node daemons of many nodes at once."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

from ..failure import StepFailed
from ..plan.model import Node
from . import daemons

#: So long that a daemon's own command line fits over the nursery's (`noded_forkserver.py`).
PADDING = "-" * 200


def start_nodeds(nodes: list[Node], progress: Callable[[int], None] = lambda done: None) -> None:
    """Each is ready to answer when it is counted.  Those that run are left alone.

    :raises StepFailed: naming the first that does not start
    """
    asleep = [node for node in nodes if daemons.running_pid(node, daemons.NODED) is None]
    progress(len(nodes) - len(asleep))
    by_root = {str(node.directory): node for node in asleep}
    for done, answer in enumerate(_answers(asleep), start=len(nodes) - len(asleep) + 1):
        if answer["status"] != 0:
            node = by_root[answer["root"]]
            message = f"{daemons.NODED} does not start (status {answer['status']})"
            log = daemons.log_file(node, daemons.NODED)
            raise StepFailed(message, node=node.name, output=answer["output"], log=log)
        progress(done)


def _answers(nodes: list[Node]) -> Iterator[dict[str, object]]:
    argv = [sys.executable, "-s", "-P", "-m", "vcluster_slice.nodes.noded_forkserver", PADDING]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GANETI_")}
    with subprocess.Popen(
        argv, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, errors="replace"
    ) as nursery:
        assert nursery.stdin is not None and nursery.stdout is not None
        for node in nodes:
            daemons.forget_pid_file(node, daemons.NODED)
            command = [f"/usr/sbin/{daemons.NODED}", *daemons.arguments(node, daemons.NODED)]
            nursery.stdin.write(json.dumps({"root": str(node.directory), "argv": command}) + "\n")
        nursery.stdin.close()
        left = {str(node.directory) for node in nodes}
        for line in nursery.stdout:
            answer = json.loads(line)
            left.discard(answer["root"])
            yield answer
        for root in left:
            yield {"root": root, "status": -1, "output": "the process that starts node daemons ended early"}
