"""sshd and its keys: the nodes reach each other by ssh, all as root of this container, with keys made for this
cluster.  What is called at a node's address acts as that node."""

import subprocess
import threading
from pathlib import Path

from .. import files, paths
from ..commands import run
from ..failure import StepFailed
from ..plan.model import Plan

HOST_KEYS = Path("/etc/ssh")
ROOT = Path("/root/.ssh")
PID_FILE = Path("/run/sshd.pid")
LOG = Path("/var/log/sshd.log")
SSHD = "/usr/sbin/sshd"

_making_host_key = threading.Lock()


def set_up_ssh(plan: Plan) -> None:
    """Creates missing keys, and starts sshd.  Ganeti reads the RSA host key when a cluster is initialised."""
    ROOT.mkdir(mode=0o700, exist_ok=True)
    own = _own_keys() if plan.overlay is None else _given_keys()
    _write(ROOT / "authorized_keys", own.read_text())
    _write_known_hosts(plan)
    _write_nodes(plan)
    _start()


def update(plan: Plan) -> None:
    """Follows changes of the cluster's nodes and slices."""
    _write_known_hosts(plan)
    _write_nodes(plan)


def begin_host_key(plan: Plan) -> None:
    """Begins to create the RSA key in another thread, if it is missing: it takes 0.1 to 0.5 s."""
    if plan.overlay is None:
        threading.Thread(target=_make_host_key, daemon=True).start()


def _make_host_key() -> None:
    """Waits if another thread is creating it."""
    with _making_host_key:
        _make_key(HOST_KEYS / "ssh_host_rsa_key", "rsa", 2048)


def _own_keys() -> Path:
    """:returns: the public key that may log in"""
    _make_host_key()
    _make_key(HOST_KEYS / "ssh_host_ed25519_key", "ed25519", 0)
    _make_key(ROOT / "id_ed25519", "ed25519", 0)
    return ROOT / "id_ed25519.pub"


def _given_keys() -> Path:
    """Several slices share their keys.  `up` has written the private ones, before the first start.

    :returns: the public key that may log in
    """
    for private in (HOST_KEYS / "ssh_host_rsa_key", ROOT / "id_rsa"):
        if not private.exists():
            raise StepFailed(
                f"the cluster has several slices, and the key that they share is missing: {private}",
                hint="the same RSA key must be written into the container of each slice before its first start",
            )
        private.chmod(0o600)
        public = private.with_name(f"{private.name}.pub")
        files.ensure(public, run(["ssh-keygen", "-y", "-f", str(private)]))
        public.chmod(0o644)
    return ROOT / "id_rsa.pub"


def _write_known_hosts(plan: Plan) -> None:
    patterns = ",".join(f"*.{name.split('.', 1)[1]}" if "." in name else name for name in plan.cluster.names[:1])
    of_nodes = (alias for node in plan.nodes for alias in (*node.names[1:], *node.addresses))
    names = ",".join([patterns, *of_nodes, *(each.address for each in plan.slices if each.address)])
    keys = [key.read_text().split()[:2] for key in sorted(HOST_KEYS.glob("ssh_host_*_key.pub"))]
    _write(ROOT / "known_hosts", "".join(f"{names} {kind} {key}\n" for kind, key in keys))


def _write_nodes(plan: Plan) -> None:
    """For `ssh-on-node`, by which sshd runs each command."""
    lines = (f"{address} {node.directory}\n" for node in plan.own_nodes for address in node.addresses)
    _write(paths.ADDRESSES, "".join(lines))


def stop_ssh() -> None:
    pid = _pid()
    if pid is not None:
        subprocess.run(["kill", str(pid)], check=False, stderr=subprocess.DEVNULL)


def _no_penalties() -> list[str]:
    """From 9.8 on (Debian trixie), sshd refuses for a while clients that connected without logging in, as slices do to
    see whether another one is up.  Older versions do not know the setting."""
    option = ["-o", "PerSourcePenalties=no"]
    known = subprocess.run([SSHD, "-t", *option], check=False, capture_output=True).returncode == 0
    return option if known else []


def _start() -> None:
    PID_FILE.unlink(missing_ok=True)
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    try:
        run([SSHD, "-E", str(LOG), *_no_penalties()])
    except StepFailed as error:
        raise StepFailed("sshd does not start", log=LOG, output=error.output) from error


def _pid() -> int | None:
    try:
        return int(PID_FILE.read_text())
    except (OSError, ValueError):
        return None


def _make_key(path: Path, kind: str, bits: int) -> None:
    if path.exists():
        return
    # A start that is interrupted leaves no part of a key behind.
    drafts = [path.with_name(f"{path.name}.new"), path.with_name(f"{path.name}.new.pub")]
    for draft in drafts:
        draft.unlink(missing_ok=True)
    size = ["-b", str(bits)] if bits else []
    run(["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", "vcluster-box", "-f", str(drafts[0])])
    drafts[1].replace(path.with_name(f"{path.name}.pub"))
    drafts[0].replace(path)


def _write(path: Path, content: str) -> None:
    files.ensure(path, content)
    path.chmod(0o600)
