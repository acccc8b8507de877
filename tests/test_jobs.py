"""Files on their way in as data: whose turn it is, what there is room for, how far each is."""

from __future__ import annotations

import time

import pytest

from ingest.jobs import Task, Turns, shown
from ingest.pace import Reading
from ragbox.errors import Busy


def test_people_take_turns() -> None:
    turns = Turns(each=9, megabytes=1)
    for by, file in [("kim", "1"), ("kim", "2"), ("kim", "3"), ("leo", "4"), ("leo", "5"), ("mia", "6")]:
        turns.add(Task(file=file, collection="c", by=by, size=1))
    second = next(t for t in turns if t.file == "2")
    assert turns.remove(second)
    assert not turns.remove(second)
    assert [t.file for t in turns] == ["1", "4", "6", "3", "5"]
    assert [turns.next().file for _ in range(5)] == ["1", "4", "6", "3", "5"]
    assert len(turns) == 0


def test_nobody_fills_it_alone_and_what_waits_fills_no_disk() -> None:
    turns = Turns(each=2, megabytes=1)

    def room(by: str, size: int) -> str:
        try:
            turns.require_room(by, size)
        except Busy as error:
            return str(error)
        return ""

    assert room("kim", 5 << 20) == ""  # one that is larger than all that may wait comes in when nothing does
    first = Task(file="1", collection="c", by="kim", size=900_000)
    again = Task(file="2", collection="c", by="kim", size=900_000, document="d")
    turns.add(first)
    assert "RAGBOX_WAITING_MB" in room("leo", 200_000)
    assert room("leo", 100_000) == ""
    turns.add(again)  # read anew from its original
    assert "2 files of kim wait already" in room("kim", 0)
    assert room("leo", 100_000) == ""
    turns.remove(again)
    assert room("kim", 0) == ""
    assert turns.next() is first
    assert room("leo", 2 << 20) == ""


def test_while_people_ask_who_sends_what_is_rejected_waits_a_moment_and_nobody_else() -> None:
    now, asking = [100.0], [True]
    turns = Turns(each=99, megabytes=1, asking=lambda: asking[0], clock=lambda: now[0])

    def add(by: str) -> None:
        turns.add(Task(file="1", collection="c", by=by, size=1))

    assert turns.pause() is None
    add("eve")
    for _ in range(5):
        turns.rejected("eve")
    assert turns.pause() == 0  # somebody's folder with a few odd files in it
    turns.rejected("eve")
    assert turns.pause() == 1
    add("kim")
    assert turns.pause() == 0
    assert turns.next().by == "kim"
    asking[0] = False
    assert turns.pause() == 0
    asking[0] = True
    now[0] += 0.75
    assert turns.pause() == 0.25
    now[0] += 0.25
    assert turns.pause() == 0
    for _ in range(60):
        turns.rejected("eve")
    assert turns.pause() == 1  # however many were rejected while nobody asked
    now[0] += 0.5
    assert turns.pause() == 0.5
    now[0] += 6
    turns.rejected("leo")
    assert turns.next().by == "eve"
    turns.rejected("eve")
    add("eve")
    assert turns.pause() == 0  # what is made good for is forgotten


def test_speed_and_rest_are_those_of_the_stage() -> None:
    task = Task(file="scan.pdf", collection="c", by="kim", size=1, stage="read", since=time.monotonic() - 10)
    job = shown(task, {"c": "papers"}, Reading(file="scan.pdf", page=6, pages=55, rate=0.5))
    assert (job.done, job.total, job.rate, job.left) == (5, 55, 0.5, 100)
    assert (shown(task, {}, None).rate, shown(task, {}, None).left) == (0, 0)


def test_speed_is_that_of_what_is_done_and_the_rest_shrinks_while_more_is_under_way() -> None:
    now = time.monotonic()
    task = Task(file="long.pdf", collection="c", by="kim", size=1, stage="encode", since=now - 30, reached=now - 10)
    task.done, task.total = 400, 1000
    job = shown(task, {}, None)
    assert job.rate == pytest.approx(20, rel=0.05)
    assert job.left == pytest.approx(20, abs=2)
    task.since = now - 11
    assert (shown(task, {}, None).rate, shown(task, {}, None).left) == (0, 0)
