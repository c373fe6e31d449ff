"""Paths in a slice.  `src/plan/slice-paths.ts` has those that the command line tool also uses."""

from pathlib import Path

#: survives restarts of the container
STATE = Path("/var/lib/vcluster-box")
#: the current plan
PLAN = STATE / "plan.json"
#: the image's own plan, of many nodes, for starts without the command line tool
IMAGE_PLAN = Path("/usr/share/vcluster-box/plan.json")
#: password of the plan's RAPI user
RAPI_PASSWORD = STATE / "rapi-password"
#: exists once the cluster is initialised and all its nodes have joined
PROVISIONED = STATE / "provisioned"
#: exists once the initial instances are created
INSTANCES_CREATED = STATE / "instances-created"

#: for one start of the container only
RUN = Path("/run/vcluster-box")
#: exists from the end of the boot on
READY = RUN / "ready"
#: exists when the command line tool stops the cluster, and it must stay stopped
REST = RUN / "rest"
#: a file for each command that `exec` runs
EXECS = RUN / "exec"
#: a line for each node of this slice: its address and its directory
ADDRESSES = RUN / "addresses"
#: a line for each address at which an instance of this slice answers: the address, its device, the instance
INSTANCE_ADDRESSES = RUN / "instance-addresses"
#: exists while the master, in this slice, may not lead, because no majority votes for it; contains the reason
UNDECIDED = RUN / "undecided"
#: exists while nodes of this slice might have missed changes of the configuration, which the master must send
BEHIND = RUN / "behind"
#: exists while this slice does not know which of its instances were failed over or removed before it started
RETURNED = RUN / "returned"
#: exists when the command line tool has seen all slices start: a slice that does not answer then has a fault
ALL_STARTED = RUN / "all-started"
#: MTU and latency to the other slices, as JSON
OVERLAY = RUN / "overlay.json"
#: exists when the slice that creates the cluster has failed; contains its message
INIT_FAILED = RUN / "init-failed"
#: exists when RAPI has refused our password, which the user has changed
RAPI_REFUSED = RUN / "rapi-refused"

#: an empty node directory, created by Ganeti's own `ensure-dirs` when the image was built
NODE_TEMPLATE = Path("/usr/share/vcluster-box/template/node")
PROGRAM = "/usr/sbin/vcluster-slice"
