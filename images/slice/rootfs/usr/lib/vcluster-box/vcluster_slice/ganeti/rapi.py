"""RAPI's user and password, and whether it answers."""

import base64
import hashlib
import os
import secrets
import ssl
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from .. import files, paths
from ..failure import StepFailed
from ..plan.model import Node, Plan
from .ssconf import current_cluster

#: `ganeti.server.rapi`, RemoteApiHandler.AUTH_REALM
REALM = "Ganeti Remote API"


def password() -> str:
    """The secret in `VCLUSTER_BOX_RAPI_PASSWORD_FILE`, or the password created at the first start.

    :raises StepFailed: when the secret cannot be used
    """
    given = os.environ.get("VCLUSTER_BOX_RAPI_PASSWORD_FILE")
    if given:
        return _keep(_read_secret(Path(given)))
    if paths.RAPI_PASSWORD.exists():
        return paths.RAPI_PASSWORD.read_text().strip()
    return _keep(secrets.token_urlsafe(18))


def write_users(node: Node, user: str, secret: str) -> None:
    """The same file on every node: `gnt-cluster verify` expects it on all or none.  It contains only a digest."""
    digest = hashlib.md5(f"{user}:{REALM}:{secret}".encode(), usedforsecurity=False).hexdigest()
    target = node.directory / "var/lib/ganeti/rapi/users"
    files.write_as(target, f"{user} {{HA1}}{digest} write\n", user="gnt-rapi", group="gnt-masterd", mode=0o640)


def answers(plan: Plan, *, timeout: float = 5) -> bool:
    """Whether RAPI answers at the cluster's address.  Its certificate is self-signed.

    It logs each request, so this one has the password: a health check is no failed login.  If the user has changed the
    password, later requests are for a path that RAPI does not have, which it says before it looks at the password.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    path = "health-check" if paths.RAPI_REFUSED.exists() else "version"
    try:
        url = f"https://{current_cluster(plan).address}:{plan.rapi.port}/{path}"
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        login = base64.b64encode(f"{plan.rapi.user}:{password()}".encode()).decode()
        request = urllib.request.Request(url, headers={"Authorization": f"Basic {login}"})
        with opener.open(request, timeout=timeout) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        if error.code == 401:
            with suppress(OSError):
                paths.RAPI_REFUSED.touch()
        return True  # a refusal is an answer
    except OSError:
        return False


def _read_secret(path: Path) -> str:
    try:
        secret = path.read_text().strip()
    except OSError as error:
        raise StepFailed(
            f"the RAPI password's file {path} cannot be read: {error.strerror}",
            hint="VCLUSTER_BOX_RAPI_PASSWORD_FILE must name a file in the container, such as a compose secret",
        ) from error
    if not secret or any(char.isspace() for char in secret):
        raise StepFailed(f"the RAPI password in {path} is empty or contains white space")
    return secret


def _keep(secret: str) -> str:
    paths.STATE.mkdir(parents=True, exist_ok=True)
    paths.RAPI_PASSWORD.touch(mode=0o600)
    paths.RAPI_PASSWORD.write_text(f"{secret}\n")
    return secret
