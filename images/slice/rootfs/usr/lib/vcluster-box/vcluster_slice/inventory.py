"""What Ganeti has: nodes and instances, as far as it matters to who adds or removes nodes."""

from typing import Any

from . import luxi
from .plan import Plan
from .report import ROLES
from .roles import find_master
from .steps import StepFailed


def inventory(plan: Plan) -> dict[str, Any]:
    """`Inventory` in `src/plan/shrink.ts`.

    :raises StepFailed: when the master does not answer
    """
    master = find_master(plan)
    if master is None:
        raise StepFailed("no node of this slice is the master")
    try:
        nodes = luxi.query(master, "node", ["name", "group", "role", "vm_capable"])
        instances = luxi.query(master, "instance", ["name", "pnode", "snodes", "disk_template"])
    except luxi.NoAnswer as error:
        raise StepFailed(str(error)) from error
    return {
        "nodes": [
            {"name": name, "group": group, "role": ROLES.get(role, role), "vmCapable": capable}
            for name, group, role, capable in nodes
        ],
        "instances": [
            {"name": name, "primary": primary, "secondaries": secondaries or [], "template": template}
            for name, primary, secondaries, template in instances
        ],
    }
