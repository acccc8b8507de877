"""A sealed box does what any box does, and no word of its documents lies on the disk but in its indexes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from ragbox.box import Box
from ragbox.errors import Conflict
from ragbox.evaluation.runs import Runs
from ragbox.sealing import keys, record, whole
from ragbox.sealing.keys import NoKey, Secret
from ragbox.sealing.stream import MAGIC, Broken, Key
from ragbox.settings import Settings
from ragbox.types import Actor
from tests import make
from tests.doors import program, upload
from tests.fakes import FakeEncoder, FakeSandbox
from tests.pdfs import draw, write
from tests.private import FakeFinder
from web.app import create_app

WORD = "Zirkonvogel"
TEXT = f"# Oil\n\nThe {WORD} turbine needs oil of grade ninety."


def seal(data: Path, secret: Secret) -> None:
    for _ in whole.on(data, secret):
        pass


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a sealed box, whose indexes are elsewhere."""
    keys.make(tmp_path / "key")
    made = Settings(data=tmp_path / "data", seal_key_file=str(tmp_path / "key"), indexes=str(tmp_path / "memory"))
    seal(made.data, made.secret)
    return made


def holding(data: Path, word: str = WORD) -> list[str]:
    return sorted(
        p.relative_to(data).as_posix() for p in data.rglob("*") if p.is_file() and word.encode() in p.read_bytes()
    )


def soon(true: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    assert true()


def opened(settings: Settings) -> Box:
    box = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox(), analyzer=FakeFinder)
    box.open()
    box.load()
    return box


def test_nothing_of_an_upload_lies_open_and_it_is_found_shown_and_deleted(box: Box, admin: Actor) -> None:
    box.library.create_collection("papers")
    with program(create_app(box, pages=False), box) as client:
        reply = upload(client, "papers", [("a.txt", TEXT.encode())]).json()["results"][0]
        assert (reply["status"], reply["chunks"]) == ("indexed", 1)
        document = reply["document"]
        answer = client.post("/api/ask", json={"question": "What oil does the turbine need?"}).json()
        assert WORD in str(answer)
        original = f"/api/documents/{document}/original"
        assert client.get(original).text == TEXT
        kept = upload(client, "papers", [("b.txt", TEXT.encode() + b" Kept.")]).json()
        assert kept["results"][0]["status"] == "indexed"
    Runs(box.settings.data / "quality", box.vault).save("a", {"rows": [], "note": WORD})
    assert Runs(box.settings.data / "quality", box.vault).get("a")["note"] == WORD
    data = box.settings.data
    path = box.originals.path(box.library.document(document).sha256)
    assert path.read_bytes().startswith(MAGIC)
    assert holding(data) == []
    assert not (data / "ragbox.db").read_bytes().startswith(record.PLAIN_BEGINS)
    box.shelf.remove(admin, [document], grace=0)
    box.sweep.purge()
    assert not path.exists()
    assert box.library.count()[0] == 1


