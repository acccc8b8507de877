"""Sealed files and keys: what was changed does not open, what was broken off goes on, a wrong key touches nothing."""

from __future__ import annotations

import io
import random
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from ragbox.errors import BadInput, Conflict, Unavailable
from ragbox.sealing import keys, memory, whole
from ragbox.sealing.keys import NoKey, Secret
from ragbox.sealing.stream import HEADER, TAG, Broken, Key, Reader, Writer
from ragbox.sealing.vault import ORIGINAL, Vault

KEY, OTHER = Key.new(), Key.new()
CHUNK = (1 << 16) + TAG
RANDOM = random.Random(8)


def seal(path: Path, data: bytes, *, key: Key = KEY, name: str = "n") -> bytes:
    with Writer(path.open("wb"), key, name) as stream:
        for start in range(0, len(data), 50_000):
            stream.write(data[start : start + 50_000])
    return path.read_bytes()


def opened(data: bytes, *, key: Key = KEY, name: str = "n") -> bytes:
    return io.BufferedReader(Reader(io.BytesIO(data), {key.id: key}, name)).read()


def opens(data: bytes) -> bool:
    try:
        opened(data)
    except Broken as error:
        return not re.search(r"cannot be opened: its? .*\. Put it back", str(error))
    return True


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])
def test_what_was_sealed_opens_again_whole_and_from_any_place(tmp_path: Path, size: int) -> None:
    data = RANDOM.randbytes(size)
    sealed = seal(tmp_path / "f", data)
    assert (opened(sealed), len(sealed)) == (data, HEADER.size + size + TAG * max(1, -(-size // 65_536)))
    with io.BufferedReader(Reader(io.BytesIO(sealed), {KEY.id: KEY}, "n")) as stream:
        for place in (size // 2, 0, max(0, size - 3)):
            stream.seek(place)
            assert stream.read(5) == data[place : place + 5]
        assert stream.seek(0, io.SEEK_END) == size


def test_no_byte_can_be_changed_cut_off_added_moved_or_taken_from_another_file(tmp_path: Path) -> None:
    sealed = seal(tmp_path / "f", RANDOM.randbytes(200_000))
    again = seal(tmp_path / "g", RANDOM.randbytes(200_000))
    chunks = [sealed[HEADER.size + n * CHUNK : HEADER.size + (n + 1) * CHUNK] for n in range(4)]
    head, other = sealed[: HEADER.size], again[HEADER.size + CHUNK : HEADER.size + 2 * CHUNK]
    broken = {
        "reordered": head + chunks[1] + chunks[0] + chunks[2] + chunks[3],
        "left out": head + chunks[0] + chunks[2] + chunks[3],
        "twice": head + chunks[0] + chunks[0] + chunks[1] + chunks[2] + chunks[3],
        "from another": head + chunks[0] + other + chunks[2] + chunks[3],
        "header of another": again[: HEADER.size] + sealed[HEADER.size :],
        "appended": sealed + b"x",
        "a file appended": sealed + again,
    } | {f"cut at {at}": sealed[:at] for at in (0, 20, 49, 60, HEADER.size + CHUNK, HEADER.size + 3 * CHUNK, -1, -TAG)}
    for at in (*range(HEADER.size), *(RANDOM.randrange(len(sealed)) for _ in range(100))):
        flipped = bytearray(sealed)
        flipped[at] ^= 1 << RANDOM.randrange(8)
        broken[f"flipped at {at}"] = bytes(flipped)
    assert [what for what, data in broken.items() if opens(data)] == []


def test_a_file_opens_by_its_key_and_name_alone_and_only_when_it_was_closed(tmp_path: Path) -> None:
    sealed = seal(tmp_path / "f", b"x" * 100)
    for given in ({"key": OTHER}, {"name": "another"}, {"key": Key(id=KEY.id, secret=OTHER.secret)}):
        with pytest.raises(Broken):
            opened(sealed, **given)  # type: ignore[arg-type]
    for size in (100, 65_536, 70_000):
        with suppress(ZeroDivisionError), Writer((tmp_path / "g").open("wb"), KEY, "n") as stream:
            stream.write(b"x" * size)
            raise ZeroDivisionError
        assert not opens((tmp_path / "g").read_bytes())
    assert seal(tmp_path / "f", b"x" * 100)[HEADER.size :] != sealed[HEADER.size :], "the same twice looks different"
    assert repr(KEY) == f"Key(id={KEY.id!r})"


@pytest.fixture
def secret(tmp_path: Path) -> Secret:
    keys.make(tmp_path / "key")
    return Secret(key_file=tmp_path / "key")


def run(change: Callable[..., object], *given: object) -> None:
    for _ in change(*given):  # type: ignore[attr-defined]
        pass


def filled(data: Path) -> dict[Path, bytes]:
    """Return the files of a small data folder, by path."""
    files = {data / "originals" / "ab" / f"ab{n}": bytes([n]) * 70_000 for n in range(5)}
    files |= {data / "unnamed" / "cd": b"%PDF-1.7", data / "queue" / ("0" * 16): b"PK waits"}
    files |= {data / "models" / "m" / "v" / "model.safetensors": b"\x10\0\0\0\0\0\0\0{}"}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    (data / "queue" / "note.json").write_text("{}")
    return files


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path, secret: Secret) -> None:
    path = tmp_path / "key"
    assert (stat.S_IMODE(path.stat().st_mode), len(bytes.fromhex(path.read_text()))) == (0o600, 32)
    with pytest.raises(Conflict, match="never written over"):
        keys.make(path)
    path.chmod(0o640)
    with pytest.raises(NoKey, match="chmod 600"):
        secret.check()
    path.chmod(0o600)
    path.write_text("abc")
    with pytest.raises(NoKey, match="64 hex digits"):
        secret.check()
    with pytest.raises(BadInput, match="seal init"):
        Secret().check()


def test_a_folder_is_sealed_rotated_and_opened_again_and_a_wrong_key_touches_nothing(
    tmp_path: Path, secret: Secret, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "ARGON2", {"memory": 1024, "passes": 1, "lanes": 1})
    data = tmp_path / "data"
    files = filled(data)
    run(whole.on, data, secret)
    found = whole.status(data)
    assert (found.state, found.sealed, found.plain, found.lock) == ("on", len(files), 0, "key file")
    before = {path: path.read_bytes() for path in files}
    keys.make(tmp_path / "another")
    wrong = Secret(key_file=tmp_path / "another")
    for change in (whole.off, whole.rotate):
        with pytest.raises(NoKey, match=r"does not open .* Nothing was touched"):
            run(change, data, wrong)
    with pytest.raises(NoKey, match="RAGBOX_SEAL_KEY_FILE"):
        Vault(data).open()
    with pytest.raises(Conflict, match="sealed already"):
        run(whole.on, data, secret)
    assert before == {path: path.read_bytes() for path in files}
    assert whole.status(data) == found

    run(whole.rotate, data, secret)
    assert (whole.status(data).key != found.key, whole.status(data).sealed) == (True, len(files))
    assert all(path.read_bytes()[: HEADER.size] != before[path][: HEADER.size] for path in files)
    (tmp_path / "words").write_text("correct horse\n")
    (tmp_path / "words").chmod(0o600)
    words = Secret(passphrase_file=tmp_path / "words")
    whole.rewrap(data, secret, words)
    with pytest.raises(NoKey, match="with a passphrase"):
        Vault(data, secret).open()
    vault = Vault(data, words)
    vault.open()
    assert vault.get(data / "unnamed" / "cd", ORIGINAL) == b"%PDF-1.7"
    vault.close()
    run(whole.off, data, words)
    assert {path: path.read_bytes() for path in files} == files
    assert (whole.status(data).state, (data / keys.FILE).exists()) == ("off", False)


@pytest.mark.parametrize(
    ("change", "state"), [(whole.on, "sealing"), (whole.rotate, "rotating"), (whole.off, "unsealing")]
)
def test_what_is_killed_in_the_middle_goes_on_and_meanwhile_the_box_does_not_start(
    tmp_path: Path, secret: Secret, change: Callable[..., object], state: str
) -> None:
    data = tmp_path / "data"
    files = filled(data)
    if change is not whole.on:
        run(whole.on, data, secret)
    for stop in (0, 3, 5):
        steps = change(data, secret)
        for done, _ in steps:  # type: ignore[attr-defined]
            if done == stop:
                break
        steps.close()  # type: ignore[attr-defined]
        (data / "originals" / "ab" / ".ab3.reseal").write_bytes(b"half")
        assert whole.status(data).state == state
        with pytest.raises(Conflict, match=r"was broken off\. Finish it: `ragbox seal"):
            Vault(data, secret).open()
    run(change, data, secret)
    end = whole.status(data)
    assert (end.sealed, end.plain) == ((0, len(files)) if change is whole.off else (len(files), 0))
    assert not list(data.rglob("*.reseal"))
    if change is not whole.off:
        vault = Vault(data, secret)
        vault.open()
        assert vault.get(data / "originals" / "ab" / "ab3", ORIGINAL) == bytes([3]) * 70_000
        vault.close()
        run(whole.off, data, secret)
    assert {path: path.read_bytes() for path in files} == files


def test_sealed_files_are_opened_in_memory_or_not_at_all(tmp_path: Path, secret: Secret) -> None:
    assert memory.kind_of(Path("/proc")) == "proc"
    data = tmp_path / "data"
    filled(data)
    run(whole.on, data, secret)
    with pytest.raises(Unavailable, match=r"/proc is no folder in memory \(tmpfs\) but proc"):
        Vault(data, secret, Path("/proc")).open()
    vault, path = Vault(data, secret), data / "unnamed" / "cd"
    vault.open()
    with vault.lend(path, ORIGINAL) as place:
        assert (place.read_bytes(), memory.kind_of(place.parent)) == (b"%PDF-1.7", "tmpfs")
        assert (stat.S_IMODE(place.stat().st_mode), stat.S_IMODE(place.parent.stat().st_mode)) == (0o600, 0o700)
    assert not place.exists()
    vault.close()
    assert not place.parent.exists()


def test_a_key_for_a_folder_that_is_not_sealed_is_no_silent_plain_box(tmp_path: Path, secret: Secret) -> None:
    with pytest.raises(Conflict, match="is not sealed, so nothing was opened"):
        Vault(tmp_path, secret).open()
