"""How the command prints: snippets around the words that were asked for, figures as a table."""

from __future__ import annotations

import pytest

from ragbox.errors import BadInput
from ragbox.show import SNIPPET, border, figures, line, progress, remarks, rows, snippet, under_way, values, work

FILL = "Pumps move water uphill and need oil. " * 12


@pytest.mark.parametrize(
    ("text", "question", "part"),
    [
        (FILL + "The notice period is ninety days. " + FILL, "How long are notice periods?", "ninety days"),
        (FILL + "Notice of leave. " + FILL + "The notice period is ninety days.", "notice period", "ninety days"),
        ("每月加油一次。" * 40 + "合同的通知期为九十天。" + "备件在仓库。" * 40, "通知期有多久？", "九十天"),
        (FILL + "Valve AX-2040 leaks.", "Which valve leaks?", "AX-2040"),
    ],
)  # fmt: skip
def test_a_snippet_is_cut_around_the_words_asked_for(text: str, question: str, part: str) -> None:
    shown = snippet(text, question)
    assert part in shown
    assert shown.startswith("…")
    assert len(shown) <= SNIPPET + 2


def test_a_snippet_without_such_words_is_the_beginning_and_a_short_text_is_whole() -> None:
    assert snippet(FILL, "谁？").startswith("Pumps move water")
    assert snippet(FILL, "谁？").endswith("…")
    assert snippet("One\n two.", "three") == "One two."
    assert snippet("", "three") == ""


def test_what_is_doubtful_about_an_answer_is_said_below_it() -> None:
    answer = {"answer": "One. Two.", "unsupported": [{"start": 5, "end": 9, "reason": "Not “Two”."}]}
    assert remarks(answer) == ["No passage supports “Two.” Not “Two”."]
    told = remarks(answer | {"unsupported": [], "incomplete": "Too long.", "fallback": "It is gone."})
    assert [t.rpartition(". ")[2] for t in told] == ["Too long.", "It is gone."]


def test_figures_are_a_table_with_a_column_for_each_group(capsys: pytest.CaptureFixture[str]) -> None:
    figures({"all": {"questions": 3, "mrr": 0.5}, "zh": {"questions": 1, "mrr": None}}, False)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["all", "zh"] in lines
    assert ["questions", "3", "1"] in lines
    assert ["mrr", "0.500", "-"] in lines


def test_a_table_that_no_screen_shows_has_a_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    file = "contracts/" + "Maintenance Services Agreement " * 9 + ".docx"
    rows({"documents": [{"id": "a", "file": file, "pages": 2}]}, "documents", ("id", "file", "pages"), False)
    assert any(file in line and line.split()[-1] == "2" for line in capsys.readouterr().out.splitlines())


def test_what_was_left_out_of_a_file_that_was_taken_in_is_said() -> None:
    result = {"file": "a.pdf", "status": "indexed", "reason": "Page 3 unread.", "pages": 3, "chunks": 9, "seconds": 1.0}
    assert line(result).endswith("9 passages, 1.0 s. Page 3 unread.")
    assert line(result | {"reason": ""}).endswith("1.0 s")
    assert line(result | {"pages": 1, "chunks": 1}).startswith("indexed    a.pdf: 1 page, 1 passage, ")


def test_a_list_of_things_is_a_line_each_without_what_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    mirrors = [{"folder": "inbox/a", "files": 3, "waiting": 0, "alarm": None}, {"folder": "b", "alarm": {"kind": "x"}}]
    values({"ready": True, "collections": ["a"], "reading": [], "mirrors": mirrors}, False)
    assert capsys.readouterr().out.splitlines() == [
        "ready: True", 'collections: ["a"]', "reading: []", "mirrors:",
        "  folder: inbox/a, files: 3", '  folder: b, alarm: {"kind": "x"}',
    ]  # fmt: skip


def test_a_border_that_was_kept_before_its_parts_were_counted_is_shown_too() -> None:
    kept = {
        "collection": "hr", "holds": False, "risk": 0.19, "asked": 0.05, "questions": 100, "answered": 80, "wrong": 2,
        "held_answered": 78, "held_wrong": 3, "file": "q.jsonl", "at": "2026-11-01T00:00:00+00:00", "by": "admin",
    }  # fmt: skip
    assert "a border made without it: 3 of 78. q.jsonl, 2026-11-01, admin. It does not hold" in border(kept)
    assert "a border made without it, as 4 of five had: 3 of 78." in border(kept | {"held_parts": 4})


def test_what_is_under_way_is_said_with_speed_and_rest_once_they_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    job = {"file": "in/[b]long.pdf", "stage": "read", "done": 119, "total": 500, "rate": 12.4, "left": 30.7}
    short = {"file": "short.pdf", "stage": "encode", "done": 0, "total": 38, "rate": 0.0, "left": 0.0}
    assert under_way([short, job]) == "[b]long.pdf: page 120 of 500, 12 pages/s, about 31 s left"
    assert under_way([short]) == "short.pdf: 0 of 38 passages"
    slow = job | {"stage": "encode", "done": 64, "total": 90_000, "rate": 6.25, "left": 14_389.0}
    assert under_way([slow]) == "[b]long.pdf: 64 of 90,000 passages, 6.2 passages/s, about 4.0 h left"
    assert under_way([slow | {"left": 600.0}]).endswith("about 10 min left")
    assert under_way([short | {"stage": "wait"}, short | {"stage": "read", "total": 0}]) == ""
    with progress(0, quiet=False):
        pass
    assert capsys.readouterr().out == ""
    with progress(2, quiet=False) as advance:
        advance(None, by=0, now=under_way([job]))
    assert "[b]long.pdf: page 120" in capsys.readouterr().out


def test_work_that_is_refused_shows_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadInput), work(quiet=False):
        raise BadInput("There is no key.")
    assert capsys.readouterr().out == ""
    for quiet in (True, False):
        with work(quiet=quiet) as advance:
            advance({"stage": "", "name": "files", "done": 1, "total": 2})
        assert ("files" in capsys.readouterr().out) is not quiet
