"""Records questions in the audit trail: who asked what, which documents were shown and which cited. Answers none."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing

from .audit import Audit
from .events import Done, Event, Hits
from .types import Citation, Hit


def watched(
    audit: Audit, events: Generator[Event, None, None], actor: str, question: str, of: str
) -> Generator[Event, None, None]:
    """Yield the events of an answer, and record the question when they end, fail or are no longer wanted.

    `of` is the document or collection that was asked, "" for all.

    Raises:
        Unavailable: the trail cannot be written; then nothing is asked.
    """
    audit.require()
    shown: list[str] = []
    cited: dict[str, None] = {}
    began = ended = False
    try:
        with closing(events):
            for event in events:
                began = True
                if isinstance(event, Hits):
                    shown = documents(event.hits)
                elif isinstance(event, Citation):
                    cited[event.document] = None
                ended = isinstance(event, Done)
                yield event
    finally:
        # Before the first event `of` may be anything that was typed there.
        of = of if began else ""
        audit.seen(actor, "question.ask", of, question=question, cited=list(cited), shown=shown, ended=ended)


def searched(audit: Audit, hits: Iterable[Hit], actor: str, question: str, of: str) -> None:
    """Record a search for passages. Raises Unavailable as `watched` does."""
    audit.seen(actor, "question.search", of, question=question, shown=documents(hits))


def documents(hits: Iterable[Hit]) -> list[str]:
    """Return the documents (ids) that passages are of, each once."""
    return list(dict.fromkeys(h.document.id for h in hits))
