"""Certificates: RAPI's, and the nodes' client certificates, as `ganeti.utils.x509.GenerateNewClientSslCert` makes them.

The cluster's certificate and the nodes' share one private key, because generating keys takes time.  Each node has its
own certificate, and the configuration has its digest.  Separate keys would protect nothing: the nodes run in one
container, as one user, and each node has the key of the cluster's certificate.
"""

import datetime
import ipaddress
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: RSA where Ganeti has made it: RAPI's, and all after `gnt-cluster renew-crypto`
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

#: `constants.RSA_KEY_BITS`, `constants.X509_CERT_DEFAULT_VALIDITY` (days)
KEY_BITS = 2048
VALIDITY = datetime.timedelta(days=365 * 5)


def self_signed(names: Sequence[str], key_pem: bytes) -> bytes:
    """A server's certificate with its key, both PEM.

    Ganeti's own certificate has only a common name, and the same serial number in every cluster.  Some clients (Go,
    Python) reject the first; those built on NSS reject the second when they have seen another cluster.

    :param names: names and addresses; the first is also the subject
    :param key_pem: its key, as PEM
    """
    key = _load(key_pem)
    subject = _subject(names[0])
    certificate = (
        _unsigned(subject, key.public_key())
        .issuer_name(subject)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        # It cannot sign others: a client that trusts it trusts only this server.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _pem(key) + certificate.public_bytes(serialization.Encoding.PEM)


class Signer:
    """Signs with the cluster's certificate, `server.pem`."""

    def __init__(self, server_pem: Path) -> None:
        pem = server_pem.read_bytes()
        key = _load(pem)
        self._issuer = x509.load_pem_x509_certificate(pem).subject
        self._key = key
        self._key_pem = _pem(key)

    def sign(self, name: str) -> tuple[bytes, str]:
        """A client certificate for the node of that name.

        :returns: the content of its `client.pem`, and the digest for the configuration (SHA-1, hexadecimal with colons,
            as `ganeti.utils.security.GetCertificateDigest` returns it)
        """
        unsigned = _unsigned(_subject(name), self._key.public_key())
        certificate = unsigned.issuer_name(self._issuer).sign(self._key, hashes.SHA256())
        pem = self._key_pem + certificate.public_bytes(serialization.Encoding.PEM)
        return pem, certificate.fingerprint(hashes.SHA1()).hex(":").upper()


def _unsigned(subject: x509.Name, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + VALIDITY)
    )


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _load(pem: bytes) -> Key:
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, Key)
    return key


def _pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
