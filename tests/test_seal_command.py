"""The commands `ragbox seal`, as an operator uses them, and a kill in the middle of one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ragbox.owner import Owner
from ragbox.sealing import keys, whole
from ragbox.sealing.keys import Secret
from ragbox.sealing.vault import ORIGINAL, Vault
from tests.conftest import Run

pytestmark = pytest.mark.slow
KILLED = """
import os, sys
from pathlib import Path
from ragbox.sealing import whole
from ragbox.sealing.keys import Secret
for done, _ in getattr(whole, sys.argv[1])(Path(sys.argv[2]), Secret(key_file=Path(sys.argv[3]))):
    print(done, flush=True)
"""


def test_a_folder_is_sealed_by_commands_and_no_other_is_touched_by_mistake(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, data = tmp_path / "key", tmp_path / "data"
    assert run("seal", "on")[:2] == (2, ""), "there is no key"
    told = "The data folder: not sealed\nThe record: not sealed\nFiles: 0 sealed, 0 not sealed\n"
    assert run("seal", "status")[1] == f"{told}Never sealed: nothing is here yet\n"
    assert run("seal", "init", str(data / "key"))[0] == 2, "a key beside what it opens"
    code, out, _ = run("seal", "init", str(key))
    assert (code, out.splitlines()[0]) == (0, f"Made the key file {key}")
    assert run("seal", "init", str(key))[0] == 5, "a key is not written over"
    monkeypatch.setenv("RAGBOX_SEAL_KEY_FILE", str(key))
    code, _, error = run("collections", "--create", "papers")
    assert (code, "is not sealed, so nothing was opened" in error) == (5, True)
    said = json.loads(run("seal", "on", "--json")[1])
    assert (said["state"], said["lock"], said["plain"]) == ("on", "key file", 0)
    assert run("collections", "--create", "papers")[0] == 0
    said = json.loads(run("seal", "status", "--json")[1])
    assert (said["record"], "audit.head" in said["open"]) == (True, True)
    lines = run("seal", "status")[1].splitlines()
    assert lines[:2] == ["The data folder: sealed", f"Opened by: a key file; its data key: {said['key']}"]
    assert lines[2:4] == ["The record: sealed", f"Files: {said['sealed']} sealed, {said['plain']} not sealed"]
    assert run("seal", "rotate")[0] == 2
    assert run("seal", "rotate", "--everything")[0] == 0
    words = tmp_path / "words"
    words.write_text("too short")
    words.chmod(0o600)
    assert run("seal", "rotate", "--passphrase-file", str(words))[0] == 2
    monkeypatch.setattr(keys, "ARGON2", {"memory": 1024, "passes": 1, "lanes": 1})
    words.write_text("a passphrase that is long enough\n")
    assert run("seal", "rotate", "--passphrase-file", str(words))[0] == 0
    code, _, error = run("collections")
    assert (code, "RAGBOX_SEAL_PASSPHRASE_FILE" in error) == (7, True)
    monkeypatch.delenv("RAGBOX_SEAL_KEY_FILE")
    (data / "seal.json").rename(tmp_path / "seal.json")
    assert "sealed or damaged, and seal.json, which would tell by what, is missing" in run("seal", "status")[1]
    for given in ("", str(words)):  # a backup that forgot it
        monkeypatch.setenv("RAGBOX_SEAL_PASSPHRASE_FILE", given)
        code, _, error = run("collections")
        assert (code, "is sealed or damaged, and seal.json" in error) == (5, True)
    (tmp_path / "seal.json").rename(data / "seal.json")
    assert "papers" in run("collections")[1]
    owner = Owner(data)
    owner.acquire()
    assert run("seal", "off")[0] == 5, "a server runs on it"
    owner.release()
    assert run("seal", "off")[0] == 0
    assert json.loads(run("seal", "status", "--json")[1])["state"] == "off"


@pytest.mark.parametrize("name", ["on", "rotate", "off"])
def test_a_kill_in_the_middle_costs_nothing(tmp_path: Path, name: str) -> None:
    data, key = tmp_path / "data", tmp_path / "key"
    keys.make(key)
    secret = Secret(key_file=key)
    files = {data / "originals" / f"{n % 9:02}" / f"{n:04}": bytes([n % 256]) * 5000 for n in range(400)}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    change: Callable[..., object] = getattr(whole, name)
    if name != "on":
        _finish(whole.on, data, secret)
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, name, str(data), str(key)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    for line in child.stdout:
        if int(line) >= 60:
            break
    child.kill()
    child.communicate()
    halfway = whole.status(data)
    assert halfway.state in ("sealing", "rotating", "unsealing")
    if name != "rotate":
        assert min(halfway.sealed, halfway.plain) > 0
    _finish(change, data, secret)
    if name == "off":
        assert {path: path.read_bytes() for path in files} == files
        return
    vault = Vault(data, secret)
    vault.open()
    assert {path: vault.get(path, ORIGINAL) for path in files} == files
    vault.close()


def _finish(change: Callable[..., object], data: Path, secret: Secret) -> None:
    for _ in change(data, secret):  # type: ignore[attr-defined]
        pass
