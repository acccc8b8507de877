"""Question files: JSONL of questions with what is known of their answers. Asks nothing.

A line is {id, question, answer, span, gold: [{file, page}], documents, evidence, unanswerable}; only `question` must
be there. `answer` is what a right answer holds, `span` the words of the paper that answer, `evidence` a sentence that
bears it out (each a string or a list of alternatives); `documents` names files where the page is not known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import BadInput, NotFound
from .matching import same_file


@dataclass(frozen=True, kw_only=True)
class Question:
    """One line of a question file; `gold` holds (file, page) pairs, pages from 1."""

    id: str
    question: str = field(repr=False)
    answers: tuple[str, ...] = field(repr=False)
    gold: tuple[tuple[str, int], ...]
    unanswerable: bool
    spans: tuple[str, ...] = field(default=(), repr=False)
    evidence: tuple[str, ...] = field(default=(), repr=False)
    others: tuple[str, ...] = ()
    """Files that hold the answer too, their page not known."""

    @property
    def documents(self) -> tuple[str, ...]:
        """Return the files that hold the answer, each once."""
        return tuple(dict.fromkeys((*(file for file, _ in self.gold), *self.others)))


_NO_TEXT = "its question is no text"
MOST_BYTES = 32 << 20
"""Largest file that is read, as large as a run of 10,000 questions that is kept."""


def load(path: Path, name: str = "") -> list[Question]:
    """Read a question file; errors call it `name`, its path where there is none.

    Raises:
        NotFound: there is no such file.
        BadInput: it is too large or no UTF-8, or a line is not a question; names the line.
    """
    shown = name or str(path)
    if not path.is_file():
        raise NotFound(f"There is no question file {shown}. Check the path.")
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(f"{shown} is larger than {MOST_BYTES >> 20} MB. Split it.")
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise BadInput(f"{shown} is not UTF-8. Save it as UTF-8.") from error
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            questions.append(question(json.loads(line), str(number)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(
                f"Line {number} of {shown} is not a question ({_lack(error)}). "
                'Each line is an object with "question", and "answer" and "gold" as known.'
            ) from error
    return questions


def is_gold(question: Question, file: str, page: int) -> bool:
    """Tell whether a page is a gold page."""
    return any(page == p and same_file(file, f) for f, p in question.gold)


def question(row: dict[str, Any], number: str) -> Question:
    """Return a line as a question; its number is its id where it has none of its own.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is none.
    """
    if not isinstance(row["question"], str) or not row["question"].strip():
        raise ValueError(_NO_TEXT)
    return Question(
        id=str(row.get("id", number)), question=row["question"], answers=_texts(row.get("answer", "")),
        gold=tuple((g["file"], int(g["page"])) for g in row.get("gold", [])),
        unanswerable=bool(row.get("unanswerable", False)), spans=_texts(row.get("span", "")),
        evidence=_texts(row.get("evidence", "")), others=_texts(row.get("documents", "")),
    )  # fmt: skip


def _lack(error: Exception) -> str:
    """Return what is wrong with a line, in words."""
    if isinstance(error, json.JSONDecodeError):
        return f"it is no JSON: {error.msg}, at character {error.colno}"
    if isinstance(error, KeyError):
        return f"it has no {error.args[0]!r}"
    return _NO_TEXT if error.args == (_NO_TEXT,) else "a field of it has another shape"


def _texts(given: str | list[str]) -> tuple[str, ...]:
    return tuple(a for a in ([given] if isinstance(given, str) else given) if a)
