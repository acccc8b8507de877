"""In a sealed box no word of a lesson reaches the disk; a training does not outlive its server there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragbox.adapters import training
from ragbox.adapters.store import AdapterStore
from ragbox.engines.lora_train import CHECKPOINT, CURVE, LESSONS
from ragbox.errors import Conflict
from ragbox.sealing import keys, whole
from ragbox.sealing.keys import Secret
from ragbox.sealing.vault import Vault
from ragbox.types import Actor
from tests.test_trainings import FILE, PATIENCE, Child, Made
from tests.vaults import opened

WORD = "Zirkonvogel"


class Sealed(Made):
    """Trainings of a sealed data folder, of which lessons and checkpoint hold a word."""

    def __init__(self, data: Path, vault: Vault) -> None:
        super().__init__(data)
        self.store = AdapterStore(data / "adapters", vault)
        self.lessons = [{"question": f"q{n}", "messages": [], "answer": WORD} for n in range(3)]
        self.trainings = self.another()
        self.data = data

    def held(self) -> list[Path]:
        """Return the files on the disk that hold the word."""
        return [p for p in self.data.rglob("*") if p.is_file() and WORD.encode() in p.read_bytes()]

    def under_way(self) -> Path:
        """Wait for the first steps, and return the folder of the training's lessons."""
        until = time.monotonic() + PATIENCE
        while not (run := self.trainings.runs()[0]).total or not (self.trainings._work(run) / CURVE).exists():
            assert time.monotonic() < until
            time.sleep(0.01)
        folder = self.trainings._work(run)
        (folder / CHECKPOINT).write_text(WORD)
        assert WORD in (folder / LESSONS).read_text()
        return folder


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Child:
    made = Child()
    made.go.clear()
    monkeypatch.setattr(training, "teach", made)
    return made


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    yield from opened(tmp_path)


@pytest.fixture
def made(tmp_path: Path, vault: Vault, child: Child) -> Iterator[Sealed]:
    found = Sealed(tmp_path / "data", vault)
    yield found
    child.go.set()
    found.trainings.close()


def test_lessons_lie_in_memory_and_the_curve_is_kept(made: Sealed, child: Child, admin: Actor) -> None:
    made.trainings.start(admin, "formal", FILE)
    folder = made.under_way()
    assert folder.is_relative_to("/dev/shm")
    assert made.held() == []
    assert made.trainings.curve(folder.name) == ({"step": 1, "loss": 1.5},)
    child.go.set()
    done = made.ended()
    assert (done.state, done.error) == ("done", "")
    assert not folder.exists()
    assert {p.name for p in (made.folder / done.id).iterdir()} == {"run.json", CURVE}
    assert made.trainings.curve(done.id) == ({"step": 1, "loss": 1.5},)
    made.trainings.remove(admin, done.id)
    assert made.trainings.runs() == ()


def test_one_broken_off_goes_on_in_the_same_server_and_not_in_another(made: Sealed, vault: Vault, admin: Actor) -> None:
    run = made.trainings.start(admin, "formal", FILE)
    folder = made.under_way()
    made.trainings.cancel(admin)
    assert made.ended().state == "cancelled"
    assert (made.folder / run.id / CURVE).read_bytes() == (folder / CURVE).read_bytes()
    made.trainings.resume(admin, run.id)
    made.under_way()
    made.trainings.close()
    vault.close()
    assert (folder.exists(), made.held()) == (False, [])
    vault.open()
    made.trainings = made.another()
    made.trainings.load()
    assert made.trainings.curve(run.id) == ({"step": 1, "loss": 1.5},), "it holds no words"
    left = made.ended()
    assert (left.state, "keeps lessons in memory alone. Start again." in left.error) == ("failed", True)
    with pytest.raises(Conflict, match=r"keeps lessons in memory alone\. Start another"):
        made.trainings.resume(admin, run.id)
    made.trainings.remove(admin, run.id)
    assert made.trainings.runs() == ()


def test_lessons_of_before_do_not_stay_when_a_folder_is_sealed(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "trainings" / "ab"
    (folder / "adapter").mkdir(parents=True)
    for name in (LESSONS, CHECKPOINT, f".{CHECKPOINT}.new", "adapter/a.safetensors", "run.json"):
        (folder / name).write_text(WORD)
    keys.make(tmp_path / "key")
    for _ in whole.on(tmp_path / "data", Secret(key_file=tmp_path / "key")):
        pass
    assert [p.name for p in folder.iterdir()] == ["run.json"]
