"""What could be asked first: titles and sections of the newest documents. Knows no words of a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .db import Database

NEWEST = 24
"""Documents looked at: one query each for its sections, together about 3 ms."""
LONGEST = 48
"""Characters a title or section may have, so that the question made of both fits a line or two."""
_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*[.)]?|[一二三四五六七八九十]+、|第[一二三四五六七八九十百\d]+[章节条])\s*")
_FILE = re.compile(r"\.[a-z]{2,4}$", re.I)  # an attachment, in the mail it came with
_NO_TOPIC = frozenset({"contents", "table of contents", "index", "appendix", "目录", "目次", "附录", "前言"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """A section of a document that has something to say; `language` is the document's, `collection` an id."""

    title: str = field(repr=False)
    section: str = field(repr=False)
    language: str
    collection: str


class Starters:
    """Reads the record."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def counts(self, hidden: Iterable[str] = ()) -> dict[str, int]:
        """Return how many documents but for hidden ones (ids) can be asked, by the id of their collection, if any."""
        rows = self._db.read(
            """SELECT collection, count(*) FROM documents WHERE status = 'indexed'
                AND id NOT IN (SELECT value FROM json_each(?)) GROUP BY collection""",
            json.dumps(list(hidden)),
        )
        return {r[0]: int(r[1]) for r in rows}

    def topics(
        self, collections: Sequence[str], language: str, most: int = 4, *, hidden: Iterable[str] = ()
    ) -> list[Topic]:
        """Return a topic each of the newest documents in collections (ids), those in this language first, none of
        hidden ones (ids)."""
        rows = self._db.read(
            """SELECT id, title, language, collection FROM documents
            WHERE status = 'indexed' AND collection IN (SELECT value FROM json_each(?))
                AND id NOT IN (SELECT value FROM json_each(?))
            ORDER BY language = ? DESC, added_at DESC, id LIMIT ?""",
            json.dumps(list(collections)), json.dumps(list(hidden)), language, NEWEST,
        )  # fmt: skip
        found = list[Topic]()
        for r in rows:
            title = " ".join(r["title"].split())
            if len(found) < most and 0 < len(title) <= LONGEST and (section := self._section(r["id"], title)):
                found.append(Topic(title=title, section=section, language=r["language"], collection=r["collection"]))
        return found

    def _section(self, document: str, title: str) -> str:
        """Return the document's longest section that has a name to ask by."""
        rows = self._db.read(
            """SELECT section FROM chunks WHERE document = ? AND section <> ''
            GROUP BY section ORDER BY sum(length(text)) DESC, min(ordinal) LIMIT 20""",
            document,
        )
        names = (_NUMBER.sub("", r["section"].rpartition(" > ")[2], count=1).strip() for r in rows)
        return next((name for name in names if _asks(name, title)), "")


def _asks(name: str, title: str) -> bool:
    """Tell whether a section's name says what the section is about: a bare figure or "Contents" does not."""
    letters = sum(c.isalpha() for c in name)
    said = letters >= max(2, len(name) // 2) and name.casefold() not in _NO_TOPIC
    return said and len(name) <= LONGEST and name != title and not _FILE.search(name)
