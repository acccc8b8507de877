"""A rebuild runs beside the requests, one at a time, and tells how far it is."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ragbox import hub
from ragbox.box import Box
from ragbox.errors import Conflict, NotPermitted, Unavailable
from ragbox.rebuilder import Progress, Rebuilder
from ragbox.types import Actor
from tests.make import drop
from tests.mirrors import until

PATIENCE = 60.0


def finished(rebuilder: Rebuilder) -> Progress:
    thread = rebuilder._thread
    assert thread is not None
    thread.join(PATIENCE)
    return rebuilder.progress()


@pytest.mark.parametrize("encode", [False, True])
def test_both_indexes_are_built_anew_from_the_record(box: Box, admin: Actor, tmp_path: Path, encode: bool) -> None:
    drop(box, tmp_path / "in", {"a.txt": "alpha", "b.txt": "beta"})
    shelf = box.library.collection("papers").id
    box.dense.drop(shelf)
    assert box.rebuilder.progress() == Progress()
    assert box.rebuilder.start(admin, encode=encode).running
    found = finished(box.rebuilder)
    assert (found.stage, found.done, found.total, found.error, found.running) == ("done", 2, 2, "", False)
    assert found.started_at is not None
    assert found.ended_at is not None
    assert box.dense.count(shelf) == box.sparse.count(shelf) == 2


def test_with_vectors_the_pipeline_tells_both_passes(box: Box, admin: Actor, tmp_path: Path) -> None:
    drop(box, tmp_path / "in", {"a.txt": "alpha", "b.txt": "beta"})
    assert list(box.pipeline.rebuild(admin)) == [(2, 2)]
    assert list(box.pipeline.rebuild(admin, encode=True)) == [(1, 2), (2, 2), (2, 2)]


class Slow:
    """A rebuild that takes each step when it is told to."""

    def __init__(self, steps: list[tuple[int, int]]) -> None:
        self.steps = steps
        self.go = threading.Semaphore(0)
        self.taken = threading.Semaphore(0)
        self.closed = False

    def __call__(self, actor: Actor, *, encode: bool = False) -> Generator[tuple[int, int], None, None]:
        try:
            for step in self.steps:
                assert self.go.acquire(timeout=PATIENCE), (actor, encode)
                yield step
                self.taken.release()
        finally:
            self.closed = True

    def step(self) -> None:
        self.go.release()
        assert self.taken.acquire(timeout=PATIENCE)


def test_progress_grows_stage_by_stage_and_a_second_start_is_refused(box: Box, admin: Actor) -> None:
    slow = Slow([(1, 2), (2, 2), (1, 2), (2, 2)])
    rebuilder = Rebuilder(box.auth, slow)
    rebuilder.start(admin, encode=True)
    with pytest.raises(Conflict, match="already"):
        rebuilder.start(admin, encode=False)
    seen = []
    for _ in slow.steps[:-1]:
        slow.step()
        seen.append((rebuilder.progress().stage, rebuilder.progress().done))
    slow.go.release()
    assert finished(rebuilder).stage == "done"
    assert seen == [("encode", 1), ("encode", 2), ("index", 1)]
    slow.steps = []
    assert rebuilder.start(admin, encode=False).done == 0  # the next one starts from nothing
    assert finished(rebuilder).stage == "done"


@contextmanager
def at_once() -> Iterator[None]:
    """Let each thread end before who starts it goes on."""
    begin = threading.Thread.start
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", lambda thread: (begin(thread), thread.join())[0])
        yield


def test_who_starts_it_is_told_that_it_began_however_soon_it_ends(box: Box, admin: Actor) -> None:
    rebuilder = Rebuilder(box.auth, lambda *_, **__: (step for step in [(1, 1)]))
    with at_once():
        assert rebuilder.start(admin, encode=True).stage == "encode"
    assert rebuilder.progress().stage == "done"


def test_who_adds_a_model_is_told_that_it_began_however_soon_it_ends(
    box: Box, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(*_: object, **__: object) -> Iterator[dict[str, object]]:
        raise Unavailable("The hub cannot be reached.")

    monkeypatch.setattr(hub, "fetch", fetch)
    with at_once():
        assert box.registry.add(admin, "acme/tiny").stage == "download"
    assert box.registry.work().stage == "failed"


def test_closing_breaks_off_and_lets_the_locks_go(box: Box, admin: Actor) -> None:
    slow = Slow([(1, 9), (2, 9), (3, 9)])
    rebuilder = Rebuilder(box.auth, slow)
    rebuilder.start(admin, encode=False)
    slow.step()
    closing = threading.Thread(target=rebuilder.close)
    closing.start()
    until(rebuilder._stop.is_set)  # a further step would else wait for its turn
    slow.go.release()
    closing.join(PATIENCE)
    assert slow.closed
    assert (rebuilder.progress().stage, rebuilder.progress().running) == ("failed", False)


def test_a_failure_is_told_and_logged(box: Box, admin: Actor) -> None:
    def broken(actor: Actor, *, encode: bool = False) -> Generator[tuple[int, int], None, None]:
        yield 1, 2
        raise OSError(f"no space for {actor.name}, {encode}")

    rebuilder = Rebuilder(box.auth, broken)
    rebuilder.start(admin, encode=False)
    found = finished(rebuilder)
    assert (found.stage, found.error) == ("failed", "no space for admin, False")
    assert box.metrics.failures()[0].where == "The indexes could not be rebuilt"


def test_only_an_admin_may(box: Box) -> None:
    with pytest.raises(NotPermitted):
        box.rebuilder.start(Actor(name="kim", role="editor", collections=("*",)), encode=False)
    assert box.rebuilder.progress() == Progress()
