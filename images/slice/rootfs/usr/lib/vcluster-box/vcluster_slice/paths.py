"""Places in a slice.  `src/plan/slice-paths.ts` has those that the command line tool knows too."""

from pathlib import Path

#: what must outlive the container's restarts
STATE = Path("/var/lib/vcluster-box")
#: the living plan
PLAN = STATE / "plan.json"
#: the plan of many nodes that the image carries, for starts without the command line tool
IMAGE_PLAN = Path("/usr/share/vcluster-box/plan.json")
#: password of the plan's RAPI user, for those who may read it
RAPI_PASSWORD = STATE / "rapi-password"
#: there once the cluster was initialised and all its nodes joined
PROVISIONED = STATE / "provisioned"

#: there once the instances that the cluster begins with were made
INSTANCES_MADE = STATE / "instances-made"

#: what belongs to one start of the container only
RUN = Path("/run/vcluster-box")
READY = RUN / "ready"
#: there when the command line tool has said that the cluster is to stay stopped
REST = RUN / "rest"
EXECS = RUN / "exec"
#: there while this slice's node that was the master may not lead: no majority says that it is; has the reason in it
UNDECIDED = RUN / "undecided"
#: there while nodes of this slice may have missed changes of the configuration, which the master is to give them
BEHIND = RUN / "behind"
#: there when the command line tool has seen that all slices run, and prove the network: who is silent then will stay so
ALL_STARTED = RUN / "all-started"
#: what was found of the ways to the other slices, as JSON
SEGMENT = RUN / "segment.json"
#: what the slice that makes the cluster says when it cannot
NOT_MADE = RUN / "init-failed"

#: an empty node directory, made by Ganeti's own `ensure-dirs` when the image was built
NODE_TEMPLATE = Path("/usr/share/vcluster-box/template/node")
PROGRAM = "/usr/sbin/vcluster-slice"
