"""The plan as this side sees it.  `src/plan/plan.ts` is the contract; `docs/plan.md` describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

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
    #: GANETI_ROOTDIR
    directory: Path
    #: simulated memory, CPUs and disk: `NodeResources` in `src/plan/node-resources.ts`; for `vcluster_node` alone
    resources: Mapping[str, int] = field(hash=False)
    master_capable: bool = True
    vm_capable: bool = True
    drained: bool = False
    offline: bool = False


@dataclass(frozen=True)
class Group:
    name: str
    alloc_policy: str


@dataclass(frozen=True)
class Instance(Named):
    #: name of the node on which one of that name is made when the cluster begins; None: none is
    node: str | None


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
class Overlay:
    """The network between the slices of a cluster on several hosts."""

    #: `vxlan`: a device of our own over UDP between the containers; `flat`: the engine's network is one already
    kind: str
    #: 0 where there is no VXLAN
    vni: int


@dataclass(frozen=True)
class Underlay:
    """Where the VXLAN packets for a slice go, as the other slices see it."""

    #: IPv4, or a name that the engine's DNS knows
    address: str
    #: UDP; its device listens on the same one
    port: int


@dataclass(frozen=True)
class Slice:
    number: int
    #: its own in the overlay; empty on one host
    address: str
    #: how the command line tool reaches its engine, and that engine's id
    endpoint: str
    engine: str
    #: None: the engine's network carries everything
    underlay: Underlay | None


@dataclass(frozen=True)
class Plan:
    slice: int
    cluster: Named
    directory: Path
    subnet: str
    device: str
    #: the one of the first node is what `gnt-cluster init` calls "default"
    groups: tuple[Group, ...]
    #: all slices, in the order of their numbers
    slices: tuple[Slice, ...]
    #: of the whole cluster; the first is the first master
    nodes: tuple[Node, ...]
    instances: tuple[Instance, ...]
    new_instances: NewInstances
    init: tuple[str, ...]
    rapi_port: int
    #: TCP port of the container that leads to RAPI: a proxy listens there unless RAPI itself does
    rapi_published_port: int
    rapi_user: str
    #: names and addresses for RAPI's certificate; the first is its subject
    rapi_names: tuple[str, ...]
    needs: Needs
    #: seconds between two runs of ganeti-watcher on a node; None: it is not run
    watcher_interval: float | None
    #: when the slice is to end; None: never
    expires: datetime | None
    #: False: the slice boots without a cluster, which somebody else makes on its nodes (Ganeti's own QA suite does)
    provision: bool = True
    #: None: the cluster is on one host
    overlay: Overlay | None = None

    @property
    def own_nodes(self) -> tuple[Node, ...]:
        """Those that run in this slice."""
        return tuple(node for node in self.nodes if node.slice == self.slice)

    @property
    def master(self) -> Node:
        return self.nodes[0]

    @property
    def own_slice(self) -> Slice:
        return next(each for each in self.slices if each.number == self.slice)

    @property
    def peers(self) -> tuple[Slice, ...]:
        """The other slices."""
        return tuple(each for each in self.slices if each.number != self.slice)

    def find(self, name: str) -> Node | None:
        return next((node for node in self.nodes if name in node.names), None)
