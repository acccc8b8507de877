"""The certificate by which the server speaks TLS 1.3: the company's own, or one that the box makes and renews.

Knows files, names and dates, no server.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from .errors import BadInput
from .hosts import Hosts
from .settings import Settings

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

KEPT = timedelta(days=397)
"""How long one holds: browsers refused public ones that held longer, and some do so with private ones."""
RENEWED = timedelta(days=30)
"""Before its end it is made anew."""
LOOK_SECONDS = 3600.0
"""Between two looks at the files while the server runs."""
NAMES = 200
"""Most names and addresses in one: a machine with containers has an address for each of their networks."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a certificate says: its SHA-256 fingerprint as browsers show it, and until when it holds."""

    fingerprint: str
    until: datetime


class Certificate:
    """A certificate and its key, read or made by `load`."""

    def __init__(
        self, folder: Path, *, given: tuple[Path, Path] | None = None, names: Callable[[], Iterable[str]] = lambda: ()
    ) -> None:
        """`given` are the company's certificate (with those between) and key; without, one is kept in `folder`."""
        self.own = given is None
        self.path, self._key = given or (folder / "certificate.pem", folder / "key.pem")
        self._names = names
        self._context: ssl.SSLContext | None = None
        self._seen = (0.0, 0.0)
        self._looked = 0.0

    def load(self) -> None:
        """Make or renew the box's own where it is time; read either.

        Raises:
            BadInput: the files are not there, no certificate and its key, or the key has a passphrase.
        """
        if self.own:
            self._renew()
        self.facts()

    def facts(self) -> Facts:
        """Return what the certificate says.

        Raises:
            BadInput: there is none.
        """
        from cryptography.hazmat.primitives import hashes

        read = self._read()
        return Facts(fingerprint=read.fingerprint(hashes.SHA256()).hex(":").upper(), until=read.not_valid_after_utc)

    def context(self) -> ssl.SSLContext:
        """Return what a server needs to speak TLS 1.3, and nothing older, by it; call `load` before.

        Raises:
            BadInput: the key does not belong to the certificate, or cannot be read.
        """
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_3
        self._context.set_alpn_protocols(["http/1.1"])
        self._take(self._context)
        self._context.sni_callback = self._look  # called at each handshake, whether or not the client names a host
        return self._context

    def _look(self, *_: object) -> None:
        """Take files that were renewed, by the box or by who keeps them; a connection that begins now has the old."""
        if self._context is None or monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = monotonic()
        try:
            self.load()
            if self._stamps() != self._seen:
                self._take(self._context)
        except (BadInput, OSError):  # half written, or the disk is full: the old one goes on, and is looked at again
            return

    def _take(self, context: ssl.SSLContext) -> None:
        try:
            # The empty passphrase, or the library asks the terminal for one.
            context.load_cert_chain(self.path, self._key, password="")
            self._seen, self._looked = self._stamps(), monotonic()
        except (OSError, ValueError) as error:  # ssl.SSLError among them
            raise BadInput(
                f"{self.path} and {self._key} are no certificate with its key: {error}. Give RAGBOX_TLS_CERT and "
                "RAGBOX_TLS_KEY a certificate and its key as PEM, the key without a passphrase."
            ) from error

    def _stamps(self) -> tuple[float, float]:
        return self.path.stat().st_mtime, self._key.stat().st_mtime

    def _read(self) -> x509.Certificate:
        from cryptography import x509

        try:
            return x509.load_pem_x509_certificate(self.path.read_bytes())
        except (OSError, ValueError) as error:
            raise BadInput(f"{self.path} is no certificate: {error}. Give RAGBOX_TLS_CERT one as PEM.") from error

    def _renew(self) -> None:
        key = self._own_key()
        wanted = [name for name in self._names() if name][:NAMES]
        try:
            present = self._read()
        except BadInput:
            present = None
        if present is None or not _serves(present, key, wanted):
            from cryptography.hazmat.primitives.serialization import Encoding

            _write(self.path, _made(key, wanted).public_bytes(Encoding.PEM))

    def _own_key(self) -> ec.EllipticCurvePrivateKey:
        from cryptography.hazmat.primitives import serialization as form
        from cryptography.hazmat.primitives.asymmetric import ec

        try:
            key = form.load_pem_private_key(self._key.read_bytes(), None)
            if isinstance(key, ec.EllipticCurvePrivateKey):
                self._key.chmod(0o600)
                return key
        except (OSError, ValueError, TypeError):
            pass  # none yet, or damaged: nothing is lost with it but what browsers remember
        made = ec.generate_private_key(ec.SECP256R1())
        self._key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(self._key, made.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()))
        return made


def of(settings: Settings) -> Certificate:
    """Return the certificate that the settings name, to be loaded.

    Raises:
        BadInput: they name a certificate without a key, or a key alone.
    """
    given = (settings.tls_cert, settings.tls_key)
    if any(given) and not all(given):
        raise BadInput("Of RAGBOX_TLS_CERT and RAGBOX_TLS_KEY one is set alone. Set both, or neither.")
    return Certificate(
        settings.data / "tls", given=(Path(given[0]), Path(given[1])) if all(given) else None,
        names=Hosts(settings.host, settings.hosts).all,
    )  # fmt: skip


def trusting(path: str) -> ssl.SSLContext:
    """Return what a client on this machine needs to trust the server that has this certificate, and no other.

    Raises:
        BadInput: the file is no certificate.
    """
    try:
        # The first alone: those after it sign others too.
        first = Path(path).read_text("ascii").partition("-----END CERTIFICATE-----")
        context = ssl.create_default_context(cadata=first[0] + first[1])
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} is no certificate: {error}. Start the server anew.") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False  # a company's names the machine, not 127.0.0.1; it is this very one or none
    return context


def _serves(present: x509.Certificate, key: ec.EllipticCurvePrivateKey, names: list[str]) -> bool:
    from cryptography import x509

    try:
        alternatives = present.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    said = {str(name.value) for name in alternatives}
    lasting = present.not_valid_after_utc - datetime.now(UTC) > RENEWED
    return lasting and present.public_key() == key.public_key() and said.issuperset(names)


def _made(key: ec.EllipticCurvePrivateKey, names: list[str]) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ragbox")])
    public, now = key.public_key(), datetime.now(UTC)
    use = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    built = x509.CertificateBuilder(
        issuer_name=name, subject_name=name, public_key=public, serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(hours=1), not_valid_after=now + KEPT,  # clocks differ
    )  # fmt: skip
    for extension, critical in (
        (x509.SubjectAlternativeName([_alternative(name) for name in names]), False),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (use, True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(public), False),
    ):
        built = built.add_extension(extension, critical)
    return built.sign(key, hashes.SHA256())


def _alternative(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_suffix(".part")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
