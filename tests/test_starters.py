"""What could be asked first is made of what the box holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragbox.box import Box
from tests.make import drop

ENGLISH = "# Travel policy\n\n## 1 Contents\n\nHotels 2\n\n## 2 Hotels\n\n" + "A room may cost 140 euros a night. " * 30
CHINESE = "# 员工手册\n\n## 第一章 年休假\n\n" + "职工累计工作满一年的，享受带薪年休假五天。" * 20


@pytest.fixture
def stocked(box: Box, tmp_path: Path) -> Box:
    drop(box, tmp_path / "one", {"travel.md": ENGLISH, "bad.md": "REJECT"}, "office")
    drop(box, tmp_path / "two", {"手册.md": CHINESE}, "人事")
    return box


def shelves(box: Box) -> list[str]:
    return [c.id for c in box.library.collections()]


def test_what_is_indexed_is_counted_by_collection(stocked: Box) -> None:
    counts = stocked.starters.counts()
    assert {c.name: counts.get(c.id, 0) for c in stocked.library.collections()} == {"office": 1, "人事": 1}


def test_a_topic_is_the_longest_section_with_a_name_without_its_number(stocked: Box) -> None:
    found = {t.language: (t.title, t.section) for t in stocked.starters.topics(shelves(stocked), "en")}
    assert found["en"] == ("travel", "Hotels")
    assert found["zh"] == ("手册", "年休假")


def test_documents_in_the_pages_language_come_first_and_no_more_than_asked_for(stocked: Box) -> None:
    for language in ("en", "zh"):
        assert stocked.starters.topics(shelves(stocked), language)[0].language == language
        assert len(stocked.starters.topics(shelves(stocked), language, 1)) == 1


def test_other_collections_give_nothing_away(stocked: Box) -> None:
    office = stocked.library.collection("office").id
    assert [t.title for t in stocked.starters.topics([office], "zh")] == ["travel"]
    assert stocked.starters.topics([], "en") == []


@pytest.mark.parametrize("section", ["Contents", "目录", "7", "2024-12", "offer.pdf", "x" * 60])
def test_a_section_that_names_no_topic_is_no_starter(box: Box, tmp_path: Path, section: str) -> None:
    drop(box, tmp_path / "in", {"a.md": f"# A title\n\n## {section}\n\n" + "Some words. " * 40})
    assert box.starters.topics(shelves(box), "en") == []
