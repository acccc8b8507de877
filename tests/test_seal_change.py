"""Passphrases that are typed, sealings that are taken back, and what lies about in a folder that is to be sealed."""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ragbox.errors import BadInput, Conflict
from ragbox.sealing import keys, memory, whole
from ragbox.sealing.keys import NoKey, Secret
from ragbox.sealing.stream import HEADER, MAGIC
from ragbox.sealing.vault import ORIGINAL, Vault

WORDS, OTHER = "correct horse battery", "another long passphrase"
SECRET = b"words of a document"


class Terminal(io.StringIO):
    """A standard input at which somebody sits."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make argon2id cheap."""
    monkeypatch.setattr(keys, "ARGON2", {"memory": 1024, "passes": 1, "lanes": 1})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with five originals."""
    made = tmp_path / "data"
    for n in range(5):
        path = made / "originals" / "ab" / f"ab{n}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(SECRET + bytes([n]))
    return made


@pytest.fixture
def secret(tmp_path: Path) -> Secret:
    keys.make(tmp_path / "key")
    return Secret(key_file=tmp_path / "key")


def run(change: Callable[..., object], *given: object) -> None:
    for _ in change(*given):  # type: ignore[attr-defined]
        pass


def asked() -> Secret:
    return Secret(passphrase_file=Path("-"))


def opens(data: Path, words: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{words}\n"))
    seal = keys.read(data)
    assert seal is not None
    try:
        keys.unlock(data, seal, asked())
    except NoKey:
        return False
    return True


def holding(data: Path) -> list[str]:
    return [p.name for p in data.rglob("*") if p.is_file() and SECRET in p.read_bytes()]


def test_one_line_of_standard_input_is_the_passphrase_of_a_whole_command(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for change in (whole.on, whole.rotate):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{WORDS}\n"))
        run(change, data, asked())
        assert [opens(data, words, monkeypatch) for words in (WORDS, "", OTHER)] == [True, False, False], change
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{WORDS}\n{OTHER}\n"))
    whole.rewrap(data, asked(), asked())
    assert [opens(data, words, monkeypatch) for words in (WORDS, "", OTHER)] == [False, False, True]
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(NoKey, match="passphrase from standard input is empty"):
        Vault(data, asked()).open()
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{OTHER}\n"))
    run(whole.off, data, asked())
    assert len(holding(data)) == 5
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"short\n{WORDS}\n"))
    with pytest.raises(BadInput, match="shorter than 12"):
        run(whole.on, data, asked())


def test_a_new_passphrase_is_typed_twice_and_an_old_one_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    prompts: list[str] = []
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: prompts.append(prompt) or said.pop(0))
    said[:] = [WORDS, WORDS + "r"]
    with pytest.raises(BadInput, match=r"that were typed differ\. Nothing was changed"):
        run(whole.on, data, asked())
    assert (keys.read(data), len(holding(data))) == (None, 5)
    said[:] = [WORDS, WORDS]
    typed = asked()
    run(whole.on, data, typed)
    assert WORDS not in repr(typed)
    said[:] = [WORDS, OTHER, OTHER]
    whole.rewrap(data, asked(), asked())
    new = ["New passphrase of the data folder: ", "The same again: "]
    assert (said, prompts) == ([], [*new, *new, "Passphrase of the data folder: ", *new])
    assert opens(data, OTHER, monkeypatch)


def test_a_sealing_that_was_broken_off_can_be_taken_back(data: Path, secret: Secret) -> None:
    steps = whole.on(data, secret)
    for done, _ in steps:
        if done == 3:
            break
    steps.close()  # type: ignore[attr-defined]
    draft = data / ".ragbox.db.new"
    draft.write_bytes(b"a record for which the disk was too small")
    assert whole.status(data).sealed == 3
    with pytest.raises(Conflict, match=r"take it back: `ragbox seal off`"):
        Vault(data, secret).open()
    with pytest.raises(Conflict, match=r"in the middle of sealing. Finish it: `ragbox seal on`"):
        run(whole.rotate, data, secret)
    run(whole.off, data, secret)
    assert (len(holding(data)), draft.exists(), keys.read(data)) == (5, False, None)


def test_what_a_killed_server_left_is_deleted_and_does_not_stay_open(data: Path, secret: Secret) -> None:
    left = [
        data / name
        for name in (
            "models/.practice/lessons.jsonl", "models/.practice/practice/model.safetensors", "models/.incoming-1/a",
            "adapters/.incoming-2/adapter_model.safetensors", "adapters/.unpacking-3/a/b", "originals/.1-ab.part",
            "uploads/u", "cache/pages/ab/1.webp", ".ragbox.db.new",
        )
    ]  # fmt: skip
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(SECRET)
    run(whole.on, data, secret)
    assert holding(data) == []
    assert [path for path in left if path.exists()] == []


@pytest.mark.parametrize("record", [True, False])
def test_what_is_sealed_is_not_sealed_again_where_nothing_tells_by_what(
    tmp_path: Path, data: Path, secret: Secret, record: bool
) -> None:
    run(whole.on, data, secret)
    if record:
        (data / "ragbox.db").write_bytes(bytes(range(256)) * 16)
    (data / keys.FILE).rename(tmp_path / keys.FILE)
    keys.make(tmp_path / "another")
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    with pytest.raises(Conflict, match=r"is sealed already, and .*seal.json.* is missing. Nothing was changed"):
        run(whole.on, data, Secret(key_file=tmp_path / "another"))
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


def test_a_file_that_was_dropped_with_such_a_header_hinders_no_sealing(data: Path, secret: Secret) -> None:
    text = (MAGIC + SECRET).ljust(HEADER.size + 50)
    name = hashlib.sha256(text).hexdigest()
    paths = [data / "originals" / "cd" / mark for mark in (name, f"pending-{name}")]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text)
    (data / "ragbox.db").touch()
    run(whole.on, data, secret)
    vault = Vault(data, secret)
    vault.open()
    assert [vault.get(path, ORIGINAL) for path in paths] == [text, text]
    vault.close()


def test_the_kind_of_a_folder_is_found_by_any_name(tmp_path: Path) -> None:
    names = {"café": "tmpfs", "a b": "ext4", "内存": "ramfs", "line\u2028end": "tmpfs", "tab\there": "xfs"}
    lines = [b"none /mnt/caf\xe9 tmpfs rw 0 0"]
    for name, kind in names.items():
        (tmp_path / name).mkdir()
        place = str(tmp_path / name).replace(" ", r"\040").replace("\t", r"\011")
        lines.append(f"none {place} {kind} rw 0 0".encode())
    mounts = tmp_path / "mounts"
    mounts.write_bytes(b"\n".join(lines) + b"\n")
    assert {name: memory.kind_of(tmp_path / name, mounts) for name in names} == names
    assert memory.kind_of(tmp_path / "missing", mounts) == ""
