"""What speaks on the wire: TLS 1.3 and nothing older, to programs of this machine by the certificate's file."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ragbox import certificate
from ragbox.box import Box
from ragbox.certificate import Certificate
from ragbox.client import Client
from ragbox.doctor import Check, _wire
from ragbox.errors import Unavailable
from ragbox.owner import Address
from ragbox.settings import Settings
from tests.test_certificate import lax, shaken
from tests.wired import connected, listening, reply


@pytest.fixture
def closed(settings: Settings) -> Iterator[Box]:
    made = Box(settings)
    made.open()
    yield made
    made.close()


@pytest.fixture
def secure(closed: Box) -> Certificate:
    made = certificate.of(closed.settings.model_copy(update={"host": "0.0.0.0"}))
    made.load()
    return made


def test_it_speaks_tls_1_3_and_nothing_else(closed: Box, secure: Certificate) -> None:
    with listening(closed, secure) as port:
        assert shaken(port, lax())[0] == "TLSv1.3"
        old = lax()
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises((ssl.SSLError, ConnectionResetError)):  # the event loop hangs up and says nothing
            shaken(port, old)
        with connected(port) as raw:
            raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b"HTTP/" not in reply(raw)


def test_a_program_on_this_machine_trusts_it_by_its_file_and_no_other(
    closed: Box, secure: Certificate, tmp_path: Path
) -> None:
    other = Certificate(tmp_path / "other", names=lambda: ["127.0.0.1"])
    other.load()
    token = closed.auth.new_token("admin")
    with listening(closed, secure) as port:
        address = Address(url=f"https://127.0.0.1:{port}", token=token, certificate=str(secure.path))
        with Client(address) as client:
            assert client.status()["documents"] == 0
        for wrong in (str(other.path), ""):
            with (
                Client(Address(url=address.url, token=token, certificate=wrong)) as client,
                pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"),
            ):
                client.status()


def test_the_session_is_for_https_only_and_only_a_company_certificate_binds_browsers(
    closed: Box, secure: Certificate
) -> None:
    trust = certificate.trusting(str(secure.path))
    link = f"/login?token={closed.auth.new_login('admin')}"
    with listening(closed, secure) as port, httpx.Client(verify=trust, trust_env=False) as browser:
        reply = browser.get(f"https://127.0.0.1:{port}{link}")
        assert "secure" in reply.headers["set-cookie"].lower()
        assert "strict-transport-security" not in reply.headers
    given = {"tls_cert": str(secure.path), "tls_key": str(secure.path.with_name("key.pem"))}
    closed.settings = closed.settings.model_copy(update=given)
    with listening(closed, certificate.of(closed.settings)) as port, httpx.Client(verify=trust, trust_env=False) as on:
        assert "max-age=31536000" in on.get(f"https://127.0.0.1:{port}/healthz").headers["strict-transport-security"]
    with listening(closed) as port, httpx.Client(trust_env=False) as off:
        assert "strict-transport-security" not in off.get(f"http://127.0.0.1:{port}/healthz").headers


def look(settings: Settings, **changed: object) -> Check:
    return _wire(settings.model_copy(update=changed))


def test_the_doctor_says_how_the_box_is_spoken_to(settings: Settings, secure: Certificate, tmp_path: Path) -> None:
    assert look(settings).well
    beyond = look(settings, host="0.0.0.0")
    assert beyond.well
    assert secure.facts().fingerprint in beyond.finding
    plain = look(settings, host="0.0.0.0", tls="off")
    assert not plain.well
    assert "RAGBOX_TLS=off" in plain.finding
    nowhere = look(settings, host="0.0.0.0", tls_cert=str(tmp_path / "x"), tls_key=str(tmp_path / "y"))
    assert not nowhere.well
    assert "is no certificate" in nowhere.finding
