"""Lets `gnt-cluster verify` judge the keys of elliptic curves by their strength.

Handshakes between Ganeti's daemons cost a third with an elliptic curve (P-256) of what they cost with RSA, which is
most of the cost of a request, so the slice creates the cluster with such a key (`boot/provision.py`).  `verify` calls
every key of less than 2048 bits weak (`x509._VerifyX509CertificateStrength`), because it expects RSA.  A curve of 256
bits is as strong as RSA of 3072 bits (NIST SP 800-57, part 1, table 2), and is counted as that here.
"""

from types import ModuleType, SimpleNamespace
from typing import Any

from . import expect

#: bits of a curve -> bits of an RSA key that is as strong, by that table
AS_STRONG = {256: 3072, 384: 7680, 521: 15360}
#: what does not work without the change
LOST = "gnt-cluster verify calls the cluster's keys weak"


def change(x509: ModuleType) -> None:
    original = x509._VerifyX509CertificateStrength
    expect.parameters(original, "cert")
    curve = x509.OpenSSL.crypto.TYPE_EC

    def verify_strength(cert: Any) -> Any:
        key = cert.get_pubkey()
        if key.type() != curve:
            return original(cert)
        bits = AS_STRONG.get(key.bits(), key.bits())
        as_rsa = SimpleNamespace(bits=lambda: bits)
        return original(
            SimpleNamespace(get_pubkey=lambda: as_rsa, get_signature_algorithm=cert.get_signature_algorithm)
        )

    x509._VerifyX509CertificateStrength = verify_strength