def test_an_original_is_sent_as_it_is_opened_whole_or_a_range_of_it_and_no_copy_is_made(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = box.library.create_collection("papers")
    text = b"".join(b"%069d\n" % n for n in range(1010))
    (tmp_path / "a b.txt").write_bytes(text)
    (tmp_path / "other.txt").write_bytes(b"Another.")
    sha256, _ = box.originals.add(tmp_path / "a b.txt")
    other, _ = box.originals.add(tmp_path / "other.txt")
    known = make.put(box, box.encoder, shelf.id, "d9", WORD, kind="text", sha256=sha256, files=("a b.txt",))
    monkeypatch.setattr(box.painter, "original", lambda *_: box.originals.path(sha256))
    lent, sent = [], []
    read = box.originals.read
    with program(create_app(box, pages=False), box) as client:
        url = f"/api/documents/{known.id}/original"
        monkeypatch.setattr(box.vault, "lend", lambda *given: lent.append(given))
        monkeypatch.setattr(box.originals, "read", lambda path: sent.append(read(path)) or sent[-1])
        whole = client.get(url)
        assert (whole.status_code, whole.content, whole.headers["content-length"]) == (200, text, str(len(text)))
        assert (whole.headers["content-type"], whole.headers["cache-control"]) == (
            "application/octet-stream", "private, no-cache",
        )  # fmt: skip
        assert whole.headers["content-disposition"] == "attachment; filename*=utf-8''a%20b.txt"
        for asked, cut in {
            "bytes=7-9": slice(7, 10), "bytes=65530-": slice(65530, None), "bytes=-5": slice(-5, None),
            "bytes=0-99999999": slice(0, None), "bytes=-99999999": slice(0, None),
        }.items():  # fmt: skip
            part = client.get(url, headers={"Range": asked})
            assert (part.status_code, part.content) == (206, text[cut]), asked
        assert part.headers["content-range"] == f"bytes 0-{len(text) - 1}/{len(text)}"
        for asked in ("bytes=1-2,4-5", "bytes=-", "lines=1-2"):
            assert client.get(url, headers={"Range": asked}).content == text, asked
        assert client.get(url, headers={"Range": "bytes=1-2", "If-Range": '"x"'}).content == text
        beyond = client.get(url, headers={"Range": f"bytes={len(text)}-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(text)}")
        assert (lent, len(sent), all(stream.closed for stream in sent)) == ([], 11, True)
        box.originals.path(sha256).write_bytes(box.originals.path(other).read_bytes())
        refused = client.get(url)
        assert (refused.status_code, "another file" in refused.text) == (503, True)


@pytest.mark.slow
def test_pages_are_drawn_and_kept_sealed_and_a_changed_original_is_not_shown(box: Box, tmp_path: Path) -> None:
    shelf = box.library.create_collection("papers")
    path = draw(tmp_path / "a.pdf", lambda canvas: write(canvas, [WORD]))
    sha256, size = box.originals.add(path)
    box.originals.settle(sha256)
    known = make.put(box, box.encoder, shelf.id, "d9", WORD, kind="pdf", sha256=sha256, files=("a.pdf",))
    assert size == path.stat().st_size
    with program(create_app(box, pages=False), box) as client:
        url = f"/api/documents/{known.id}/pages/1?width=700"
        assert Image.open(BytesIO(client.get(url).content)).width == 700
        pictures = [p.read_bytes() for p in (box.settings.data / "cache").rglob("*.webp")]
        assert [p[: len(MAGIC)] for p in pictures] == [MAGIC]
        stored = box.originals.path(sha256)
        other, _ = box.originals.add(draw(tmp_path / "b.pdf", lambda canvas: write(canvas, ["Another"])))
        stored.write_bytes(box.originals.path(other).read_bytes())
        assert client.get(url).status_code == 200, "it was drawn before"
        refused = client.get(f"/api/documents/{known.id}/pages/1?width=800")
        assert (refused.status_code, "another file" in refused.text) == (503, True)
        stored.write_bytes(path.read_bytes())
        with pytest.raises(Broken, match="it is not sealed"), box.originals.lend(stored):
            pass


def test_uploads_that_wait_are_sealed_and_taken_in_after_a_restart(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = opened(settings)
    box.library.create_collection("papers")
    box.queue.stop()
    monkeypatch.setattr(box.queue, "_open", True)
    with program(create_app(box, pages=False), box) as client:
        client.post(
            "/api/documents", data={"collection": "papers", "wait": "no"}, files=[("files", ("a.txt", TEXT.encode()))]
        )
    waiting = [p for p in (settings.data / "queue").iterdir() if not p.suffix]
    assert [p.read_bytes()[: len(MAGIC)] for p in waiting] == [MAGIC]
    box.close()
    assert holding(settings.data) == []
    again = opened(settings)
    soon(lambda: again.library.count()[0] == 1)
    again.close()


def test_the_box_starts_with_its_key_alone_and_a_wrong_one_changes_nothing(box: Box, tmp_path: Path) -> None:
    settings = box.settings
    make.drop(box, tmp_path / "in", {"a.txt": TEXT})
    box.close()
    before = {p: p.read_bytes() for p in settings.data.rglob("*") if p.is_file()}
    keys.make(tmp_path / "other")
    for given, why in (
        ({"seal_key_file": str(tmp_path / "other")}, "does not open"),
        ({"seal_key_file": ""}, "is sealed with"),
    ):
        wrong = Box(
            settings.model_copy(update=given), encoder=FakeEncoder(), sandbox=FakeSandbox(), analyzer=FakeFinder
        )
        with pytest.raises(NoKey, match=why):
            wrong.open()
        wrong.close()
    assert {p: p.read_bytes() for p in settings.data.rglob("*") if p.is_file()} == before
    (settings.data / keys.FILE).unlink()
    with pytest.raises(Conflict, match="is sealed or damaged, and seal"):
        opened(settings)


def test_a_box_is_sealed_and_opened_with_all_it_holds(tmp_path: Path, admin: Actor) -> None:
    keys.make(tmp_path / "key")
    plain = Settings(data=tmp_path / "data")
    box = opened(plain)
    make.drop(box, tmp_path / "in", {"a.txt": TEXT, "b.txt": "# B\n\nPumps."})
    entries = box.trail.check(admin).entries
    box.close()
    sealed = plain.model_copy(update={"seal_key_file": str(tmp_path / "key"), "indexes": str(tmp_path / "memory")})
    seal(plain.data, sealed.secret)
    assert [p for p in holding(plain.data) if not p.startswith(("chroma", "tantivy"))] == []
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(plain.data / "ragbox.db").execute("SELECT * FROM users")
    for change in (whole.rotate, whole.off):
        box = opened(sealed)
        check = box.trail.check(admin)
        assert (check.whole, check.entries >= entries, box.library.count()) == (True, True, (2, 2))
        assert box.indexer.disagreements() == []
        box.close()
        for _ in change(plain.data, sealed.secret):
            pass
    box = opened(plain)
    assert (box.library.count(), box.trail.check(admin).whole) == ((2, 2), True)
    assert box.originals.path(box.library.documents()[0].sha256).read_bytes()[:1] == b"#"
    box.close()


def test_the_record_opens_by_its_key_alone(tmp_path: Path) -> None:
    key = Key.new()
    connection = record.connect(tmp_path / "r.db", key, wait=1)
    connection.execute("CREATE TABLE t (a TEXT UNIQUE)")
    connection.execute("INSERT INTO t VALUES ('x')")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO t VALUES ('x')")
    connection.close()
    with pytest.raises(Broken, match="not sealed by the key"):
        record.connect(tmp_path / "r.db", Key.new(), wait=1)
    text = bytearray((tmp_path / "r.db").read_bytes())
    text[200] ^= 1
    (tmp_path / "r.db").write_bytes(text)
    with pytest.raises(Broken):
        record.connect(tmp_path / "r.db", key, wait=1)
