"""The adapter store: versions that do not change, one pointer file, whole after any crash."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ragbox.adapters.pointer import EARLIER
from ragbox.adapters.store import Adapter, AdapterStore
from ragbox.errors import BadInput, Conflict, NotFound, Rejected, Unavailable
from tests.adapter_files import lora_folder

ROOT = Path(__file__).parent.parent
KILLS = 50


@pytest.fixture
def store(tmp_path: Path) -> AdapterStore:
    return AdapterStore(tmp_path / "data" / "adapters")


@pytest.fixture
def three(store: AdapterStore, tmp_path: Path) -> list[Adapter]:
    return [store.add(lora_folder(tmp_path / "terms", seed=n)) for n in range(3)]


def test_a_version_is_copied_with_what_its_files_say(store: AdapterStore, tmp_path: Path) -> None:
    folder = lora_folder(tmp_path / "terms")
    added = store.add(folder, base_digest="1234", figures={"loss": 0.5})
    assert added.folder == store.folder / "terms" / added.version
    assert added.key == f"terms@{added.version}"
    assert (added.kind, added.rank, added.alpha, added.targets) == ("lora", 4, 8.0, ("q_proj", "v_proj"))
    assert (added.base, added.base_digest, added.figures) == ("Tiny-1B", "1234", {"loss": 0.5})
    assert (added.source, store.card(added)) == (str(folder), "# A card\n")
    assert store.list() == (added,)
    assert store.get("terms") == store.find("terms") == store.find(added.key) == added
    assert {p.stat().st_mode & 0o222 for p in added.folder.iterdir() if p.name != "manifest.json"} == {0}


def test_the_same_files_are_one_version_and_others_another(store: AdapterStore, tmp_path: Path) -> None:
    first = store.add(lora_folder(tmp_path / "terms"))
    assert store.add(lora_folder(tmp_path / "terms"), origin="again") == first
    second = store.add(lora_folder(tmp_path / "terms", seed=1))
    assert [a.key for a in store.list()] == [first.key, second.key]
    assert store.get("terms") == second
    assert store.add(tmp_path / "terms", name="other").version == second.version


def test_what_an_adapter_does_not_need_is_left_out(store: AdapterStore, tmp_path: Path) -> None:
    folder = lora_folder(tmp_path / "mine")
    for name in ("tokenizer.json", "chat_template.jinja", "trainer_state.json"):
        (folder / name).write_text("{}")
    (folder / "checkpoint-7").mkdir()
    (folder / "checkpoint-7" / "optimizer.pt").write_bytes(b"x")
    found = {p.name for p in store.add(folder).folder.iterdir()}
    assert found == {"README.md", "adapter_config.json", "adapter_model.safetensors", "manifest.json"}


def test_unknown_ones_and_bad_names_are_told(store: AdapterStore, tmp_path: Path) -> None:
    for name in ("../up", "a@b", "", "x" * 64):
        if name:
            with pytest.raises(BadInput, match="cannot name an adapter"):
                store.add(lora_folder(tmp_path / "terms"), name=name)
    with pytest.raises(NotFound, match="no adapter 'none' of version '1'"):
        store.find("none@1")
    with pytest.raises(NotFound):
        store.activate("none")
    assert (store.active(), store.current(), store.history(), store.assigned()) == (None, "", (), {})


def test_one_is_active_and_rollback_goes_back_to_the_bare_model(store: AdapterStore, three: list[Adapter]) -> None:
    first, second, _ = three
    store.activate(first.key)
    store.activate(second.key)
    store.activate(second.key)  # twice is once
    assert AdapterStore(store.folder).active() == second
    assert store.earlier() == ("", first.key)
    assert store.rollback() == first
    assert store.rollback() is None
    assert store.active() is None
    with pytest.raises(Conflict, match="No other adapter was active before"):
        store.rollback()
    assert [step.key for step in store.history()] == [first.key, second.key, first.key, ""]
    assert sorted(step.at for step in store.history()) == [step.at for step in store.history()]
    store.activate(first.key)
    assert store.activate(None) is None
    assert store.rollback() == first


def test_rollback_goes_back_so_many_steps_and_no_more(store: AdapterStore, three: list[Adapter]) -> None:
    for n in range(EARLIER + 5):
        store.activate(three[n % 2].key)
    assert len(store.earlier()) == EARLIER


def test_the_active_and_the_assigned_stay_and_others_are_removed(store: AdapterStore, three: list[Adapter]) -> None:
    first, second, third = three
    for adapter in (first, second, third, second):
        store.activate(adapter.key)
    with pytest.raises(Conflict, match="is active"):
        store.remove("terms", second.version)
    store.assign("c1", first.key)
    with pytest.raises(Conflict, match="is assigned to 1 collections"):
        store.remove("terms", first.version)
    store.assign("c1", "")
    store.remove("terms", third.version)
    assert store.earlier() == ("", first.key)  # no step back from the second to itself
    store.remove("terms", first.version)
    assert store.list() == (second,)
    assert store.rollback() is None
    store.remove("terms", second.version)
    assert [p.name for p in store.folder.iterdir() if not p.name.startswith(".")] == []


def test_one_that_is_removed_as_another_is_activated_is_not_taken_for_lost(
    store: AdapterStore, three: list[Adapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = three
    store.activate(first.key)
    find = store.find

    def switched(key: str) -> Adapter:
        monkeypatch.setattr(store, "find", find)
        store.activate(second.key)
        store.remove(first.name, first.version)
        return find(key)

    monkeypatch.setattr(store, "find", switched)
    assert store.active() == second


def test_a_collection_has_a_version_of_its_own_that_does_not_move(
    store: AdapterStore, three: list[Adapter], tmp_path: Path
) -> None:
    store.assign("c1", three[0].key)
    store.assign("c2", "terms")
    store.add(lora_folder(tmp_path / "terms", seed=9))
    assert AdapterStore(store.folder).assigned() == {"c1": three[0].key, "c2": three[2].key}
    store.assign("c1", "")
    store.assign("c1", "")
    assert store.assigned() == {"c2": three[2].key}
    with pytest.raises(NotFound):
        store.assign("c1", "terms@1")


def test_damage_is_found_and_keeps_a_version_from_answering(store: AdapterStore, three: list[Adapter]) -> None:
    damaged = three[0]
    assert store.verify("terms", damaged.version) == ()
    store.check(damaged)
    config = damaged.folder / "adapter_config.json"
    config.chmod(0o644)
    config.write_text("{}")
    assert "adapter_config.json was changed" in store.verify("terms", damaged.version)[0]
    for act in (
        lambda: store.check(damaged),
        lambda: store.activate(damaged.key),
        lambda: store.assign("c", damaged.key),
    ):
        with pytest.raises(Rejected, match=f"The adapter terms {damaged.version} is not as it was added"):
            act()
    (damaged.folder / "manifest.json").write_text("[]")
    assert store.get("terms", damaged.version).rank == 0
    store.remove("terms", damaged.version)


def test_a_damaged_pointer_is_told_until_a_version_is_activated(store: AdapterStore, three: list[Adapter]) -> None:
    pointer = store.folder / ".active.json"
    for damage in (lambda: pointer.write_text("{"), pointer.mkdir):
        store.activate(three[0].key)
        pointer.unlink()
        damage()
        for key in (three[0].key, ""):
            with pytest.raises(Conflict, match="cannot be read"):
                store.assign("c1", key)
        assert "cannot be read" in store.problem()
        if pointer.is_dir():
            pointer.rmdir()
        assert store.activate(three[1].key) == three[1]
        assert store.problem() == ""


def test_an_active_version_that_is_gone_is_told_and_can_be_left(store: AdapterStore, three: list[Adapter]) -> None:
    store.activate(three[0].key)
    three[0].folder.rename(store.folder / ".gone")
    with pytest.raises(Unavailable, match=f"active adapter {three[0].key} is gone"):
        store.active()
    assert store.current() == three[0].key
    assert store.rollback() is None


SWITCHING = """
import sys
from pathlib import Path
from ragbox.adapters.store import AdapterStore
store = AdapterStore(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    for key in sys.argv[2:]:
        store.activate(key)
        store.assign("c", key)
"""


@pytest.mark.slow
def test_a_process_killed_while_it_switches_starts_on_the_old_or_the_new(
    store: AdapterStore, three: list[Adapter]
) -> None:
    keys = [adapter.key for adapter in three]
    chance, seen = random.Random(5), set[str]()
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", SWITCHING, str(store.folder), *keys], cwd=ROOT, stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.0, 0.02))
            child.send_signal(signal.SIGKILL)
        fresh = AdapterStore(store.folder)
        active = fresh.active()
        if active is not None:
            fresh.check(active)
            assert fresh.history()[-1].key == active.key
            seen.add(active.key)
        assert fresh.assigned().get("c", keys[0]) in keys
        assert len(fresh.list()) == len(three)
    assert len(seen) > 1, "the kills fell between switches"
    store.rollback()
