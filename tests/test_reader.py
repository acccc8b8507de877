"""Passages are read in order, whole tables in one piece, without personal data, by those who may."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ragbox.box import Box
from ragbox.errors import NotFound
from ragbox.reader import Reading
from ragbox.types import Actor, Kind
from tests.make import drop

PLAN = """# Plans

Write to anna@example.com before the end of the month.

A second paragraph.

| Plan | Days |
| Pro | 30 |

# Notice

Ninety days.\fThe second page."""


def read(box: Box, folder: Path, text: str, actor: Actor, **given: object) -> Reading:
    known = drop(box, folder, {"plan.txt": text})["plan.txt"].document
    return box.reader.page(actor, known, **given)  # type: ignore[arg-type]


def test_a_page_is_titles_paragraphs_and_tables_in_order(box: Box, tmp_path: Path, admin: Actor) -> None:
    found = read(box, tmp_path, PLAN, admin)
    assert [(p.kind.value, p.text) for p in found.passages] == [
        ("title", "Plans"),
        ("text", "Write to [EMAIL] before the end of the month."),
        ("text", "A second paragraph."),
        ("table", ""),
        ("title", "Notice"),
        ("text", "Ninety days."),
    ]
    table = found.passages[3]
    assert (table.rows, table.header_rows, table.section) == ((("Plan", "Days"), ("Pro", "30")), 1, "Plans")
    assert (found.page, found.offset, found.end, found.document.pages) == (1, 0, found.total, 2)
    assert [p.text for p in box.reader.page(admin, found.document.id, 2).passages] == ["The second page."]
    assert box.reader.page(admin, found.document.id, 3).total == 0


def test_a_table_that_was_cut_into_chunks_is_whole_again(box: Box, tmp_path: Path, admin: Actor) -> None:
    rows = [f"| Part {n} | {n * 7} | a rather long remark about part number {n} |" for n in range(200)]
    found = read(box, tmp_path, "# Parts\n\n| Name | Weight | Remark |\n" + "\n".join(rows), admin)
    (table,) = (p for p in found.passages if p.kind is Kind.TABLE)
    assert found.total > 3
    assert len(table.rows) == 201
    assert table.rows[200] == ("Part 199", "1393", "a rather long remark about part number 199")


def test_a_long_cell_that_is_cut_is_read_whole(box: Box, tmp_path: Path, admin: Actor) -> None:
    remark = " ".join(f"word{n}" for n in range(600))
    rows = f"| Pump | 5 | {remark} |\n| Hose | 7 | short |\n| Tap | 9 | short |"
    found = read(box, tmp_path, f"# Parts\n\n| Name | Weight | Remark |\n{rows}", admin)
    shown = " ".join(" ".join(row) for p in found.passages for row in p.rows).split()
    assert found.total > 2
    assert [word for word in shown if word.startswith("word")] == remark.split()
    assert shown.count("Hose") == shown.count("Tap") == 1


def test_a_label_that_is_said_again_over_rows_is_read_once(box: Box, tmp_path: Path, admin: Actor) -> None:
    rows = [f"| Part {n} | {n * 7} | a rather long remark about part number {n} |" for n in range(60)]
    found = read(box, tmp_path, "# Parts\n\n| Name | Weight | Remark |\n| Pumps: |  |  |\n" + "\n".join(rows), admin)
    (table,) = (p for p in found.passages if p.kind is Kind.TABLE)
    assert found.total > 1
    assert [row[0] for row in table.rows] == ["Name", "Pumps:", *[f"Part {n}" for n in range(60)]]


def test_the_same_label_over_other_rows_is_read_each_time(box: Box, tmp_path: Path, admin: Actor) -> None:
    def part(name: str) -> str:
        rows = "".join(f"| {name} {n} | {n * 7} | a rather long remark on it |\n" for n in range(30))
        return f"| {name}: |  |  |\n| Basic: |  |  |\n{rows}| Total {name} | 9 | |\n"

    text = "# Parts\n\n| Name | Weight | Remark |\n" + "".join(map(part, ("Pump", "Hose", "Valve", "Tap", "Seal")))
    found = read(box, tmp_path, text, admin)
    (table,) = (p for p in found.passages if p.kind is Kind.TABLE)
    assert found.total > 5
    assert [row[0] for row in table.rows].count("Basic:") == 5


def test_a_heading_right_above_a_table_is_a_title_and_a_caption_is_not(box: Box, tmp_path: Path, admin: Actor) -> None:
    text = "# Rates\n\n| City | Euro |\n| Bergen | 90 |\n\nRates hold for a year."
    found = read(box, tmp_path, text, admin)
    assert [(p.kind.value, p.text) for p in found.passages] == [
        ("title", "Rates"), ("table", ""), ("text", "Rates hold for a year."),
    ]  # fmt: skip
    captioned = read(box, tmp_path, text.replace("Rates hold", "# Other\n\nRates hold"), admin)
    assert [p.kind.value for p in captioned.passages] == ["table", "title", "text"]
    assert captioned.passages[0].text == "Rates"


def test_words_choose_the_stretch_of_a_long_page(box: Box, tmp_path: Path, admin: Actor) -> None:
    text = "\n\n".join(f"# Part {n}\n\nNumber {n} of them. " + f"Sentence about item {n}. " * 40 for n in range(60))
    text += "\fLast words, to bob@example.com, are here."
    near = "Number\n  30 of them."
    found = read(box, tmp_path, text, admin, near=near, limit=10)
    assert "Number 30 of them." in "\n".join(p.text for p in found.passages)
    assert (found.end - found.offset, found.total > 30) == (10, True)
    over = box.reader.page(admin, found.document.id, 1, near="Last words, to [EMAIL], are here.", limit=10)
    assert (over.page, over.total) == (2, 1)  # it runs over to the next page
    missing = box.reader.page(admin, found.document.id, 1, near="nowhere to be found", limit=10)
    assert (missing.page, missing.offset) == (1, 0)


def test_words_that_are_taken_out_are_not_found_even_in_part(box: Box, tmp_path: Path, admin: Actor) -> None:
    found = read(box, tmp_path, "First.\fWrite to bob@example.com before noon.", admin, near="before noon")
    assert found.page == 2
    for near in ("bob@example.com", "bob@ex", "to bob"):
        assert box.reader.page(admin, found.document.id, 1, near=near).page == 1


def test_who_may_not_read_a_document_is_told_that_there_is_none(box: Box, tmp_path: Path, admin: Actor) -> None:
    known = read(box, tmp_path, PLAN, admin).document.id
    with pytest.raises(NotFound):
        box.reader.page(Actor(name="leo", role="reader", collections=("other",)), known)
    with pytest.raises(NotFound):
        box.reader.page(admin, "nothing")


def test_a_note_under_a_table_is_read_once(box: Box, tmp_path: Path, admin: Actor) -> None:
    note = "(1) Excludes repayments of leases."
    found = read(box, tmp_path, f"# Cash\n\n| Item | 2023 |\n| Free cash flow (1) | 7,878 |\n\n{note}", admin)
    assert [(len(p.rows), note in p.text) for p in found.passages if p.kind is not Kind.TITLE] == [
        (2, False),
        (0, True),
    ]


def test_a_note_that_a_passage_carries_is_read_once_in_its_own_place(
    box: Box, tmp_path: Path, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = read(box, tmp_path, "Sales.", admin).document.id
    (chunk,) = box.library.chunks_of(known, 1)
    texts = ("Sales ¹ grew.\n\n¹ Restated now.", "Costs fell.\n\n¹ Restated now.", "Again.\n\nAgain.")
    made = [replace(chunk, text=text, marks=()) for text in texts]
    monkeypatch.setattr(box.library, "chunks_of", lambda *_: made)
    passages = box.reader.page(admin, known).passages
    assert [p.text for p in passages] == ["Sales ¹ grew.", "Costs fell.", "¹ Restated now.", "Again.", "Again."]
