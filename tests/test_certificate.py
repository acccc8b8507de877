"""The certificate that the box makes for itself: whom it names, when it is renewed, what it refuses."""

from __future__ import annotations

import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from ragbox import certificate
from ragbox.certificate import Certificate, trusting
from ragbox.errors import BadInput
from ragbox.settings import Settings

NAMES = ["127.0.0.1", "::1", "box", "box.example", "localhost"]


def made(folder: Path, names: list[str] = NAMES) -> Certificate:
    secure = Certificate(folder / "tls", names=lambda: names)
    secure.load()
    return secure


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


@contextmanager
def answering(context: ssl.SSLContext) -> Iterator[int]:
    """Shake hands with whoever connects; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            while True:
                try:
                    raw, _ = listener.accept()
                except OSError:
                    return
                with raw:
                    try:
                        raw.settimeout(30)
                        context.wrap_socket(raw, server_side=True).close()
                    except OSError:
                        continue

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(60)


def shaken(port: int, context: ssl.SSLContext, name: str | None = None) -> tuple[str | None, bytes | None]:
    """Return the protocol spoken and the certificate shown."""
    with (
        socket.create_connection(("127.0.0.1", port), 5) as raw,
        context.wrap_socket(raw, server_hostname=name) as wrapped,
    ):
        return wrapped.version(), wrapped.getpeercert(binary_form=True)


def lax() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def test_it_names_the_machine_and_holds_a_year_and_nobody_else_reads_its_key(tmp_path: Path) -> None:
    secure = made(tmp_path)
    found = read(secure.path)
    alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert sorted(str(name.value) for name in alternatives) == sorted(NAMES)
    assert timedelta(days=396) < found.not_valid_after_utc - datetime.now(UTC) <= timedelta(days=397)
    assert stat.S_IMODE((tmp_path / "tls" / "key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    assert len(secure.facts().fingerprint.split(":")) == 32
    assert sorted(p.name for p in (tmp_path / "tls").iterdir()) == ["certificate.pem", "key.pem"]


def test_it_stays_until_a_name_is_missing_or_its_end_is_near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = made(tmp_path).facts().fingerprint
    assert made(tmp_path).facts().fingerprint == first
    assert made(tmp_path, NAMES[:2]).facts().fingerprint == first  # a name less harms nobody
    second = made(tmp_path, [*NAMES, "new.example"]).facts().fingerprint
    assert second != first
    monkeypatch.setattr(certificate, "RENEWED", timedelta(days=398))
    assert made(tmp_path, NAMES).facts().fingerprint != second


@pytest.mark.parametrize("file", ["certificate.pem", "key.pem"])
def test_what_is_damaged_is_made_anew(tmp_path: Path, file: str) -> None:
    first = made(tmp_path).facts().fingerprint
    (tmp_path / "tls" / file).write_text("damaged")
    second = made(tmp_path)
    assert second.facts().fingerprint != first
    with answering(second.context()) as port:
        assert shaken(port, trusting(str(second.path)))[0] == "TLSv1.3"


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1", "TLSv1_2"])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_older_tls_is_refused(tmp_path: Path, version: str) -> None:
    old = lax()
    old.set_ciphers("ALL:@SECLEVEL=0")  # or the client would not even try
    old.minimum_version = old.maximum_version = ssl.TLSVersion[version]
    with answering(made(tmp_path).context()) as port:
        with pytest.raises(ssl.SSLError, match=r"(?i)protocol.version"):
            shaken(port, old)
        assert shaken(port, lax())[0] == "TLSv1.3"


def test_a_client_trusts_this_certificate_and_no_other(tmp_path: Path) -> None:
    mine, other = made(tmp_path / "a"), made(tmp_path / "b")
    with answering(mine.context()) as port:
        assert shaken(port, trusting(str(mine.path)))[0] == "TLSv1.3"
        assert shaken(port, ssl.create_default_context(cafile=mine.path), "box.example")[0] == "TLSv1.3"
        with pytest.raises(ssl.SSLCertVerificationError):
            shaken(port, trusting(str(other.path)))


def test_a_server_that_runs_takes_a_renewed_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate, "LOOK_SECONDS", 0.0)
    names = list(NAMES)
    with answering(made(tmp_path, names).context()) as port:
        before = [shaken(port, lax())[1] for _ in range(2)]
        names.append("new.example")
        after = [shaken(port, lax())[1] for _ in range(2)][1]  # the first brings it about
    assert before[0] == before[1] != after


def test_a_company_certificate_is_used_as_it_is(tmp_path: Path) -> None:
    given = made(tmp_path)
    key = tmp_path / "tls" / "key.pem"
    settings = Settings(data=tmp_path / "data", host="0.0.0.0", tls_cert=str(given.path), tls_key=str(key))
    secure = certificate.of(settings)
    secure.load()
    assert not secure.own
    assert not (tmp_path / "data").exists()
    assert secure.facts() == given.facts()


def test_files_that_are_no_certificate_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="one is set alone"):
        certificate.of(Settings(tls_cert="x.pem"))
    missing = certificate.of(Settings(tls_cert=str(tmp_path / "x"), tls_key=str(tmp_path / "y")))
    with pytest.raises(BadInput, match="is no certificate"):
        missing.load()
    one, other = made(tmp_path / "a"), made(tmp_path / "b")
    mixed = Certificate(tmp_path, given=(one.path, other.path.with_name("key.pem")))
    mixed.load()
    with pytest.raises(BadInput, match="no certificate with its key"):
        mixed.context()


@pytest.mark.parametrize(
    ("host", "tls", "https"),
    [
        ("127.0.0.1", "auto", False), ("localhost", "auto", False), ("::1", "auto", False), ("0.0.0.0", "auto", True),
        ("192.0.2.7", "auto", True), ("box.example", "auto", True), ("0.0.0.0", "off", False),
        ("127.0.0.1", "on", True),
    ],
)  # fmt: skip
def test_beyond_this_machine_it_is_https_unless_somebody_says_off(host: str, tls: str, https: bool) -> None:
    assert Settings(host=host, tls=tls).https is https  # type: ignore[arg-type]
