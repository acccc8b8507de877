"""Zips that anybody may have made: only the one folder of an adapter comes out, and nothing that leaves it."""

from __future__ import annotations

import stat
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ragbox.adapters.store import AdapterStore
from ragbox.errors import Rejected, Unavailable
from tests.adapter_files import lora_folder, zipped


def holding(name: str, content: bytes = b"x", *, kind: int = 0, twice: bool = False) -> Callable[[Path, Path], None]:
    """Put one more file in, of a kind as `stat` has it."""

    def write(path: Path, folder: Path) -> None:
        zipped(path, folder)
        info = zipfile.ZipInfo(name)
        info.external_attr = (kind | 0o644) << 16
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
            if twice:
                archive.writestr(name.upper(), content)

    return write


def patched(old: bytes, new: bytes) -> Callable[[Path, Path], None]:
    def write(path: Path, folder: Path) -> None:
        packed_by(zipfile.ZIP_STORED)(path, folder)
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new))

    return write


def under_a_password(path: Path, folder: Path) -> None:
    content = bytearray(zipped(path, folder).read_bytes())
    content[content.rindex(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)


def packed_by(method: int) -> Callable[[Path, Path], None]:
    def write(path: Path, folder: Path) -> None:
        with zipfile.ZipFile(path, "w", method) as archive:
            for file in folder.iterdir():
                archive.write(file, file.name)

    return write


def two(path: Path, folder: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a/adapter_config.json", "b/adapter_config.json"):
            archive.write(folder / "adapter_config.json", name)


def many(path: Path, _: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1001):
            archive.writestr(str(number), b"")


BROKEN: dict[str, tuple[Callable[[Path, Path], object], str]] = {
    "bomb by ratio": (holding("zeros.md", bytes(30 << 20)), "as a zip bomb does"),
    "many files": (many, "has more than 1000 files"),
    "absolute": (holding("/etc/cron.d/x"), "which leaves the folder"),
    "upwards": (holding("a/../../x"), "which leaves the folder"),
    "backslashes": (holding("..\\x"), "which leaves the folder"),
    "a drive": (holding("C:x"), "which leaves the folder"),
    "link": (holding("adapter.safetensors", b"/etc/passwd", kind=stat.S_IFLNK), "is a link or device"),
    "link below": (holding("a/b/c", b"../../..", kind=stat.S_IFLNK), "is a link or device"),
    "device": (holding("zero", kind=stat.S_IFCHR), "is a link or device"),
    "password": (under_a_password, "under a password"),
    "bzip2": (packed_by(zipfile.ZIP_BZIP2), "by method 12"),
    "lzma": (packed_by(zipfile.ZIP_LZMA), "by method 14"),
    "the same name in capitals": (holding("a.md", twice=True), "has 'A.MD' twice"),
    "no adapter": (lambda p, _: zipped(p, p.parent.parent / "papers"), "holds no adapter"),
    "two adapters": (two, "holds 2 adapters .a, b"),
    "no zip": (lambda p, _: p.write_bytes(b"7z\xbc\xaf" + bytes(99)), "is no .zip"),
    "cut off": (lambda p, f: p.write_bytes(zipped(p, f).read_bytes()[:-30]), "is no .zip"),
    "damaged": (patched(b"PK\3\4", b"PK\3\5"), "is a damaged .zip"),
    "other content": (patched(b"base_model.model", b"base_model.modex"), "is a damaged .zip .Bad CRC"),
    "a pickle beside": (holding("adapter_model.bin"), "adapter_model.bin of the adapter is a pickle"),
    "broken inside": (holding("b.safetensors"), "must hold one file of weights"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "README.md").write_text("x")
    return lora_folder(tmp_path / "mine")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_zip_is_refused_and_nothing_stays(tmp_path: Path, folder: Path, kind: str) -> None:
    make, reason = BROKEN[kind]
    path, store = tmp_path / "up" / "sent.zip", AdapterStore(tmp_path / "adapters")
    path.parent.mkdir()
    make(path, folder)
    before = {p for p in tmp_path.rglob("*") if store.folder not in p.parents}
    began = time.process_time()
    with pytest.raises(Rejected, match=reason):
        store.add(path)
    assert time.process_time() - began < 10
    assert list(store.folder.iterdir()) == []
    assert {p for p in tmp_path.rglob("*") if p != store.folder} == before - {store.folder}


@pytest.mark.parametrize("inside", ["", "mine/", "work/adapters/mine/"])
def test_a_zip_is_the_same_version_as_its_folder(tmp_path: Path, folder: Path, inside: str) -> None:
    store = AdapterStore(tmp_path / "adapters")
    path = zipped(tmp_path / "sent.zip", folder, inside)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/adapter_config.json", "{}")
        archive.writestr("elsewhere/photo.png", b"x")
    added = store.add(path, name="mine")
    assert added == store.add(folder)
    assert added.source == str(path)
    assert {p.name for p in store.folder.iterdir()} == {"mine", ".checked"}


def test_what_a_crash_left_unpacked_goes_with_the_next_one(tmp_path: Path, folder: Path) -> None:
    store = AdapterStore(tmp_path / "adapters")
    (store.folder / ".unpacking-crashed" / "mine").mkdir(parents=True)
    store.add(zipped(tmp_path / "sent.zip", folder))
    assert not (store.folder / ".unpacking-crashed").exists()


def test_a_full_disk_is_told_before_unpacking(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10}))
    with pytest.raises(Unavailable, match=r"no room for sent\.zip"):
        AdapterStore(tmp_path / "adapters").add(zipped(tmp_path / "sent.zip", folder))
