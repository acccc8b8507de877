"""Downloads from a hub of the test's own: in a child process, resumed, and checked against its hashes."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ragbox import hub, silence
from ragbox.errors import BadInput, Conflict, NotFound, NotPermitted, Rejected, Unavailable
from tests.model_files import hf_folder

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(http.server.ThreadingHTTPServer):
    """As much of the hub as huggingface_hub asks for. `cut` is after how many bytes a transfer breaks off, once."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        self.lies: dict[str, str] = {}
        self.cut = 0
        self.down = False
        self.hold = threading.Event()
        self.hold.set()
        self.asked: list[tuple[str, str]] = []

    def about(self, name: str) -> dict[str, Any]:
        content = self.files[name]
        found: dict[str, Any] = {"rfilename": name, "size": len(content)}
        if name.endswith((".safetensors", ".gguf")):
            digest = self.lies.get(name) or hashlib.sha256(content).hexdigest()
            return found | {"blobId": "b", "lfs": {"sha256": digest, "size": len(content), "pointerSize": 130}}
        return found | {"blobId": hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()}


class Handler(http.server.BaseHTTPRequestHandler):
    server: Hub

    def log_message(self, *_: Any) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        where, hub = self.path.partition("?")[0], self.server
        hub.asked.append((where.rpartition("/")[2], self.headers.get("Range", "")))
        if hub.down:
            self._send(500, b"")
        elif where == "/api/models/acme/tiny":
            about = {"id": "acme/tiny", "sha": COMMIT, "siblings": [hub.about(n) for n in hub.files]}
            self._send(200, json.dumps(about).encode())
        elif where.startswith("/api/models/acme/gated"):
            self._send(403, b"", {"X-Error-Code": "GatedRepo"})
        elif where.startswith(f"/acme/tiny/resolve/{COMMIT}/"):
            self._file(hub.files[where.rpartition("/")[2]])
        else:
            self._send(404, b"", {"X-Error-Code": "RepoNotFound"})

    def _file(self, content: bytes) -> None:
        start = int(self.headers.get("Range", "bytes=0-").split("=")[1].split("-")[0])
        assert self.server.hold.wait(60)
        if 0 < self.server.cut < len(content):
            self.server.down = True  # nor is it there when the library tries again
            self._send(200, content, send=self.server.cut)
            self.close_connection = True
        elif start:
            self._send(206, content[start:], {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"})
        else:
            self._send(200, content)

    def _send(self, code: int, body: bytes, headers: dict[str, str] | None = None, send: int | None = None) -> None:
        self.send_response(code)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:send])


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    folder = hf_folder(tmp_path / "remote", fill=b"\7" * 10_000)
    files = {p.name: p.read_bytes() for p in sorted(folder.iterdir())}
    made = Hub(files | {"pytorch_model.bin": b"pickle", "modeling.py": b"x", "onnx/model.onnx": b"x"})
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{made.server_port}")
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    thread.join(60)
    made.server_close()


def fetch(tmp_path: Path, name: str = "acme/tiny", **options: Any) -> list[dict[str, Any]]:
    options.setdefault("stop", threading.Event())
    return list(hub.fetch(name, tmp_path / "downloads", **options))


def test_safetensors_config_and_tokenizer_come_and_nothing_else(server: Hub, tmp_path: Path) -> None:
    *told, last = fetch(tmp_path)
    folder = Path(last["folder"])
    assert last["commit"] == folder.name == COMMIT
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        name: server.files[name] for name in ("README.md", "config.json", "model.safetensors", "tokenizer.json")
    }
    total = sum(len(server.files[p.name]) for p in folder.iterdir())
    assert told[-1] == {"done": total, "total": total}
    assert not {name for name, _ in server.asked} & {"pytorch_model.bin", "modeling.py", "model.onnx"}
    assert (silence.tried(), os.environ["HF_HUB_OFFLINE"]) == ({}, "1")


def test_a_download_that_broke_off_goes_on_where_it_ended(server: Hub, tmp_path: Path) -> None:
    server.cut = 11 << 20
    with pytest.raises(Unavailable, match="What there is already is kept"):
        fetch(tmp_path)
    server.cut, server.down = 0, False
    server.asked.clear()
    folder = Path(fetch(tmp_path)[-1]["folder"])
    assert (folder / "model.safetensors").read_bytes() == server.files["model.safetensors"]
    ranges = dict(server.asked)
    assert ranges["model.safetensors"] == f"bytes={10 << 20}-"  # the library writes pieces of 10 MB
    assert "config.json" not in ranges  # was whole


def test_what_is_not_as_the_hub_says_is_thrown_away(server: Hub, tmp_path: Path) -> None:
    server.lies["model.safetensors"] = "0" * 64
    with pytest.raises(Rejected, match="not what the hub says"):
        fetch(tmp_path)
    assert not list((tmp_path / "downloads").rglob("*.safetensors*"))


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("acme/none", NotFound, "has no model acme/none"),
        ("acme/gated", NotPermitted, "Accept its licence"),
        ("not a name", BadInput, "is no name of the hub"),
    ],
)
@pytest.mark.usefixtures("server")
def test_errors_say_what_to_do(tmp_path: Path, name: str, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        fetch(tmp_path, name)


def test_it_can_be_broken_off(server: Hub, tmp_path: Path) -> None:
    server.hold.clear()
    stop = threading.Event()
    timer = threading.Timer(1.0, stop.set)
    timer.start()
    with pytest.raises(Conflict, match="broken off"):
        fetch(tmp_path, stop=stop)
    timer.join()
    server.hold.set()


FILES = ["README.md", "a-q4.gguf", "a-q8.gguf", "sub/b.gguf", "LICENSE", "config.json"]


def test_of_gguf_files_the_one_that_is_named_comes() -> None:
    assert hub.wanted("o/n", FILES, "a-q4.gguf") == ["a-q4.gguf", "README.md", "LICENSE"]
    with pytest.raises(Rejected, match=r"Name one file with --file: a-q4\.gguf, a-q8\.gguf"):
        hub.wanted("o/n", FILES)
    with pytest.raises(NotFound, match=r"Choose one of: a-q4\.gguf, a-q8\.gguf"):
        hub.wanted("o/n", FILES, "sub/b.gguf")
    with pytest.raises(Rejected, match=r"has no \.safetensors"):
        hub.wanted("o/n", ["pytorch_model.bin", "config.json"])
