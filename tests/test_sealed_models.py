"""Models and adapters of a sealed box: sealed on disk, whole when they are loaded, opened in memory alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ragbox.adapters.store import AdapterStore
from ragbox.configured import make_model, origin
from ragbox.errors import Rejected
from ragbox.models import Store
from ragbox.sealing import keys, whole
from ragbox.sealing.keys import Secret
from ragbox.sealing.memory import kind_of
from ragbox.sealing.stream import MAGIC, Broken
from ragbox.sealing.vault import IN_THE_OPEN, Vault
from ragbox.settings import Settings
from ragbox.versions import digest_of
from tests.adapter_files import lora_folder
from tests.model_files import hf_folder
from tests.vaults import opened


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    yield from opened(tmp_path)


def sealed(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir() if p.read_bytes().startswith(MAGIC)}


def test_a_model_is_sealed_as_it_comes_in_and_opened_in_memory_to_be_loaded(tmp_path: Path, vault: Vault) -> None:
    store = Store(tmp_path / "data" / "models", vault)
    source = hf_folder(tmp_path / "tiny")
    added = store.add(source)
    names = {p.name for p in added.folder.iterdir()}
    assert sealed(added.folder) == names - IN_THE_OPEN
    assert store.add(source) == added, "the same files are the same version"
    assert store.verify("tiny") == ()
    store.activate("tiny")
    model = make_model(Settings(data=tmp_path / "data", engine="hf"), store)
    assert model is not None
    base, digest = origin(model, store)
    assert base is not None
    assert (kind_of(base), base.is_relative_to(store.folder), digest) == ("tmpfs", False, digest_of(added.folder))
    assert {p.name for p in base.iterdir()} == names
    assert all((base / p.name).read_bytes() == p.read_bytes() for p in source.iterdir() if p.name in names)
    other = store.add(hf_folder(tmp_path / "tiny", fill=b"\1"), name="other")
    assert store.opened(other) != base
    assert not base.exists(), "one model at a time takes memory"


def test_a_sealed_model_that_was_changed_or_swapped_is_not_loaded(tmp_path: Path, vault: Vault) -> None:
    store = Store(tmp_path / "data" / "models", vault)
    one, two = store.add(hf_folder(tmp_path / "a")), store.add(hf_folder(tmp_path / "b", fill=b"\1"))
    weights = one.folder / "model.safetensors"
    before = weights.read_bytes()
    weights.chmod(0o644)
    for text, why in (
        (before[:60] + bytes([before[60] ^ 1]) + before[61:], "does not open"),
        (before[:-1], "does not open"),
        ((two.folder / weights.name).read_bytes(), "its SHA-256 is"),
        ((tmp_path / "a" / weights.name).read_bytes(), "does not open"),
    ):
        weights.write_bytes(text)
        assert [why in sentence for sentence in store.verify("a")] == [True]
        with pytest.raises(Rejected, match="not as it was added"):
            store.activate("a")
    weights.write_bytes(before[:-1])
    with pytest.raises(Broken):
        store.opened(one)


def test_an_adapter_is_sealed_checked_and_lent(tmp_path: Path, vault: Vault) -> None:
    store = AdapterStore(tmp_path / "data" / "adapters", vault)
    source = lora_folder(tmp_path / "style")
    added = store.add(source)
    assert sealed(added.folder) == {p.name for p in added.folder.iterdir()} - IN_THE_OPEN
    store.check(added)
    with store.versions.lend(added.folder) as folder:
        assert (folder / "adapter_model.safetensors").read_bytes() == (
            source / "adapter_model.safetensors"
        ).read_bytes()
    assert not folder.exists()
    store.remove(added.name, added.version)
    assert store.list() == ()


def test_what_was_there_before_is_sealed_and_opened_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    plain = Store(data / "models")
    added = plain.add(hf_folder(tmp_path / "tiny"))
    before = {p.name: (p.read_bytes(), p.stat().st_mode) for p in added.folder.iterdir()}
    keys.make(tmp_path / "key")
    secret = Secret(key_file=tmp_path / "key")
    for _ in whole.on(data, secret):
        pass
    vault = Vault(data, secret)
    vault.open()
    store = Store(data / "models", vault)
    assert (sealed(added.folder), store.verify("tiny")) == (before.keys() - IN_THE_OPEN, ())
    vault.close()
    for change in (whole.rotate, whole.off):
        for _ in change(data, secret):
            pass
    assert {p.name: (p.read_bytes(), p.stat().st_mode) for p in added.folder.iterdir()} == before
    assert plain.verify("tiny") == ()
