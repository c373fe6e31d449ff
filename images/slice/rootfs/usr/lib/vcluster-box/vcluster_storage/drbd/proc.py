"""The content of /proc/drbd."""

from .ends import End
from .metadata import INCONSISTENT
from .minors import Minor
from .pairs import Pairs
from .settle import SPEED

VERSION = "8.4.11"
HEADER = f"version: {VERSION} (api:1/proto:86-101)\nsrcversion: SIMULATED\n"
#: what `gnt-cluster init --drbd-usermode-helper` is told
USERMODE_HELPER = "/bin/true"


def text(pairs: Pairs) -> str:
    return HEADER + "".join(_minor(pairs.end(minor), pairs.peer(minor)) for _, minor in sorted(pairs.own.items()))


def connection(end: End, peer: End | None) -> str:
    minor = end.minor
    if minor.net is None or minor.standalone:
        return "StandAlone"
    if peer is None or not minor.connected or minor.waiting:
        return "WFConnection"
    if minor.sync is not None:
        return "PausedSyncT" if minor.paused or peer.minor.paused else "SyncTarget"
    if peer.minor.sync is not None:
        return "PausedSyncS" if minor.paused or peer.minor.paused else "SyncSource"
    return "Connected"


def _minor(end: End, peer: End | None) -> str:
    minor = end.minor
    state = connection(end, peer)
    met = peer if state not in ("StandAlone", "WFConnection") else None
    if minor.disk is None and minor.net is None:
        return f"{minor.number:2}: cs:Unconfigured\n"
    roles = f"{minor.role}/{met.minor.role if met else 'Unknown'}"
    disks = f"{end.disk_state}/{met.disk_state if met else 'DUnknown'}"
    protocol = f"{minor.net.protocol} r-----" if minor.net else "  r-----"
    lines = [
        f"{minor.number:2}: cs:{state} ro:{roles} ds:{disks} {protocol}",
        "    ns:0 nr:0 dw:0 dr:0 al:0 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:0",
    ]
    syncing = minor if minor.sync else peer.minor if met and peer and peer.minor.sync else None
    return "\n".join([*lines, *(_progress(syncing) if syncing else [])]) + "\n"


def _progress(minor: Minor) -> list[str]:
    assert minor.sync is not None
    total, done = minor.sync.total_kib, min(minor.sync.done_kib, minor.sync.total_kib)
    percent = 100 * done / total if total else 100
    bar = "=" * int(percent / 5)
    seconds = int((total - done) / (minor.rate_kib * SPEED))
    finish = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    rate = f"{minor.rate_kib:,}"
    return [
        f"\t[{(bar + '>').ljust(20, '.')}] sync'ed:{percent:5.1f}% ({total - done}/{total})K",
        f"\tfinish: {finish} speed: {rate} ({rate}) want: {rate} K/sec",
    ]


def show(minor: Minor) -> str:
    """`drbdsetup show`."""
    lines = [f"resource {minor.resource} {{"]
    if minor.net is not None:
        lines += ["    net {", f'        protocol {minor.net.protocol};']
        lines += ["        allow-two-primaries yes;"] if minor.net.two_primaries else []
        lines += ["    }", "    _remote_host {", f"        address ipv4 {minor.net.remote};", "    }"]
    lines += ["    _this_host {"]
    if minor.net is not None:
        lines.append(f"        address ipv4 {minor.net.local};")
    lines += ["        volume 0 {", f"            device minor {minor.number};"]
    if minor.disk is not None:
        lines += [f'            disk "{minor.disk.data}";', f'            meta-disk "{minor.disk.meta}";']
        lines += ["            disk {", f"                size {minor.disk.size_mib * 2048}s;", "            }"]
    return "\n".join([*lines, "        }", "    }", "}"]) + "\n"


def inconsistent(end: End) -> bool:
    return end.disk_state in (INCONSISTENT, "Diskless")
