"""`drbdsetup`, as Ganeti calls that of DRBD 8.4."""

from collections.abc import Callable, Sequence

from ..failure import Failed
from ..node import Node
from ..options import Options
from ..outcome import Outcome
from . import ends, metadata, proc
from .metadata import INCONSISTENT, UP_TO_DATE
from .minors import PRIMARY, SECONDARY, Disk, Minor, Net
from .pairs import Pairs, settled

#: options without a value
FLAGS = ("force", "allow-two-primaries", "discard-my-data")
REFUSED = "State change failed: (-%d) %s"


def run(node: Node, argv: Sequence[str], outcome: Outcome) -> None:
    words, options = _parse(argv)
    if len(words) > 1 and words[0].startswith("/dev/drbd"):
        # As DRBD 8.3 had it: the device first.
        words = [words[1], words[0], *words[2:]]
    if not words or words[0] not in COMMANDS:
        raise Failed(f"drbdsetup: commands are {', '.join(COMMANDS)}", 20)
    with settled(node) as pairs:
        COMMANDS[words[0]](_Call(pairs, words[1:], options, outcome))


class _Call:
    def __init__(self, pairs: Pairs, words: list[str], options: Options, outcome: Outcome) -> None:
        self.pairs, self.words, self.options, self.outcome = pairs, words, options, outcome

    def minor(self) -> Minor:
        return _find(self.pairs, self.words[0] if self.words else "")


def _parse(argv: Sequence[str]) -> tuple[list[str], Options]:
    """Options are `--name=value` or `--name value`; which ones have a value is known by what follows."""
    words, options, rest = [], Options(), list(argv)
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if not equals and rest and not rest[0].startswith("--") and name not in FLAGS:
                value = rest.pop(0)
            options.given.append((name, value))
        else:
            words.append(word)
    return words, options


def _find(pairs: Pairs, name: str) -> Minor:
    """By number, device or resource."""
    number = name.rpartition("drbd")[2] if "drbd" in name else name
    for minor in pairs.own.values():
        if number == str(minor.number) or name == minor.resource:
            return minor
    raise Failed(f"{name}: Failure: (127) Device minor not allocated", 10)


def _new_resource(call: _Call) -> None:
    """It comes into being with its first minor."""


def _new_minor(call: _Call) -> None:
    resource, number = call.words[0], int(call.words[1])
    call.pairs.own.setdefault(number, Minor(number, resource))


def _attach(call: _Call) -> None:
    minor = call.minor()
    _, data, meta, *_ = call.words
    if minor.disk is not None:
        raise Failed(f"{minor.number}: Failure: (124) Device is attached to a disk (use detach first)", 10)
    metadata.read(meta)
    minor.disk = Disk(data, meta, _mib(call.options.last("size")))


def _detach(call: _Call) -> None:
    minor = call.minor()
    end, peer = call.pairs.end(minor), call.pairs.peer(minor)
    if minor.role == PRIMARY and (peer is None or proc.inconsistent(peer)):
        raise Failed(REFUSED % (2, "Need access to UpToDate data"), 17)
    minor.disk, minor.sync = None, None
    primary = minor.role == PRIMARY or (peer is not None and peer.minor.role == PRIMARY)
    if primary and end.metadata is not None and peer is not None and peer.disk_state == UP_TO_DATE:
        # What is written from now on is on the other side only.
        assert peer.metadata is not None
        peer.metadata.begin_generation()
        peer.save_metadata()


def _connect(call: _Call) -> None:
    minor = call.minor()
    local, remote = (word.partition(":")[2] for word in call.words[1:3])
    options = call.options
    protocol, secret = options.last("protocol") or "C", options.last("shared-secret") or ""
    flags = [options.has(name) for name in ("allow-two-primaries", "discard-my-data")]
    minor.net = Net(local, remote, protocol, flags[0], secret, flags[1])
    minor.standalone, minor.connection = False, ""


def _disconnect(call: _Call) -> None:
    local, remote = (word.partition(":")[2] for word in call.words[:2])
    for minor in call.pairs.own.values():
        if minor.net and (minor.net.local, minor.net.remote) == (local, remote):
            _part_ways(call.pairs, minor)
            minor.net = None


