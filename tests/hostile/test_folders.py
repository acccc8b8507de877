"""Mirrored folders in which files grow, go and turn into something else, under names that are hard to keep (row 9)."""

from __future__ import annotations

import os
import socket
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragbox.box import Box
from ragbox.originals import Originals
from ragbox.settings import Settings
from ragbox.types import Status
from tests.doors import program
from tests.mirrors import follow, held, mirrored, write
from web.app import create_app

PIECE = 1 << 14

pytestmark = pytest.mark.slow


@pytest.fixture
def box(settings: Settings) -> Iterator[Box]:
    made = mirrored(settings)
    yield made
    made.close()


@pytest.fixture
def folder(box: Box) -> Path:
    made = box.settings.data / "inbox" / "papers"
    made.mkdir(parents=True)
    return made


def refused(box: Box) -> dict[str, str]:
    """Return what is not taken in of the folder, and why."""
    (shown,) = box.mirror.status()
    return {row["file"]: row["reason"] for row in shown["reasons"]}


def midway(monkeypatch: pytest.MonkeyPatch, act: object) -> None:
    """Let something happen once a copy is half made."""
    add, done = Originals.add, threading.Event()

    class Half:
        def __init__(self, path: Path) -> None:
            self._path = path

        def open(self, mode: str) -> object:
            stream = self._path.open(mode)
            read = stream.read

            class Reader:
                def __enter__(self) -> Reader:
                    return self

                def __exit__(self, *_: object) -> None:
                    stream.close()

                def read(self, size: int) -> bytes:
                    data: bytes = read(size // 2)
                    if not done.is_set():
                        done.set()
                        act()  # type: ignore[operator]
                    return data

            return Reader()

    monkeypatch.setattr("ragbox.sealing.vault.PIECE", PIECE)
    monkeypatch.setattr(Originals, "add", lambda self, path: add(self, Half(path)))  # type: ignore[arg-type]


LONG = "first " * PIECE


@pytest.mark.parametrize("how", ["grows", "is replaced", "is deleted", "is emptied", "turns into a link"])
def test_a_file_that_changes_while_it_is_copied_ends_as_it_is_then(
    box: Box, folder: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    path = folder / "a.txt"
    write(folder, {"a.txt": LONG})
    write(box.settings.data, {"secret.txt": "secret"})

    def act() -> None:
        if how == "grows":
            with path.open("a") as stream:
                stream.write("last")
        elif how == "is replaced":
            (folder / ".new").write_text("second")
            (folder / ".new").replace(path)
        elif how == "is emptied":
            path.write_text("third")
        else:
            path.unlink()
            if how == "turns into a link":
                path.symlink_to(box.settings.data / "secret.txt")

    midway(monkeypatch, act)
    follow(box)
    follow(box)
    texts = held(box)
    assert "secret" not in " ".join(texts.values())
    expected = {"grows": "last", "is replaced": "second", "is emptied": "third"}
    if how in expected:
        assert texts["a.txt"].endswith(expected[how])
    else:
        assert texts == {}
    assert not list(box.settings.data.rglob("*.part"))


NAMES = {
    "255 bytes of Chinese": "合" * 83 + "ab.txt",
    "emoji": "👩‍👩‍👧 報告 🇨🇳.txt",
    "right to left": "عقد الإيجار.txt",
    "Hebrew": "חוזה שכירות.txt",
    "quotes": "a'b\"c `d` $(e) %2e%2e #f?.txt",
    "markup": "<img src=x onerror=alert(1)>.txt",
    "a new line": "a\nb.txt",
    "spaces": "  a  .txt",
    "dots": "...txt",
}


def test_files_of_any_name_are_taken_in_and_given_out_again(box: Box, folder: Path) -> None:
    for number, name in enumerate(NAMES.values()):
        (folder / name).write_text(f"This is paper number {number}.", "utf-8")
    follow(box)
    texts = held(box)
    client = program(create_app(box, pages=False), box)
    for number, (case, name) in enumerate(NAMES.items()):
        if case == "dots":  # hidden
            continue
        kept = unicodedata.normalize("NFC", name).replace("\n", "")
        assert texts[kept] == f"This is paper number {number}.", case
        known = box.library.find(box.library.collection("papers").id, kept)
        assert known is not None
        reply = client.get(f"/api/documents/{known.id}/original")
        assert (reply.status_code, reply.text) == (200, f"This is paper number {number}."), case
        assert "\n" not in reply.headers["content-disposition"]
        assert known.status is Status.INDEXED
    assert len(os.fsencode(NAMES["255 bytes of Chinese"])) == 255


def test_what_turns_the_direction_of_a_name_is_taken_out_of_it(box: Box, folder: Path) -> None:
    write(folder, {"invoice\u202etxt.exe.txt": "One.", "\u2067b\u2069.txt": "Two."})
    follow(box)
    assert held(box) == {"invoicetxt.exe.txt": "One.", "b.txt": "Two."}


def test_a_name_that_changes_only_in_case_or_encoding_is_one_document(box: Box, folder: Path) -> None:
    write(folder, {"Plan.txt": "The plan.", "café.txt": "The menu."})
    follow(box)
    (folder / "Plan.txt").rename(folder / "PLAN.TXT")
    (folder / "café.txt").rename(folder / unicodedata.normalize("NFD", "café.txt"))
    follow(box)
    assert held(box) == {"PLAN.TXT": "The plan.", "café.txt": "The menu."}
    write(folder, {"café.txt": "Another menu."})
    follow(box)
    assert held(box) == {"PLAN.TXT": "The plan.", "café.txt": "The menu."}
    assert "but for how it is encoded" in refused(box)["café.txt (2)"]


def test_links_pipes_sockets_and_devices_are_refused_and_never_opened(
    box: Box, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(box.settings.data, {"secret.txt": "secret"})
    (folder / "link.txt").symlink_to(box.settings.data / "secret.txt")
    (folder / "zeros.txt").symlink_to("/dev/zero")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(folder)  # a socket's path is at most 108 bytes
        listening.bind("socket.txt")
        write(folder, {"good.txt": "Good."})
        follow(box)
    assert held(box) == {"good.txt": "Good."}
    reasons = refused(box)
    assert set(reasons) == {"link.txt", "zeros.txt", "loop", "pipe.txt", "socket.txt"}
    assert all("link" in reasons[name] for name in ("link.txt", "zeros.txt", "loop"))
    assert all("no regular file" in reasons[name] for name in ("pipe.txt", "socket.txt"))
