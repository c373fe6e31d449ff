"""Gives each node its own memory and CPUs.

Ganeti asks Linux (`BaseHypervisor.GetLinuxNodeInfo`), so all virtual nodes would have those of the machine, and their
free memory would depend on every program on it.  Here a node has what the plan says, less what the node itself uses.
The fake hypervisor subtracts its running instances by itself, so that at any time

    memory_total = memory_dom0 + memory of running instances + memory_free

as on a node with a real hypervisor: `hbal`, `hspace` and `hail` check that sum.  Ganeti does not subtract CPUs: it
counts the virtual CPUs of the instances, which can be more than the node has (`vcpu-ratio`).
"""

from types import ModuleType
from typing import Any

from . import expect, resources

#: what does not work without the change
LOST = "nodes have the machine's memory and CPUs instead of their own"


def change(hv_base: ModuleType) -> None:
    original = hv_base.BaseHypervisor.GetLinuxNodeInfo
    expect.parameters(original, "meminfo", "cpuinfo")

    def get_linux_node_info(*files: str, **named_files: str) -> dict[str, Any]:
        info: dict[str, Any] = original(*files, **named_files)
        own = resources.read()
        return info if own is None else {**info, **_simulated(own)}

    hv_base.BaseHypervisor.GetLinuxNodeInfo = staticmethod(get_linux_node_info)


def _simulated(own: dict[str, Any]) -> dict[str, int]:
    return {
        "memory_total": own["memoryMiB"],
        "memory_dom0": own["ownMemoryMiB"],
        "memory_free": own["memoryMiB"] - own["ownMemoryMiB"],
        "cpu_total": own["cpus"],
        "cpu_dom0": own["ownCpus"],
    }
