"""Instances of the fake hypervisor can shut themselves down, and keep their memory when they migrate.

A running instance is a file with id, memory and CPUs (`ganeti.hypervisor.hv_fake`); without the file, Ganeti considers
it crashed.  If the hypervisor supports it, Ganeti distinguishes an instance that its own user has shut down
(`gnt-cluster modify --user-shutdown=yes`; state USER_down).  As with KVM, such an instance has id -1 and no memory
here: `vcluster-slice instance shutdown` writes that.

An instance that migrates gets the memory of one that starts, which would undo `gnt-instance modify -m`.  Here its
source tells the target how much it has.

The node daemon handles several requests at once.  Listing instances failed when one of them was ending ("Failed to list
instances"), and so did reading a node's memory while the file of a starting instance was still empty: allocators then
considered the node broken.
"""

import json
import os
from types import ModuleType
from typing import Any

from . import expect, instance_network

SHUT_DOWN = "-1"
#: what does not work without the change
LOST = "instances cannot shut themselves down, and lose a changed memory when they migrate"


def change(hv_fake: ModuleType) -> None:
    fake = hv_fake.FakeHypervisor
    expect.parameters(fake.GetInstanceInfo, "self", "instance_name", "hvparams")
    expect.parameters(fake.GetAllInstancesInfo, "self", "hvparams")
    expect.parameters(fake.ListInstances, "self", "hvparams")
    expect.parameters(fake.StartInstance, "self", "instance")
    expect.parameters(fake.MigrationInfo, "self", "instance")
    expect.parameters(fake.FinalizeMigrationDst, "self", "instance", "info", "success")
    expect.parameters(fake._MarkUp, "self", "instance", "memory")
    _write_atomically(fake, hv_fake.constants.BE_VCPUS)
    _report_shutdowns(fake, hv_fake.hv_base.HvInstanceState.SHUTDOWN, hv_fake.errors.HypervisorError)
    _keep_memory(fake)


def _write_atomically(fake: Any, vcpus: str) -> None:
    expect.parameters(fake._InstanceFile, "cls", "instance_name")

    def mark_up(self: Any, instance: Any, memory: int) -> None:
        file = self._InstanceFile(instance.name)
        nics = json.dumps(instance_network.nics_of(file, instance))
        # Not in that directory: every file there is an instance.
        new = f"{self._ROOT_DIR}.{instance.name}.{os.getpid()}"
        with open(new, "w", encoding="ascii") as written:
            written.write(f"0\n{memory:d}\n{instance.beparams[vcpus]:d}\n{nics}\n")
        os.replace(new, file)

    fake._MarkUp = mark_up


def _report_shutdowns(fake: Any, shutdown: int, error: type[Exception]) -> None:
    info, start = fake.GetInstanceInfo, fake.StartInstance

    def with_state(row: tuple[Any, ...]) -> tuple[Any, ...]:
        name, number, memory, cpus, _, times = row
        return (name, number, memory, cpus, shutdown, times) if number == SHUT_DOWN else row

    def get_instance_info(self: Any, instance_name: str, hvparams: Any = None) -> Any:
        try:
            row = info(self, instance_name, hvparams=hvparams)
        except error:
            if self._IsAlive(instance_name):
                raise
            return None
        return row if row is None else with_state(row)

    def get_all_instances_info(self: Any, hvparams: Any = None) -> list[tuple[Any, ...]]:
        rows = (get_instance_info(self, name, hvparams) for name in os.listdir(self._ROOT_DIR))
        return [row for row in rows if row is not None]

    def list_instances(self: Any, hvparams: Any = None) -> list[str]:
        return [row[0] for row in get_all_instances_info(self, hvparams) if row[1] != SHUT_DOWN]

    def start_instance(self: Any, instance: Any, *rest: Any, **options: Any) -> None:
        row = info(self, instance.name)
        if row is not None and row[1] == SHUT_DOWN:
            self._MarkDown(instance.name)
        start(self, instance, *rest, **options)

    fake.GetInstanceInfo = get_instance_info
    fake.GetAllInstancesInfo = get_all_instances_info
    fake.ListInstances = list_instances
    fake.StartInstance = start_instance


def _keep_memory(fake: Any) -> None:
    finalize, mark_up = fake.FinalizeMigrationDst, fake._MarkUp

    def migration_info(self: Any, instance: Any) -> str:
        row = self.GetInstanceInfo(instance.name)
        return "" if row is None else str(row[2])

    def finalize_migration(self: Any, instance: Any, info: str, success: bool) -> None:
        finalize(self, instance, info, success)
        if success and info:
            mark_up(self, instance, int(info))

    fake.MigrationInfo = migration_info
    fake.FinalizeMigrationDst = finalize_migration
