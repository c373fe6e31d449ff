"""Client certificates of nodes, as `ganeti.utils.x509.GenerateNewClientSslCert` makes them.

The nodes of a slice share one private key, for its making is what costs; each has a certificate of its own, whose digest
the configuration holds.  They run in one container, as one user: a key for each would keep nothing apart.
"""

import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

#: `constants.RSA_KEY_BITS`, `constants.X509_CERT_DEFAULT_VALIDITY` (days)
KEY_BITS = 2048
VALIDITY = datetime.timedelta(days=365 * 5)


def make_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


class Signer:
    """Signs with the cluster's certificate, `server.pem`."""

    def __init__(self, server_pem: Path, key: rsa.RSAPrivateKey) -> None:
        pem = server_pem.read_bytes()
        signing_key = serialization.load_pem_private_key(pem, password=None)
        assert isinstance(signing_key, rsa.RSAPrivateKey)
        self._signing_key = signing_key
        self._issuer = x509.load_pem_x509_certificate(pem).subject
        self._key = key
        self._key_pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def sign(self, name: str) -> tuple[bytes, str]:
        """A client certificate for the node of that name.

        :returns: what goes into its `client.pem`, and the digest that goes into the configuration (SHA-1, hexadecimal
            with colons, as `ganeti.utils.security.GetCertificateDigest` has it)
        """
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self._issuer)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + VALIDITY)
            .sign(self._signing_key, hashes.SHA256())
        )
        pem = self._key_pem + certificate.public_bytes(serialization.Encoding.PEM)
        return pem, certificate.fingerprint(hashes.SHA1()).hex(":").upper()
