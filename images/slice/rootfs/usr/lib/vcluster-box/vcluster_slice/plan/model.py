"""The types of the plan.  `src/plan/plan.ts` is the contract, `docs/plan.md` describes it.

A field is called as in the plan, in snake case.  A field with a default can be missing or null there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

#: Ganeti's default link for instances' NICs: `gnt-cluster verify` reports it when it is missing
DEFAULT_BRIDGE = "xen-br0"


@dataclass(frozen=True)
class Named:
    """An address and its names; the first name is the full one."""

    names: tuple[str, ...]
    address: str

    @property
    def name(self) -> str:
        return self.names[0]


@dataclass(frozen=True)
class Node(Named):
    slice: int
    group: str
    #: simulated memory, CPUs and disk, used only by `vcluster_node`: `NodeResources` in `src/plan/plan.ts`
    resources: Mapping[str, int] = field(hash=False)
    master_capable: bool = True
    vm_capable: bool = True
    drained: bool = False
    offline: bool = False
    #: GANETI_ROOTDIR; not in the plan: it follows from the node's name
    directory: Path = Path()
    #: its address in the network's secondary subnet; empty without one
    secondary_address: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.address, self.secondary_address) if self.secondary_address else (self.address,)


@dataclass(frozen=True)
class Group:
    name: str
    alloc_policy: str


@dataclass(frozen=True)
class Instance(Named):
    #: name of the node on which the instance is created at the first start; None: it is not created
    node: str | None = None


@dataclass(frozen=True)
class NewInstances:
    os: str
    memory_mib: int
    vcpus: int


@dataclass(frozen=True)
class Needs:
    memory_mib: int
    disk_mib: int
    inotify_instances: int


@dataclass(frozen=True)
class Bridge:
    name: str
    #: of the instances that are linked to it; empty: unknown
    subnet: str = ""


@dataclass(frozen=True)
class Network:
    subnet: str
    #: gets the cluster's addresses
    device: str
    #: of the nodes' secondary addresses; empty: they have none
    secondary_subnet: str = ""
    #: for instances, in addition to Ganeti's default
    bridges: tuple[Bridge, ...] = ()


@dataclass(frozen=True)
class Overlay:
    """The network between the slices of a cluster on several hosts."""

    #: `vxlan`: a device of our own over UDP between the containers; `flat`: the engines' network is flat already
    kind: str
    #: only for `vxlan`
    vni: int = 0


@dataclass(frozen=True)
class Underlay:
    """Where VXLAN packets for a slice go, as the other slices see it."""

    #: IPv4, or a name that the engine's DNS resolves
    address: str
    #: UDP; its device listens on the same port
    port: int


@dataclass(frozen=True)
class Slice:
    number: int
    #: how the command line tool reaches its engine
    endpoint: str
    #: that engine's id
    engine: str
    #: its own in the overlay; empty without one
    address: str = ""
    #: None: the engines' network carries everything
    underlay: Underlay | None = None


@dataclass(frozen=True)
class Rapi:
    port: int
    #: TCP port of the container that leads to RAPI; if it is not RAPI's own, a proxy listens there
    published_port: int
    user: str
    #: names and addresses for its certificate; the first is the subject
    names: tuple[str, ...]


@dataclass(frozen=True)
class Watcher:
    interval_seconds: float


@dataclass(frozen=True)
class Plan:
    slice: int
    cluster: Named
    directory: Path
    network: Network
    #: the one of the first node is the one that `gnt-cluster init` calls "default"
    groups: tuple[Group, ...]
    #: all slices, in the order of their numbers
    slices: tuple[Slice, ...]
    #: of the whole cluster; the first is the first master
    nodes: tuple[Node, ...]
    instances: tuple[Instance, ...]
    new_instances: NewInstances
    init: tuple[str, ...]
    rapi: Rapi
    needs: Needs
    #: None: ganeti-watcher does not run
    watcher: Watcher | None
    #: None: never
    expires: datetime | None
    #: None: the cluster is on one host
    overlay: Overlay | None
    #: False: the slice boots without a cluster; others create one on its nodes (as Ganeti's own QA suite does)
    provision: bool = True

    @property
    def own_nodes(self) -> tuple[Node, ...]:
        """Those that run in this slice."""
        return tuple(node for node in self.nodes if node.slice == self.slice)

    @property
    def master(self) -> Node:
        """The node on which the cluster is initialised.  The master can change later: see `master.votes`."""
        return self.nodes[0]

    @property
    def networks(self) -> tuple[str, ...]:
        """All that belong to the cluster."""
        bridged = (bridge.subnet for bridge in self.network.bridges)
        return tuple(network for network in (self.network.subnet, self.network.secondary_subnet, *bridged) if network)

    @property
    def bridges(self) -> tuple[str, ...]:
        return (DEFAULT_BRIDGE, *(bridge.name for bridge in self.network.bridges))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Those of the cluster, its nodes and its slices."""
        of_slices = (each.address for each in self.slices if each.address)
        return (self.cluster.address, *(address for node in self.nodes for address in node.addresses), *of_slices)

    @property
    def own_slice(self) -> Slice:
        return next(each for each in self.slices if each.number == self.slice)

    @property
    def peers(self) -> tuple[Slice, ...]:
        """The other slices."""
        return tuple(each for each in self.slices if each.number != self.slice)

    def peer_of(self, name: str | None) -> Slice | None:
        """The other slice that has the node of that name; None if this slice has it, or there is no such node."""
        number = next((node.slice for node in self.nodes if node.name == name), self.slice)
        return next((peer for peer in self.peers if peer.number == number), None)

    def find(self, name: str) -> Node | None:
        return next((node for node in self.nodes if name in node.names), None)
