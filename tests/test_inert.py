"""A conversation that is exported as Markdown is text wherever it is shown: it loads nothing and links nowhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from markdown_it import MarkdownIt

from ragbox.turns import Conversation, Feedback, Turn
from ragbox.types import Answer, Citation
from tests.payloads import PAYLOADS
from web.conversations import markdown


def exported(said: str) -> str:
    """Return a conversation with a text everywhere, as a program that shows Markdown makes it HTML."""
    citation = Citation(n=1, document="d", file=said, page=1, section=said, quote=said)
    answer = Answer(text=f"Thirty [1].\n\n{said}", refused=False, citations=(citation,), hits=(), timings={})
    now = datetime(2026, 1, 1, tzinfo=UTC)
    turn = Turn(
        id="t", question=said, collection="", asked_at=now, answer=answer, stopped=False, feedback=Feedback()
    )  # fmt: skip
    found = Conversation(id="c", title=said, created_at=now, changed_at=now, questions=1)
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown(found, [turn]))


def test_an_export_loads_nothing_and_links_nowhere() -> None:
    for said in PAYLOADS:
        tags = set(re.findall(r"<(\w+)", exported(said)))
        assert tags <= {"h1", "h2", "p", "em", "ul", "ol", "li"}, (said, tags)


def test_what_is_not_made_inert_would_be_found() -> None:
    shown = MarkdownIt("commonmark", {"html": True}).render("\n\n".join(PAYLOADS))
    assert {"img", "script", "a", "iframe"} <= set(re.findall(r"<(\w+)", shown))
