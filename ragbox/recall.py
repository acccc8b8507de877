"""What of kept answers somebody may see now: judged at each reading, by permission and by privacy. Keeps nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache, partial
from typing import Any

from .auth import Auth
from .library import Library
from .privacy import Privacy
from .redact.policy import STANDS_IN
from .redaction import Redaction
from .text import language
from .turns import WITHDRAWN, Turn, cleaned, without
from .types import Actor, Answer, Citation


class Recall:
    """Reads kept answers for those who come back to them."""

    def __init__(self, auth: Auth, library: Library, privacy: Privacy) -> None:
        self._auth = auth
        self._library = library
        self._privacy = privacy

    def visible(self, actor: Actor, turns: Iterable[Turn]) -> Iterator[Turn]:
        """Yield turns, oldest first, without what rests on documents that are gone or may not be read.

        Nor is it told how a question was understood after an answer that lost something: its words may be in it.
        """
        known: dict[str, str] = {}  # the id of its collection; "" for one that may not be read
        readable = cache(partial(self._collections, actor))  # once for all turns that name a file
        lost = set[str]()
        for turn in turns:
            if new := {c.document for c in turn.answer.citations} - known.keys():
                known.update(dict.fromkeys(new, "") | self._auth.readable(actor, new))
            left = without(turn.answer, [d for d, collection in known.items() if not collection])
            # One that was deleted looks like one that is hidden: without its id and name.
            gone = (replace(c, document="", file=WITHDRAWN) if c.gone else c for c in left.citations)
            left = replace(left, citations=tuple(gone))
            if left.conversation in lost:
                left = replace(left, asked="")
            if left != turn.answer:
                lost.add(left.conversation)
            over = {known[c.document] for c in left.citations if not c.gone} or None
            showing = self._privacy.showing(actor, language(turn.question))

            def clean(text: str, over: Any = over, showing: Redaction = showing, left: Answer = left) -> str:
                return showing.again(over, text, left.masks)

            def of(citation: Citation, text: str, showing: Redaction = showing, left: Answer = left) -> str:
                collection = None if citation.gone else [known[citation.document]]
                return showing.again(collection, text, left.masks)

            told = replace(turn.feedback, file=self._shown(actor, turn.feedback.file, readable))
            yield replace(turn, answer=cleaned(left, clean, of), feedback=told)

    def pages(self, actor: Actor, file: str) -> list[int]:
        """Return how many pages each document has that an actor may read and sees under this name."""
        readable = self._collections(actor)
        found = [
            d for c in readable
            if (d := self._library.find(c, file)) and self._privacy.clean(actor, [c], file) == file
        ]  # fmt: skip
        if not found and STANDS_IN.search(file):  # a name as it is shown
            found = [
                d for c in readable for d in self._library.documents(c)
                if self._privacy.document(actor, d).file == file
            ]  # fmt: skip
        return [d.pages for d in found if self._auth.decide(actor, "ask", d).allowed]

    def _shown(self, actor: Actor, file: str, readable: Callable[[], list[str]]) -> str:
        """Return a file's name, as somebody typed it, as its collection shows it."""
        held = [c for c in readable() if self._library.find(c, file)] if file else None
        return file and self._privacy.clean(actor, held or None, file)

    def _collections(self, actor: Actor) -> list[str]:
        """Return the ids of the collections that an actor may read."""
        return [c.id for c in self._library.collections() if self._auth.decide(actor, "ask", c.name).allowed]
