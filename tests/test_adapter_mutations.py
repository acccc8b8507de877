"""Files changed at random: whatever stands in them, an adapter is taken or refused with a reason, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from ragbox.adapters import check, unpack
from ragbox.errors import Rejected
from tests.adapter_files import base_gguf, base_model, gguf, lora_folder, zipped

TIMES = 300
HEAD = 2500
"""Bytes in which the changes fall: the headers, where the meaning is."""
NUMBERS = [n.to_bytes(8, "little") for n in (0, 2**31, 2**32, 2**63, 2**64 - 1)]
WORDS = [b"-1", b"1e9", b"null", b"[]", b"{}", b"NaN", b'"x"', b"true"]


def changed(content: bytes, chance: random.Random) -> bytes:
    """Change 1 to 8 places."""
    raw = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at, what = chance.randrange(min(len(raw), HEAD)), chance.random()
        if what < 0.5:
            raw[at] = chance.randrange(256)
        elif what < 0.6:
            del raw[at : at + chance.randrange(1, 20)]
        elif what < 0.7:
            raw[at:at] = chance.randbytes(chance.randrange(1, 9))
        elif what < 0.85:
            raw[at : at + 8] = chance.choice(NUMBERS)
        else:
            raw[at : at + 1] = chance.choice(WORDS)
    return bytes(raw)


def attempts(path: Path, look: Callable[[], object], seed: int) -> int:
    """Return how many of the changed files are refused."""
    whole, chance, refused = path.read_bytes(), random.Random(seed), 0
    for _ in range(TIMES):
        path.write_bytes(changed(whole, chance))
        try:
            look()
        except Rejected:
            refused += 1
    return refused


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "adapter_config.json", "manifest.json"])
def test_a_folder(tmp_path: Path, name: str) -> None:
    base, folder = base_model(tmp_path / "base"), lora_folder(tmp_path / "mine")
    (folder / "manifest.json").write_text('{"base_digest": "1111", "files": {}}')
    assert attempts(folder / name, lambda: check.inspect(folder, base, "1111"), seed=1) > TIMES / 2


def test_a_gguf_file(tmp_path: Path) -> None:
    base, path = base_gguf(tmp_path / "base.gguf"), gguf(tmp_path / "mine.gguf")
    assert attempts(path, lambda: check.inspect(path, base), seed=2) > TIMES / 2


def test_a_zip(tmp_path: Path) -> None:
    path = zipped(tmp_path / "sent.zip", lora_folder(tmp_path / "mine"))

    def look() -> None:
        with unpack.opened(path, tmp_path / "here") as folder:
            check.inspect(folder)

    assert attempts(path, look, seed=3) > TIMES / 2
    assert list((tmp_path / "here").iterdir()) == []
