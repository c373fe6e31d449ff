"""Fixes data transfers between nodes on Ganeti 3.1.0~rc (`gnt-backup export`, `gnt-instance move`).

That version tells socat to expect the node's name in the other end's certificate, even if that is the cluster's own
certificate, which has the name `ganeti.example.com` on every node; socat then refuses it.  Ganeti 3.1.0 expects that
name for that certificate.  This is the change of upstream's commit 69f4dcba4 (issue 1840).
"""

from types import ModuleType
from typing import Any

OPTION = "openssl-commonname="
#: what does not work without the change
LOST = "on Ganeti 3.1.0~rc, gnt-backup and gnt-instance move fail"


def change(impexpd: ModuleType) -> None:
    builder = impexpd.CommandBuilder
    original = builder._GetSocatCommand
    from ganeti import pathutils

    wanted = OPTION + impexpd.constants.X509_CERT_CN
    own = pathutils.NODED_CERT_FILE

    def socat_command(self: Any) -> Any:
        words = original(self)
        if (self._opts.cert, self._opts.key) != (own, own):
            return words
        return [_renamed(word, wanted) for word in words]

    builder._GetSocatCommand = socat_command


def _renamed(word: str, wanted: str) -> str:
    return ",".join(wanted if part.startswith(OPTION) else part for part in word.split(","))
