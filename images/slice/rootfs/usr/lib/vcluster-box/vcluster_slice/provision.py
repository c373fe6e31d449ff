"""The first start: a cluster is initialised, and all its nodes join it."""

from . import daemons, files, join, paths, rapi
from .certificates import self_signed
from .commands import run
from .configuration import UnknownGroup
from .plan import Plan
from .roles import master_daemons, read_ssconf
from .steps import StepFailed

THERE_ALREADY = "the cluster is there already"
NOT_OURS = "whoever uses the nodes makes the cluster"


def initialise(plan: Plan) -> str | None:
    """`gnt-cluster init` on the first node."""
    if paths.PROVISIONED.exists():
        return THERE_ALREADY
    if not plan.provision:
        return NOT_OURS
    if plan.master.slice != plan.slice:
        return f"{plan.master.name} does it, in slice {plan.master.slice}"
    _make_rapi_certificate(plan)
    try:
        run(["gnt-cluster", "init", *plan.init, plan.cluster.name], node=plan.master)
    except StepFailed as error:
        log = daemons.log_file(plan.master, daemons.NODED)
        raise StepFailed(str(error), node=error.node, output=error.output, log=log if log.exists() else None) from error
    return None


def join_all(plan: Plan) -> str | None:
    """All nodes at once, with the daemons stopped that hold the configuration in memory."""
    if paths.PROVISIONED.exists():
        return THERE_ALREADY
    if not plan.provision:
        # From now on the directories are not made anew: there may be a cluster in them.
        paths.PROVISIONED.touch()
        return NOT_OURS
    secret = rapi.password()
    daemons.stop([*master_daemons(plan.master), (plan.master, daemons.CONFD), (plan.master, daemons.MOND)])
    try:
        join.join_nodes(plan, secret)
    except (UnknownGroup, OSError, KeyError) as error:
        raise StepFailed(f"the nodes cannot join: {error!r}") from error
    if read_ssconf(plan.master, "master_node") != plan.master.name:
        raise StepFailed(f"{plan.master.name} is not the master after `gnt-cluster init`", node=plan.master.name)
    paths.PROVISIONED.touch()
    return None


def _make_rapi_certificate(plan: Plan) -> None:
    """`gnt-cluster init` takes the one that is there, and makes none of its own then."""
    target = plan.master.directory / "var/lib/ganeti/rapi.pem"
    pem = self_signed(plan.rapi_names).decode("ascii")
    files.write_as(target, pem, user="gnt-rapi", group="gnt-masterd", mode=0o440)
