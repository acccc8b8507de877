"""Requests that nobody sends by mistake: each is refused, costs little, and lets others be answered meanwhile."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from ragbox import connection
from tests.hostile.asking import MB, Server, cheap, others, serving
from tests.mirrors import until
from tests.wired import connected, reply, status, told

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("box")) as running:
        yield running


# -- headers (row 10, 11)


def test_headers_without_end_or_number_are_refused(server: Server) -> None:
    many = [f"X-{n}: y" for n in range(10_000)]
    cases = {
        431: [
            server.head("GET /api/status", *many), server.head("GET /api/status", *many, name=""),
            server.head("GET /api/status", "X: " + "y" * 10 * MB),
            server.head("GET /healthz", "X" * MB + ": y"), b"GET /healthz HTTP/1.1\r\n" + b"X: y" * MB,
            server.head("GET /api/status", "Range: bytes=" + ",".join(f"{n}-{n}" for n in range(10_000))),
            server.head("POST /api/documents", "Content-Type: multipart/form-data; boundary=" + "b" * MB),
        ],
        414: [server.head("GET /" + "a" * MB), server.head("GET /api/documents?search=" + "%41" * MB)],
        400: [
            server.head("GET /healthz", "no colon"), server.head("GET healthz"),
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03",  # the beginning of TLS
            server.head("GET /healthz", "Content-Length: 5", "Transfer-Encoding: chunked"),
            server.head("GET /healthz", "Content-Length: 5", "Content-Length: 6"),
            server.head("POST /api/ask", "Transfer-Encoding: chunked") + b"zz\r\n",
        ],
    }  # fmt: skip
    with others(server), cheap(own=40 * MB):
        for expected, requests in cases.items():
            for words in requests:
                assert told(server.port, words + b"\r\n") == expected, words[:200]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[", "evil.example@127.0.0.1", "\xff"])
def test_a_foreign_host_is_refused_whoever_asks(server: Server, host: str) -> None:
    for name in ("admin", ""):
        assert told(server.port, server.head("GET /api/status", "Connection: close", name=name, host=host)) == 400


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ("0-," * 5000 + "0-", {200}), (",".join(f"{n}-" for n in range(90)), {206}), ("5-2", {400, 416}),
        ("99999999999999999999-", {416}), ("-0", {400, 416}), ("-", {400, 416}), ("a-b", {400, 416}),
        ("0-0;x", {400, 416}),
    ],
)  # fmt: skip
def test_ranges_that_overlap_yield_no_more_than_the_file(server: Server, ranges: str, expected: set[int]) -> None:
    with others(server), server.client() as client:
        got = client.get(f"/api/documents/{server.document}/original", headers={"Range": f"bytes={ranges}"})
    assert got.status_code in expected
    assert len(got.content) < 2000


# -- slowness (row 10)


def trickle(raw: socket.socket, until: float) -> float:
    """Send a byte now and then; return the seconds until the server hung up."""
    began = time.monotonic()
    raw.settimeout(0.1)
    while time.monotonic() - began < until:
        try:
            raw.sendall(b"x")
            if not raw.recv(1000):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


@pytest.mark.parametrize("kind", ["nothing", "headers", "again", "body", "chunks"])
def test_who_is_slow_is_hung_up_on(server: Server, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Others are asking all the while: on a busy machine they too take their time between connecting and asking.
    monkeypatch.setattr(connection, "HEADER_SECONDS", 1.5)
    monkeypatch.setattr(connection, "BODY_SECONDS", 1.5)
    start = {
        "nothing": b"", "headers": b"GET /healthz HTTP/1.1\r\nX-",
        "again": server.head("GET /healthz") + b"GET /healthz HTTP/1.1\r\nX-",
        "body": server.head("POST /api/ask", "Content-Length: 100000", "Content-Type: application/json"),
        "chunks": server.head("POST /api/documents", "Transfer-Encoding: chunked",
                              "Content-Type: multipart/form-data; boundary=b") + b"5\r\n",
    }[kind]  # fmt: skip
    slow = [connected(server.port) for _ in range(40)]
    with others(server):
        for raw in slow:
            raw.sendall(start)
        assert trickle(slow[0], 60.0) < 60
        for raw in slow:
            with raw, suppress(OSError):
                raw.settimeout(60)
                reply(raw)
    until(lambda: not connection._unfinished)


def test_an_address_has_so_many_unfinished_requests_and_no_more(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "UNFINISHED", 10)
    held = [connected(server.port) for _ in range(10)]
    for raw in held:
        raw.sendall(b"GET /healthz HTTP/1.1\r\n")
    until(lambda: connection._unfinished.total() == 10)
    assert told(server.port, server.head("GET /healthz", "Connection: close")) == 0
    for raw in held:
        raw.close()
    until(lambda: not connection._unfinished)
    assert told(server.port, server.head("GET /healthz", "Connection: close")) == 200


def test_who_is_refused_cannot_go_on_for_ever(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LINGER_SECONDS", 0.3)
    with others(server), cheap():
        for name in ("", "edda"):
            head = server.head(
                "POST /api/ask", "Transfer-Encoding: chunked", "Content-Type: application/json", name=name
            )
            began, sent = time.monotonic(), 0
            with connected(server.port) as raw:
                raw.sendall(head)
                with suppress(OSError):
                    while time.monotonic() - began < 60:
                        raw.sendall(b"1000\r\n" + b" " * 4096 + b"\r\n")
                        sent += 4096
                raw.settimeout(60)
                with suppress(OSError):
                    assert status(reply(raw)) in (0, 401, 413)
            assert time.monotonic() - began < 50
            assert sent


# -- forms (row 10)


def form(server: Server, body: bytes, *, boundary: str = "b", chunked: bool = False) -> int:
    kind = f"Content-Type: multipart/form-data; boundary={boundary}"
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    if chunked:
        body = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    return told(server.port, server.head("POST /api/documents", kind, length, "Connection: close") + body, 20)


SHELF = b'--b\r\nContent-Disposition: form-data; name="collection"\r\n\r\nhr\r\n'
FILE = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nword\r\n--b--\r\n'


def test_forms_out_of_shape_are_refused_and_a_plain_one_is_not(server: Server) -> None:
    cases = {
        "a preamble of 10 MB": b"x" * 10 * MB + b"\r\n" + SHELF + FILE,
        "a part's header of 10 MB": SHELF + b"--b\r\nX: " + b"y" * 10 * MB + b"\r\n\r\nword\r\n--b--\r\n",
        "100,000 headers of a part": SHELF + b"--b\r\n" + b"X: y\r\n" * 100_000 + b"\r\nword\r\n--b--\r\n",
        "a field of 10 MB": SHELF.replace(b"hr", b"h" * 10 * MB) + FILE,
        "10,000 fields": SHELF * 10_000 + FILE,
        "a name of 1 MB": SHELF + FILE.replace(b'"files"', b'"' + b"f" * MB + b'"'),
        "no end": SHELF + FILE[:-9],
        "no collection": FILE,
    }
    with others(server), cheap(own=40 * MB):
        for what, body in cases.items():
            assert 400 <= form(server, body) < 500, what
        assert form(server, SHELF.replace(b"--b", b"--" + b"b" * 4000), boundary="b" * 4000) == 400
        for harmless in (SHELF + FILE, b"\r\n" * MB + SHELF + FILE):
            assert form(server, harmless) == form(server, harmless[-2000:], chunked=True) == 200
    folder = server.box.settings.data / "uploads"
    assert not list(folder.iterdir())


def test_a_file_without_end_is_cut_off(server: Server) -> None:
    endless = FILE.replace(b"word", b"word " * 600_000)
    with others(server), cheap(own=10 * MB), server.client("edda") as client:
        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        (result,) = client.post("/api/documents", content=SHELF + endless, headers=kind).json()["results"]
    assert (result["status"], "larger than" in result["reason"]) == ("rejected", True)