def _part_ways(pairs: Pairs, minor: Minor) -> None:
    peer = pairs.peer(minor)
    minor.standalone, minor.sync = True, None
    if peer is not None:
        peer.minor.sync = None
        if peer.minor.connected and peer.minor.role == PRIMARY and peer.disk_state == UP_TO_DATE:
            assert peer.metadata is not None
            peer.metadata.begin_generation()
            peer.save_metadata()
        peer.minor.connection = ""


def _down(call: _Call) -> None:
    minor = call.minor()
    _refuse_open(call.pairs, minor, "down")
    if minor.net is not None and not minor.standalone:
        minor.role = SECONDARY
        _part_ways(call.pairs, minor)
    del call.pairs.own[minor.number]


def _refuse_open(pairs: Pairs, minor: Minor, what: str) -> None:
    if minor.role == PRIMARY and pairs.node.is_open(f"dev/drbd{minor.number}"):
        raise Failed(f"{minor.number}: {REFUSED % (12, 'Device is held open by someone')}", 11)


def _primary(call: _Call) -> None:
    minor, force = call.minor(), call.options.has("force")
    if minor.role == PRIMARY:
        return
    end, peer = call.pairs.end(minor), call.pairs.peer(minor)
    connected = peer is not None and minor.connected
    two = minor.net is not None and minor.net.two_primaries and peer and peer.minor.net and peer.minor.net.two_primaries
    if connected and peer and peer.minor.role == PRIMARY and not two:
        raise Failed(f"{minor.number}: {REFUSED % (1, 'Multiple primaries not allowed by config')}", 11)
    if end.metadata is None and (not connected or peer is None or proc.inconsistent(peer)):
        raise Failed(f"{minor.number}: {REFUSED % (2, 'Need access to UpToDate data')}", 17)
    if end.metadata is not None and end.metadata.state == INCONSISTENT:
        if not (connected and peer and peer.disk_state == UP_TO_DATE):
            if not force:
                raise Failed(f"{minor.number}: {REFUSED % (2, 'Need access to UpToDate data')}", 17)
            end.metadata.state = UP_TO_DATE
            ends.part(minor)
            end.metadata.begin_generation()
            end.save_metadata()
    elif end.metadata is not None and (not connected or (peer and peer.metadata is None)):
        ends.part(minor)
        end.metadata.begin_generation()
        end.save_metadata()
    minor.role = PRIMARY


def _secondary(call: _Call) -> None:
    minor = call.minor()
    if minor.role == PRIMARY:
        _refuse_open(call.pairs, minor, "secondary")
    minor.role = SECONDARY


def _resize(call: _Call) -> None:
    minor = call.minor()
    if minor.disk is not None:
        minor.disk.size_mib = _mib(call.options.last("size"))


def _disk_options(call: _Call) -> None:
    rate = call.options.last("resync-rate") or call.options.last("c-max-rate")
    if rate is not None:
        call.minor().rate_kib = max(1, int(rate.rstrip("kK")))


def _pause(call: _Call) -> None:
    call.minor().paused = True


def _resume(call: _Call) -> None:
    call.minor().paused = False


def _show(call: _Call) -> None:
    found = [call.minor()] if call.words else call.pairs.own.values()
    call.outcome.out += [proc.show(minor) for minor in found]


def _status(call: _Call) -> None:
    call.outcome.out.append(proc.text(call.pairs))


COMMANDS: dict[str, Callable[[_Call], None]] = {
    "new-resource": _new_resource,
    "new-minor": _new_minor,
    "attach": _attach,
    "detach": _detach,
    "connect": _connect,
    "disconnect": _disconnect,
    "down": _down,
    "primary": _primary,
    "secondary": _secondary,
    "resize": _resize,
    "disk-options": _disk_options,
    "pause-sync": _pause,
    "resume-sync": _resume,
    "show": _show,
    "status": _status,
}


def _mib(text: str | None) -> int:
    return int((text or "0").rstrip("mM"))
