"""Originals that hold personal data are withheld from those for whom a policy holds; each is judged once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ragbox.errors import NotPermitted, Unavailable
from ragbox.redact.findings import Finding
from ragbox.redact.policy import Style
from ragbox.settings import Settings
from tests.desk import LINES, MAIL, PHONE, RITA, Desk, furnished, paper


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    with furnished(settings) as made:
        yield made


@pytest.mark.parametrize(
    ("given", "texts"),
    [
        ({}, (f"Write to {MAIL}.",)),
        ({"files": (f"letters/{MAIL}.txt",)}, ("Nothing.",)),
        ({"title": f"Report of {PHONE}"}, ("Nothing.",)),
        ({"reason": "Page 3 could not be opened."}, ("Nothing.",)),
        ({}, ("BREAK",)),
    ],
)  # fmt: skip
def test_an_original_with_personal_data_or_unread_parts_is_withheld(
    desk: Desk, tmp_path: Path, given: dict[str, Any], texts: tuple[str, ...]
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    known = desk.put(path, *texts, kind="text", **given)
    for _ in range(2):
        with pytest.raises(NotPermitted, match=r"^The original of .* is withheld: it .* ask an admin") as refusal:
            desk.painter.original(RITA, known)
        assert MAIL not in str(refusal.value)
    desk.privacy.rule = Style.OFF
    assert desk.painter.original(RITA, known).read_text() == "x"


def test_a_running_head_that_no_passage_has_withholds_the_original(desk: Desk, tmp_path: Path) -> None:
    clean, headed = paper(tmp_path / "a.pdf", LINES[0]), paper(tmp_path / "b.pdf", LINES[0], f"Hotline {PHONE}")
    assert desk.painter.original(RITA, desk.put(clean)).read_bytes() == clean.read_bytes()
    with pytest.raises(NotPermitted):
        desk.painter.original(RITA, desk.put(headed))


def test_an_original_is_judged_once_and_meanwhile_one_is_told_to_wait(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.paint.PATIENCE", 0.2)
    known = desk.put(paper(tmp_path / "a.pdf", LINES[0]))
    go, spans = threading.Event(), desk.privacy.spans

    def slow(*given: Any) -> list[Finding]:
        if threading.current_thread().name.startswith("originals"):
            go.wait(60)
        return spans(*given)

    monkeypatch.setattr(desk.privacy, "spans", slow)
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"a\.pdf is being looked over"):
            desk.painter.original(RITA, known)
    go.set()
    monkeypatch.setattr("ingest.paint.PATIENCE", 20)
    desk.painter.original(RITA, known)
    judged = desk.privacy.judged
    desk.painter.original(RITA, known)
    assert desk.privacy.judged == judged
    desk.painter.close()
    desk.painter.original(RITA, known)  # what is known stays known
    desk.privacy.version = "2"
    with pytest.raises(Unavailable, match="not loaded"):
        desk.painter.original(RITA, known)
