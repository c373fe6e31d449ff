"""Gives instances of the fake hypervisor a serial console, as other hypervisors do: a program on the primary node.

Ganeti's own answer is that there is none, and `gnt-instance console` then ends with status 0.
"""

import json
from types import ModuleType
from typing import Any

from . import expect

PROGRAM = "/usr/lib/vcluster-box/console"
#: what does not work without the change
LOST = "gnt-instance console shows nothing"


def change(hv_fake: ModuleType) -> None:
    fake, constants = hv_fake.FakeHypervisor, hv_fake.constants
    expect.parameters(
        fake.GetInstanceConsole, "cls", "instance", "primary_node", "node_group", "hvparams", "beparams"
    )

    def console(_cls: Any, instance: Any, primary_node: Any, node_group: Any, _hvparams: Any, _beparams: Any) -> Any:
        return hv_fake.objects.InstanceConsole(
            instance=instance.name,
            kind=constants.CONS_SSH,
            host=primary_node.name,
            port=node_group.FillND(primary_node).get(constants.ND_SSH_PORT),
            user=constants.SSH_CONSOLE_USER,
            command=[PROGRAM, instance.name, json.dumps(_devices(instance))],
        )

    fake.GetInstanceConsole = classmethod(console)


def _devices(instance: Any) -> list[str]:
    """Ganeti tells only of network interfaces here."""
    return [f"network interface {number}: {nic.mac}, {nic.ip or 'no address'}" for number, nic in enumerate(instance.nics)]
