"""The HTTP client, against the real API of a server in this process."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from ragbox import client as client_module
from ragbox import errors
from ragbox.client import Client
from ragbox.owner import Address
from ragbox.running import connect
from ragbox.settings import Settings
from tests.embeddings import PATH
from tests.ports import unused


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with connect(Settings(data=tmp_path_factory.mktemp("box") / "data", encoder=PATH)) as made:
        yield made


@pytest.fixture(scope="module")
def stocked(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Client:
    folder = tmp_path_factory.mktemp("in")
    (folder / "notice.txt").write_text("The notice period is ninety days.")
    (folder / "junk.bin").write_bytes(bytes(range(256)) * 9)
    client.create_collection("papers")
    found = [(folder / n, f"hr/{n}") for n in ("notice.txt", "junk.bin", "gone.txt")]
    results = {r["file"]: r for r in client.ingest(found, collection="papers")}
    assert {n: r["status"] for n, r in results.items()} == {
        "hr/notice.txt": "indexed", "hr/junk.bin": "rejected", "hr/gone.txt": "rejected",
    }  # fmt: skip
    assert "cannot be opened" in results["hr/gone.txt"]["reason"]
    return client


def test_what_was_ingested_is_found_asked_and_listed(stocked: Client) -> None:
    assert stocked.search("notice period", collection="papers", k=1)["hits"][0]["file"] == "hr/notice.txt"
    answer = stocked.ask("How long is the notice period?")
    assert "ninety days" in answer["answer"]
    assert answer["citations"][0]["page"] == 1
    assert len(stocked.documents(collection="papers")["documents"]) == 2
    assert stocked.documents(search="junk", limit=1)["documents"][0]["status"] == "rejected"
    assert stocked.status()["documents"] == 1


def test_a_stream_has_the_events_and_the_same_answer(stocked: Client) -> None:
    events = list(stocked.ask_stream("How long is the notice period?"))
    assert [e["event"] for e in events[:4]] == ["stage", "hits", "stage", "stage"]
    assert events[-1]["event"] == "done"
    assert events[-1]["answer"] == "".join(e["text"] for e in events if e["event"] == "text")
    assert events[-1]["answer"] == stocked.ask("How long is the notice period?")["answer"]


def test_errors_come_back_as_their_class(stocked: Client) -> None:
    with pytest.raises(errors.NotFound, match="nothing"):
        stocked.search("pump", collection="nothing")
    with pytest.raises(errors.BadInput):
        stocked.ask("   ")
    with pytest.raises(errors.Conflict):
        stocked.create_collection("papers")
    with pytest.raises(errors.NotFound):
        list(stocked.ask_stream("pump", collection="nothing"))
    with pytest.raises(errors.BadInput):
        list(stocked.ask_stream("  "))


def test_people_get_tokens_and_links_and_see_what_they_may(stocked: Client, tmp_path: Path) -> None:
    stocked.add_user("kim", "reader", ["papers"])
    stocked.create_collection("secret")
    token = stocked.token("kim")["token"]
    assert "token=" in stocked.login_link("kim")["url"]
    with Client(Address(url=stocked._address.url, token=token)) as kim:
        assert [c["name"] for c in kim.collections()["collections"]] == ["papers"]
        with pytest.raises(errors.NotPermitted):
            kim.rebuild()
        with pytest.raises(errors.NotFound):
            kim.drop_collection("secret")
        (tmp_path / "large.txt").write_bytes(b"x" * (20 << 20))
        # The server answers in the middle of the upload and hangs up: the reason has to arrive all the same.
        with pytest.raises(errors.NotPermitted):
            list(kim.ingest([(tmp_path / "large.txt", "large.txt")], collection="papers"))
    with Client(Address(url=stocked._address.url, token="wrong")) as nobody, pytest.raises(errors.NotSignedIn):
        nobody.status()


def test_names_are_one_segment_of_the_path_whatever_is_in_them(stocked: Client) -> None:
    for name in ("papers?x", "papers#x", "../collections/papers", "papers/"):
        with pytest.raises(errors.RagboxError):
            stocked.drop_collection(name)
        with pytest.raises(errors.RagboxError):
            stocked.remove(f"../collections/{name}")
    assert "papers" in [c["name"] for c in stocked.collections()["collections"]]
    stocked.create_collection("HR 2025 合同")
    stocked.drop_collection("HR 2025 合同")


def test_the_box_can_be_rebuilt_and_looked_over(stocked: Client) -> None:
    assert stocked.rebuild(encode=True) == {"documents": 1}
    assert {c["part"]: c["well"] for c in stocked.doctor()["checks"]}["indexes"]
    document = stocked.documents(search="junk")["documents"][0]["id"]
    assert stocked.remove(document) == {"removed": document}
    with pytest.raises(errors.NotFound):
        stocked.remove(document)


def test_a_server_that_is_not_there_is_unavailable() -> None:
    url = f"http://127.0.0.1:{unused()}"
    with Client(Address(url=url, token="t")) as client:
        with pytest.raises(errors.Unavailable, match="Is the server up"):
            client.status()
        with pytest.raises(errors.Unavailable):
            list(client.ask_stream("pump"))
    with pytest.raises(errors.Unavailable, match="with block"):
        client.__class__(Address(url=url, token="t")).status()


@pytest.mark.parametrize(("idle", "connections"), [(60.0, 1), (0.0, 3)])
def test_a_connection_that_was_idle_is_left_before_the_server_leaves_it(
    monkeypatch: pytest.MonkeyPatch, idle: float, connections: int
) -> None:
    assert uvicorn.Config("app").timeout_keep_alive > 2 * client_module.IDLE_SECONDS
    monkeypatch.setattr(client_module, "IDLE_SECONDS", idle)
    met = set[tuple[str, int]]()

    class Kept(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            met.add(self.client_address)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Kept) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        with Client(Address(url=f"http://127.0.0.1:{server.server_port}", token="t")) as client:
            for _ in range(3):
                client.status()
        server.shutdown()
        thread.join()
    assert len(met) == connections


class Odd(http.server.BaseHTTPRequestHandler):
    """Answers with what its server holds; a stream breaks off."""

    def do_GET(self) -> None:
        self.reply(500, self.server.body)  # type: ignore[attr-defined]

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'data: {"event": "stage"}\n\n')
        self.close_connection = True

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def odd() -> Iterator[http.server.HTTPServer]:
    with http.server.HTTPServer(("127.0.0.1", 0), Odd) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        b"{}",
        json.dumps({"error": "text"}).encode(),
        json.dumps({"error": {"type": "os"}}).encode(),
    ],
)
def test_an_answer_of_something_else_is_an_error_of_ours(odd: http.server.HTTPServer, body: bytes) -> None:
    odd.body = body  # type: ignore[attr-defined]
    address = Address(url=f"http://127.0.0.1:{odd.server_port}", token="t")
    with Client(address) as client, pytest.raises(errors.RagboxError):
        client.status()


def test_a_stream_that_breaks_off_is_unavailable(odd: http.server.HTTPServer) -> None:
    with Client(Address(url=f"http://127.0.0.1:{odd.server_port}", token="t")) as client:
        stream = client.ask_stream("pump")
        assert next(stream) == {"event": "stage"}
        with pytest.raises(errors.Unavailable):
            list(stream)


def test_a_proxy_of_the_environment_is_not_asked(stocked: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Client(stocked._address) as again:
        assert again.status()["ready"]


def test_files_of_a_folder_are_taken_in_under_the_names_given(stocked: Client, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("年假十五天。")
    [result] = stocked.ingest([(tmp_path / "x.txt", "人事/年假 (1).txt")], collection="papers")
    assert (result["file"], result["status"]) == ("人事/年假 (1).txt", "indexed")


def test_how_far_files_are_can_be_watched(stocked: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [{"file": "page.txt", "collection": "papers"}, {"file": "other.txt", "collection": "others"}]
    monkeypatch.setattr(client_module, "WATCH_SECONDS", 0.001)
    monkeypatch.setattr(stocked, "jobs", lambda: {"jobs": jobs})
    (tmp_path / "page.txt").write_text("Valve two leaks.")
    seen: list[client_module.Json] = []
    (result,) = stocked.ingest([(tmp_path / "page.txt", "page.txt")], collection="papers", watch=seen.extend)
    assert result["status"] == "indexed"
    assert {job["file"] for job in seen} == {"page.txt"}
    stocked.remove(result["document"])
