"""The model store: what may come in, versions that do not change, one pointer, and damage that is found."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from ragbox import sealed
from ragbox.errors import BadInput, Conflict, NotFound, Rejected, Unavailable
from ragbox.models import Store, Version
from tests.model_files import SHAPES, gguf, hf_folder, safetensors


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data" / "models")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return hf_folder(tmp_path / "tiny")


def test_a_model_is_copied_with_what_its_headers_say(store: Store, folder: Path) -> None:
    told: list[tuple[int, int]] = []
    added = store.add(folder, progress=lambda *n: told.append(n))
    assert (added.name, added.kind, added.licence, added.source) == ("tiny", "hf", "apache-2.0", str(folder))
    assert (added.parameters, added.embedding) == (32 * 8 * 2 + 16 * 8, 32 * 8 * 2)
    assert (added.layers, added.kv_heads, added.head_dim, added.context) == (1, 2, 2, 2048)
    assert told[-1] == (added.size, added.size)
    assert added.folder == store.folder / "tiny" / added.version
    said = sealed.manifest(added.folder)
    assert set(said["files"]) == {"README.md", "config.json", "model.safetensors", "tokenizer.json"}
    assert said["files"]["tokenizer.json"] == {
        "sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "size": 2,
    }  # fmt: skip
    assert store.list() == (added,)
    assert store.get("tiny") == added
    assert not [p for p in store.folder.iterdir() if p.name.startswith(".incoming")]


def test_the_same_files_are_the_same_version_and_others_another(store: Store, folder: Path) -> None:
    first = store.add(folder)
    assert store.add(folder) == first
    second = store.add(hf_folder(folder, fill=b"\1"))
    assert [v.version for v in store.list()] == [first.version, second.version]
    assert store.get("tiny") == second
    assert store.add(folder, name="other").name == "other"


def test_a_gguf_file_is_read_from_its_header(store: Store, tmp_path: Path) -> None:
    added = store.add(gguf(tmp_path / "small-q4.gguf"))
    assert (added.name, added.kind, added.licence) == ("small-q4", "gguf", "mit")
    assert (added.parameters, added.embedding, added.layers) == (6400, 6400, 3)
    assert (added.kv_heads, added.head_dim, added.context) == (2, 16, 512)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "a.pt", "b.PKL", "c.ckpt", "modeling.py", "d.pth", "e.so"])
def test_what_can_run_code_is_refused_before_anything_is_copied(store: Store, folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"x")
    with pytest.raises(Rejected, match=name):
        store.add(folder)
    assert not store.folder.exists()


def test_links_are_refused_with_the_way_out(store: Store, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.safetensors").write_bytes(b"x")
    (folder / "more.safetensors").symlink_to(tmp_path / "elsewhere.safetensors")
    with pytest.raises(Rejected, match=r"is a link.*cp -rL"):
        store.add(folder)
    link = tmp_path / "link"
    link.symlink_to(folder)
    with pytest.raises(Rejected, match="is a link"):
        store.add(link)


def test_what_a_model_does_not_need_is_left_out(store: Store, folder: Path) -> None:
    for name in ("photo.png", ".gitattributes", "manifest.json"):
        (folder / name).write_text("{}")
    (folder / "original").mkdir()
    (folder / "original" / "consolidated.pth").write_bytes(b"x")
    found = {p.name for p in store.add(folder).folder.iterdir()}
    assert found == {"README.md", "config.json", "model.safetensors", "tokenizer.json", "manifest.json"}


def test_what_is_no_model_is_refused(store: Store, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no model at"):
        store.add(tmp_path / "nothing")
    with pytest.raises(Rejected, match="alone is no model"):
        store.add(folder / "model.safetensors")
    with pytest.raises(BadInput, match="cannot name"):
        store.add(folder, name="../up")
    gguf(folder / "x.gguf")
    with pytest.raises(Rejected, match="Give the one"):
        store.add(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(Rejected, match="no weights"):
        store.add(tmp_path / "empty")


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("config.json", b"[]", "no JSON object"),
        ("config.json", b"{", "no JSON"),
        ("model.safetensors", b"\x80\x04pickled", "no safetensors file"),
        ("model.safetensors", (2).to_bytes(8, "little") + b"{}more", "cut off"),
        ("model.safetensors.index.json", b'{"weight_map": {"a": "gone.safetensors"}}', "lacks gone.safetensors"),
    ],
)
def test_a_damaged_model_is_refused(store: Store, folder: Path, file: str, content: bytes, said: str) -> None:
    (folder / file).write_bytes(content)
    with pytest.raises(Rejected, match=said):
        store.add(folder)


@pytest.mark.parametrize("cut", [3, 20, 60, 200])
def test_a_gguf_header_that_is_cut_off_is_refused(store: Store, tmp_path: Path, cut: int) -> None:
    path = gguf(tmp_path / "x.gguf")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(Rejected, match="damaged"):
        store.add(path)


@pytest.mark.parametrize(
    ("paper", "text", "licence"),
    [
        ("LICENSE", "\n   Apache License\n Version 2.0", "Apache-2.0"),
        ("LICENSE.txt", "MIT License\n", "MIT"),
        ("LICENSE", "LLAMA 3.1 COMMUNITY LICENSE AGREEMENT\n", "LLAMA 3.1 COMMUNITY LICENSE AGREEMENT"),
        ("README.md", "---\nlicense: other\nlicense_name: qwen\n---\n", "qwen"),
        ("README.md", "no front matter", "as told"),
    ],
)
def test_the_licence_is_read_from_the_card_or_the_file(
    store: Store, folder: Path, paper: str, text: str, licence: str
) -> None:
    (folder / "README.md").unlink()
    (folder / paper).write_text(text)
    assert store.add(folder, licence="as told").licence == licence


def test_shards_are_counted_together(store: Store, folder: Path) -> None:
    safetensors(folder / "two.safetensors", {"model.layers.1.mlp.up_proj.weight": [10, 10]})
    assert store.add(folder).parameters == sum(a * b for a, b in SHAPES.values()) + 100


def test_a_copy_that_breaks_off_leaves_nothing(store: Store, folder: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise Conflict("enough")

    with pytest.raises(Conflict):
        store.add(folder, progress=stop)
    assert list(store.folder.iterdir()) == []
    (store.folder / ".incoming-crashed").mkdir()
    store.add(folder)
    assert not (store.folder / ".incoming-crashed").exists()


def test_a_full_disk_is_told_before_the_copy(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10}))
    with pytest.raises(Unavailable, match="no room for tiny"):
        store.add(folder)


@pytest.fixture
def two(store: Store, folder: Path) -> tuple[Version, Version]:
    return store.add(folder), store.add(hf_folder(folder, fill=b"\1"))


def test_one_version_is_active_and_rollback_goes_back_to_none(store: Store, two: tuple[Version, Version]) -> None:
    first, second = two
    assert store.active() is None
    store.activate(*first.key)
    store.activate(*second.key)
    store.activate(*second.key)  # twice is once
    assert Store(store.folder).active() == second
    assert store.rollback() == first
    assert store.rollback() is None
    with pytest.raises(Conflict):
        store.rollback()
    assert store.activate("tiny") == second


def test_the_active_version_stays_and_others_are_removed(store: Store, two: tuple[Version, Version]) -> None:
    first, second = two
    store.activate(*first.key)
    store.activate(*second.key)
    with pytest.raises(Conflict, match="is active"):
        store.remove(*second.key)
    store.remove(*first.key)
    assert store.list() == (second,)
    assert store.rollback() is None  # the removed one is no longer in the history
    store.remove(*second.key)
    assert [p.name for p in store.folder.iterdir() if not p.name.startswith(".")] == []
    with pytest.raises(NotFound, match="no model 'tiny'"):
        store.remove(*second.key)


def test_an_active_version_that_is_gone_is_told(store: Store, two: tuple[Version, Version]) -> None:
    store.activate(*two[0].key)
    two[0].folder.rename(store.folder / ".gone")
    with pytest.raises(Unavailable, match="is gone"):
        store.active()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda f: (f / "config.json").unlink(), "config.json cannot be read: No such file"),
        (lambda f: (f / "evil.py").write_text("x"), "evil.py was put there later"),
        (lambda f: _flip(f / "model.safetensors"), "model.safetensors was changed: its SHA-256 is"),
        (lambda f: _forge(f), "manifest.json was changed"),
        (lambda f: _link(f / "config.json"), "config.json cannot be read"),
        (lambda f: (f / "manifest.json").write_text("{"), "manifest.json cannot be read"),
    ],
)
def test_damage_is_found_and_keeps_a_version_from_answering(store: Store, folder: Path, damage, said: str) -> None:  # type: ignore[no-untyped-def]
    added = store.add(folder)
    assert store.verify(*added.key) == ()
    store.check(added)
    damage(added.folder)
    with pytest.raises(Rejected, match=said):
        store.check(added)
    assert said in store.verify(*added.key)[0]
    with pytest.raises(Rejected):
        store.activate(*added.key)
    store.remove(*added.key)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


def _forge(folder: Path) -> None:
    """Change a file and its hash in the manifest alike."""
    (folder / "tokenizer.json").chmod(0o644)
    (folder / "tokenizer.json").write_text("[]")
    said = sealed.manifest(folder)
    said["files"]["tokenizer.json"]["sha256"] = "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
    (folder / "manifest.json").write_text(json.dumps(said))


def _link(path: Path) -> None:
    path.rename(path.parent.parent / "moved.json")
    path.symlink_to(path.parent.parent / "moved.json")


def test_what_was_found_whole_is_not_read_again(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added = store.add(folder)
    monkeypatch.setattr(sealed, "problems", lambda *_: pytest.fail("reads"))
    store.check(added)
    monkeypatch.undo()
    os.utime(added.folder / "config.json")
    read: list[int] = []
    assert store.verify(*added.key, progress=lambda done, _: read.append(done)) == ()
    assert read[-1] == added.size
    monkeypatch.setattr(sealed, "problems", lambda *_: pytest.fail("reads"))
    store.check(added)


def test_files_of_a_version_are_read_only(store: Store, folder: Path) -> None:
    assert {p.stat().st_mode & 0o222 for p in store.add(folder).folder.iterdir() if p.name != "manifest.json"} == {0}


def test_readers_see_whole_versions_and_pointers_only(store: Store, folder: Path) -> None:
    added, over, wrong = store.add(folder), threading.Event(), list[Exception]()

    def look() -> None:
        while not over.is_set():
            try:
                assert {v.size for v in store.list()} <= {added.size}
                store.active()
            except Exception as error:
                wrong.append(error)

    reader = threading.Thread(target=look)
    reader.start()
    for n in range(1, 6):
        made = store.add(hf_folder(folder, fill=bytes([n])))
        store.activate(*made.key)
        store.rollback()
        store.remove(*made.key)
    over.set()
    reader.join(60)
    assert wrong == []
