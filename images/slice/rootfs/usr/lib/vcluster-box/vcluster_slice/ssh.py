"""The nodes reach one another by ssh, all as root of this container, with keys made for this cluster."""

import subprocess
from pathlib import Path

from .commands import run
from .plan import Plan
from .steps import StepFailed

HOST_KEYS = Path("/etc/ssh")
ROOT = Path("/root/.ssh")
PID_FILE = Path("/run/sshd.pid")
LOG = Path("/var/log/sshd.log")


def set_up_ssh(plan: Plan) -> None:
    """Makes keys where there are none, and starts sshd.  Ganeti reads the RSA host key when a cluster is initialised."""
    _make_key(HOST_KEYS / "ssh_host_rsa_key", "rsa", 2048)
    _make_key(HOST_KEYS / "ssh_host_ed25519_key", "ed25519", 0)
    ROOT.mkdir(mode=0o700, exist_ok=True)
    _make_key(ROOT / "id_ed25519", "ed25519", 0)
    _write(ROOT / "authorized_keys", (ROOT / "id_ed25519.pub").read_text())
    write_known_hosts(plan)
    _start()


def write_known_hosts(plan: Plan) -> None:
    patterns = ",".join(f"*.{name.split('.', 1)[1]}" if "." in name else name for name in plan.cluster.names[:1])
    names = ",".join([patterns, *(alias for node in plan.nodes for alias in (*node.names[1:], node.address))])
    keys = [key.read_text().split()[:2] for key in sorted(HOST_KEYS.glob("ssh_host_*_key.pub"))]
    _write(ROOT / "known_hosts", "".join(f"{names} {kind} {key}\n" for kind, key in keys))


def stop_ssh() -> None:
    pid = _pid()
    if pid is not None:
        subprocess.run(["kill", str(pid)], check=False, stderr=subprocess.DEVNULL)


def _start() -> None:
    PID_FILE.unlink(missing_ok=True)
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    try:
        run(["/usr/sbin/sshd", "-E", str(LOG)])
    except StepFailed as error:
        raise StepFailed("sshd does not start", log=LOG, output=error.output) from error


def _pid() -> int | None:
    try:
        return int(PID_FILE.read_text())
    except (OSError, ValueError):
        return None


def _make_key(path: Path, kind: str, bits: int) -> None:
    if not path.exists():
        size = ["-b", str(bits)] if bits else []
        run(["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", "vcluster-box", "-f", str(path)])


def _write(path: Path, content: str) -> None:
    path.write_text(content)
    path.chmod(0o600)
