"""Instances of the fake hypervisor that were shut down from inside, and that migrate with the memory that they have.

A running instance is a file with id, memory and CPUs (`ganeti.hypervisor.hv_fake`); where there is none, it is taken to have
crashed.  From that Ganeti tells an instance that its own user has shut down (`gnt-cluster modify --user-shutdown=yes`; state
USER_down), if the hypervisor does.  As of KVM, such an instance has id -1 here, and no memory: `vcluster-slice instance shutdown`
writes that.

An instance that migrates is given the memory of one that starts, so what `gnt-instance modify -m` has taken from it would be back.
Its source tells the target how much it has.

The node daemon does several things at once.  To list instances failed when one of them just ended ("Failed to list instances"),
and what a node has of memory when one just started and its file was still empty: then allocators take the node for broken.
"""

import os
from types import ModuleType
from typing import Any

from . import expect

SHUT_DOWN = "-1"


def change(hv_fake: ModuleType) -> None:
    fake = hv_fake.FakeHypervisor
    expect.parameters(fake.GetInstanceInfo, "self", "instance_name", "hvparams")
    expect.parameters(fake.GetAllInstancesInfo, "self", "hvparams")
    expect.parameters(fake.ListInstances, "self", "hvparams")
    expect.parameters(fake.StartInstance, "self", "instance")
    expect.parameters(fake.MigrationInfo, "self", "instance")
    expect.parameters(fake.FinalizeMigrationDst, "self", "instance", "info", "success")
    expect.parameters(fake._MarkUp, "self", "instance", "memory")
    _mark_at_once(fake, hv_fake.constants.BE_VCPUS)
    _tell_of_shutdowns(fake, hv_fake.hv_base.HvInstanceState.SHUTDOWN, hv_fake.errors.HypervisorError)
    _keep_memory(fake)


def _mark_at_once(fake: Any, vcpus: str) -> None:
    expect.parameters(fake._InstanceFile, "cls", "instance_name")

    def mark_up(self: Any, instance: Any, memory: int) -> None:
        file = self._InstanceFile(instance.name)
        # Not in that directory, where every file is an instance.
        new = f"{self._ROOT_DIR}.{instance.name}.{os.getpid()}"
        with open(new, "w", encoding="ascii") as written:
            written.write(f"0\n{memory:d}\n{instance.beparams[vcpus]:d}\n")
        os.replace(new, file)

    fake._MarkUp = mark_up


def _tell_of_shutdowns(fake: Any, shutdown: int, error: type[Exception]) -> None:
    info, start = fake.GetInstanceInfo, fake.StartInstance

    def told(row: tuple[Any, ...]) -> tuple[Any, ...]:
        name, number, memory, cpus, _, times = row
        return (name, number, memory, cpus, shutdown, times) if number == SHUT_DOWN else row

    def get_instance_info(self: Any, instance_name: str, hvparams: Any = None) -> Any:
        try:
            row = info(self, instance_name, hvparams=hvparams)
        except error:
            if self._IsAlive(instance_name):
                raise
            return None
        return row if row is None else told(row)

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
