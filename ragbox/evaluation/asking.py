"""Asks the box from within what `ragbox eval` asks it over HTTP: the same questions, in the same shapes.

Nobody asks these questions but the box: none is counted, and none is answered from the answers that are kept.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from .. import corpus, wire
from ..answer import Answers
from ..auth import Auth
from ..db import Database
from ..errors import BadInput, Conflict, NotFound, Unavailable
from ..events import Done
from ..glossary import Glossary
from ..library import Library
from ..reader import Reader
from ..settings import Settings
from .questions import Question
from .run import PageText, page_text

Json = dict[str, Any]
MATTER = (
    "encoder", "encoder_precision", "reranker", "hits", "candidates", "engine", "quantization", "temperature", "redact",
)  # fmt: skip
"""Settings that figures depend on."""
PASSAGES = 500
"""Passages of a page that are looked through for a quote, as the command asks for."""


class Asking:
    """One box, as whoever commands on the machine asks it."""

    def __init__(
        self, settings: Settings, auth: Auth, db: Database, library: Library, answers: Answers, reader: Reader,
        glossary: Glossary,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._auth = auth
        self._db = db
        self._library = library
        self._answers = answers
        self._reader = reader
        self._glossary = glossary

    def check(self, collection: str, questions: Sequence[Question]) -> None:
        """Look whether these questions can be asked of a collection; "" stands for all.

        Raises:
            NotFound: there is no such collection.
            BadInput: a question is too long; names it.
        """
        if collection:
            self._library.collection(collection)
        most = self._settings.max_question_chars
        for q in questions:
            if (size := len(q.question)) > most:
                raise BadInput(f"The question {q.id} has {size} characters, {most} are the most. Shorten it.")

    def has(self, collection: str) -> bool:
        """Tell whether there is a collection of this name."""
        return any(c.name == collection for c in self._library.collections())

    def search(self, question: str, k: int, collection: str) -> list[Json]:
        """Return the k best hits in the API's shape."""
        found = self._answers.search(self._auth.local(), question, collection=collection or None, k=k)
        return [wire.hit(hit) for hit in found]

    def ask(self, question: str, collection: str, stop: threading.Event) -> Json:
        """Return an answer in the API's shape. Raises Conflict when `stop` is set meanwhile."""
        with closing(self._answers.ask(self._auth.local(), question, collection=collection or None)) as events:
            for event in events:
                if stop.is_set():
                    raise Conflict("The run was cancelled. Start it again.")
                if isinstance(event, Done):
                    return wire.answer(event.answer)
        raise Unavailable("The answer to a question of the run broke off. Start it again.")

    def page_text(self) -> PageText:
        """Return what looks up the text of pages, during one run."""
        return page_text(self._passages)

    def stamp(self) -> Json:
        """Return what the figures of a run depend on, to be kept with it."""
        state = corpus.version(self._db, [c.id for c in self._library.collections()])
        settings = {name: self._settings.shown(name) for name in MATTER}
        return {"corpus": state, "glossary": self._glossary.version, "settings": settings}

    def _passages(self, document: str, page: int) -> list[Json]:
        try:
            found = self._reader.page(self._auth.local(), document, page, limit=PASSAGES).passages
        except NotFound:  # deleted since it was quoted: the quote stands nowhere any more
            return []
        return [{"text": passage.text, "rows": passage.rows} for passage in found]
