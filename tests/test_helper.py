"""A child's lines come as it prints them, its errors as their class, and it does not outlive who reads it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragbox import helper
from ragbox.errors import Conflict, NotFound, Unavailable

CHILD = """
import os, sys, time
from ragbox import helper
from ragbox.errors import NotFound
helper.begin()
helper.tell(pid=os.getpid(), nice=os.nice(0), said=sys.argv[2])
if sys.argv[1] == "fail":
    helper.fail(NotFound("Nothing is there. Look elsewhere."))
elif sys.argv[1] == "die":
    sys.exit("out of luck")
elif sys.argv[1] == "hang":
    time.sleep(60)
helper.tell(last=True)
"""


@pytest.fixture(autouse=True)
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_child.py").write_text(CHILD)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def work(how: str, stop: threading.Event | None = None) -> Iterator[dict[str, object]]:
    return helper.work("a_child", how, "你好", stop=stop or threading.Event())


def alive(pid: object) -> bool:
    try:
        os.kill(int(str(pid)), 0)
    except ProcessLookupError:
        return False
    return True


def test_lines_come_in_order_at_low_priority() -> None:
    first, last = work("well")
    assert (first["said"], last) == ("你好", {"last": True})
    assert int(str(first["nice"])) >= helper.NICENESS


def test_an_error_is_raised_as_its_class() -> None:
    with pytest.raises(NotFound, match=r"Nothing is there\. Look elsewhere\."):
        list(work("fail"))


def test_a_child_that_dies_is_told_with_its_last_words() -> None:
    with pytest.raises(Unavailable, match=r"a_child died: out of luck"):
        list(work("die"))
    with pytest.raises(Unavailable, match="No module named no_such_module"):
        list(helper.work("no_such_module", stop=threading.Event()))


@pytest.mark.parametrize("how", ["stop", "leave"])
def test_it_is_ended_when_told_or_when_nobody_reads_on(how: str) -> None:
    stop = threading.Event()
    lines = work("hang", stop)
    pid = next(lines)["pid"]
    begun = time.monotonic()
    if how == "leave":
        lines.close()  # type: ignore[attr-defined]
    else:
        stop.set()
        with pytest.raises(Conflict, match="broken off"):
            next(lines)
    assert time.monotonic() - begun < 50
    assert not alive(pid)
