"""Lets running instances answer ping.

Instances of the fake hypervisor have no network: their network interfaces (NICs) exist in Ganeti's configuration only.
Here the file of a running instance also says which NICs it started with, in a fourth line that Ganeti ignores.  It
changes only at a start, as the NICs of a real instance without hotplugging.  The slice has the addresses
(`vcluster_slice/network/instance_addresses.py`), and is told when an instance starts or ends.
"""

import json
import logging
from types import ModuleType
from typing import Any

from . import expect

#: what does not work without the change
LOST = "running instances do not answer ping"


def change(hv_fake: ModuleType) -> None:
    """After `fake_instances.change`, which writes the file."""
    fake = hv_fake.FakeHypervisor
    mark_up, mark_down = fake._MarkUp, fake._MarkDown
    expect.parameters(mark_up, "self", "instance", "memory")
    expect.parameters(mark_down, "self", "instance_name")

    def mark_up_and_answer(self: Any, instance: Any, memory: int) -> None:
        before = started_with(self._InstanceFile(instance.name))
        mark_up(self, instance, memory)
        if before is None and instance.nics:
            _tell_slice()

    def mark_down_and_silence(self: Any, instance_name: str) -> None:
        before = started_with(self._InstanceFile(instance_name))
        mark_down(self, instance_name)
        if before:
            _tell_slice()

    fake._MarkUp = mark_up_and_answer
    fake._MarkDown = mark_down_and_silence


def nics_of(file: str, instance: Any) -> list[list[str | None]]:
    """What the fourth line says: address and bridge of each NIC, if it has them.

    :param file: of the instance, if it runs already
    """
    before = started_with(file)
    return [_nic(nic) for nic in instance.nics] if before is None else before


def started_with(file: str) -> list[list[str | None]] | None:
    """None when the instance does not run, or was started before there was a fourth line."""
    try:
        with open(file, encoding="ascii") as opened:
            line = opened.read().split("\n")[3]
        return json.loads(line) if line else None
    except (OSError, ValueError, IndexError):
        return None


def _nic(nic: Any) -> list[str | None]:
    parameters = nic.nicparams or {}
    return [nic.ip, parameters.get("link") if parameters.get("mode") == "bridged" else None]


def _tell_slice() -> None:
    # Here, because every `gnt-*` command imports this file.
    from vcluster_slice.network import instance_addresses

    try:
        instance_addresses.follow()
    except Exception:  # An instance without its address is better than one that does not start.
        logging.exception("The addresses of instances cannot be changed")
