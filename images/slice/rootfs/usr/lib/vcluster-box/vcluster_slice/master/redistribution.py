"""The master gives all nodes its configuration: some may have missed changes."""

from ..commands import run
from ..failure import StepFailed
from ..plan.model import Plan
from . import master_address
from .roles import find_master
from .votes import leading


def redistribute(plan: Plan) -> None:
    """
    :raises StepFailed: when no node of this slice leads, or Ganeti cannot do it
    """
    master = find_master(plan)
    if master is None or leading(plan) != master.name:
        raise StepFailed("no node of this slice leads the cluster")
    # One that has just stepped down may have had the cluster's address until now.
    master_address.hold(master)
    master_address.announce(master)
    run(["gnt-cluster", "redist-conf"], node=master)
