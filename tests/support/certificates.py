"""A certificate authority of the test's own, and server certificates for names and addresses."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Certificates:
    """`trust`: what a client checks by; `server`: what a trusted server shows; `stranger`: one that nobody trusts."""

    trust: ssl.SSLContext
    server: ssl.SSLContext
    stranger: ssl.SSLContext


def made_in(folder: Path, *names: str) -> Certificates:
    """For these host names and 127.0.0.1."""
    authority, stranger = Authority(folder), ec.generate_private_key(ec.SECP256R1())
    return Certificates(
        trust=authority.trust,
        server=authority.server(*names),
        stranger=_server(folder / "stranger.pem", _named("Nobody"), stranger, names, _soon()),
    )


class Authority:
    """Signs certificates of servers. `trust`: what a client checks them by."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("Test authority")
        root = _certificate(self._name, self._name, self._key, self._key, until=_soon(), is_authority=True)
        (folder / "ca.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
        self.trust = ssl.create_default_context(cafile=str(folder / "ca.pem"))

    def server(self, *names: str, until: datetime | None = None) -> ssl.SSLContext:
        """For these host names and 127.0.0.1. `until`: tomorrow unless said otherwise; valid since two days before."""
        return _server(self._folder / "server.pem", self._name, self._key, names, until or _soon())


def self_signed(folder: Path, *names: str) -> ssl.SSLContext:
    """Signed by nobody but itself."""
    return _server(folder / "self.pem", _named(names[0]), None, names, _soon())


def _soon() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


def _server(
    file: Path, issuer: x509.Name, authority: ec.EllipticCurvePrivateKey | None, names: tuple[str, ...], until: datetime
) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(_named(names[0]), issuer, key, authority or key, until=until, names=names)
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    authority: ec.EllipticCurvePrivateKey,
    *,
    until: datetime,
    names: tuple[str, ...] = (),
    is_authority: bool = False,
) -> x509.Certificate:
    public, theirs = key.public_key(), authority.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(until, datetime.now(UTC)) - timedelta(days=2))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(theirs), critical=False)
    )
    if is_authority:
        builder = builder.add_extension(_may_sign(), critical=True)
    else:
        hosts = [*map(x509.DNSName, names), x509.IPAddress(ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
    return builder.sign(authority, hashes.SHA256())


def _may_sign() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
