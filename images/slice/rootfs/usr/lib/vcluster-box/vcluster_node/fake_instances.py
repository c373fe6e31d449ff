"""Instances of the fake hypervisor that were shut down from inside, and that migrate with the memory that they have.

A running instance is a file with id, memory and CPUs (`ganeti.hypervisor.hv_fake`); where there is none, it is taken to have
crashed.  From that Ganeti tells an instance that its own user has shut down (`gnt-cluster modify --user-shutdown=yes`; state
USER_down), if the hypervisor does.  As of KVM, such an instance has id -1 here, and no memory: `vcluster-slice instance shutdown`
writes that.

An instance that migrates is given the memory of one that starts, so what `gnt-instance modify -m` has taken from it would be back.
Its source tells the target how much it has.
"""

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
    _tell_of_shutdowns(fake, hv_fake.hv_base.HvInstanceState.SHUTDOWN)
    _keep_memory(fake)


def _tell_of_shutdowns(fake: Any, shutdown: int) -> None:
    info, all_info, start = fake.GetInstanceInfo, fake.GetAllInstancesInfo, fake.StartInstance

    def told(row: tuple[Any, ...]) -> tuple[Any, ...]:
        name, number, memory, cpus, _, times = row
        return (name, number, memory, cpus, shutdown, times) if number == SHUT_DOWN else row

    def get_instance_info(self: Any, instance_name: str, hvparams: Any = None) -> Any:
        row = info(self, instance_name, hvparams=hvparams)
        return row if row is None else told(row)

    def get_all_instances_info(self: Any, hvparams: Any = None) -> list[tuple[Any, ...]]:
        return [told(row) for row in all_info(self, hvparams=hvparams)]

    def list_instances(self: Any, hvparams: Any = None) -> list[str]:
        return [row[0] for row in all_info(self, hvparams=hvparams) if row[1] != SHUT_DOWN]

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
