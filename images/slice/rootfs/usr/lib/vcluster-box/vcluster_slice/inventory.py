"""What Ganeti has: nodes and instances, as far as it matters to who adds or removes nodes."""

import json
from typing import Any

from .failure import StepFailed
from .ganeti import luxi
from .master.leader import slice_of
from .master.roles import ROLES, find_master, master_name
from .peers import remote
from .plan.model import Plan


def inventory(plan: Plan) -> dict[str, Any]:
    """`Inventory` in `src/plan/inventory.ts`.

    :raises StepFailed: when the master does not answer
    """
    master = find_master(plan)
    if master is None:
        return _ask_its_slice(plan)
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


def _ask_its_slice(plan: Plan) -> dict[str, Any]:
    peer = slice_of(plan, master_name(plan))
    if peer is None:
        raise StepFailed("no node of this slice is the master")
    if not remote.listens(peer):
        raise StepFailed(f"{remote.named(peer)}, which has the master, cannot be reached")
    found: dict[str, Any] = json.loads(remote.call(plan, peer, ["inventory"]))
    return found
