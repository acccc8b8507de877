"""The list of documents as people look through it: filtered, sorted, cut into pages in SQL. Knows not who may see.

Names are searched and sorted by as they are shown: by the order of a list, or by what a search counts, anybody could
find out letter by letter what was taken out of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from .db import Database
from .errors import BadInput
from .readings import OLDER
from .rows import DOCUMENT, SHOWN, read_document
from .suspicions import SUSPECT
from .types import Document

_FILE = "(SELECT min(file) FROM files f WHERE f.document = d.id)"
SORTS = {
    "added": "d.added_at", "by": "d.added_by COLLATE NOCASE", "file": f"shown(c.id,{_FILE}) COLLATE NOCASE",
    "collection": "c.name COLLATE NOCASE", "kind": "d.kind", "pages": "d.pages", "size": "d.size",
    "chunks": "(SELECT max(ordinal) FROM chunks k WHERE k.document = d.id)", "language": "d.language",
    "status": "d.status = 'rejected', d.reason = ''",
}  # fmt: skip
"""What the list can be sorted by."""
STATES = {
    "": "1", "indexed": "d.status = 'indexed'", "warning": "d.status = 'indexed' AND d.reason <> ''",
    "rejected": "d.status = 'rejected'", "older": OLDER, "suspect": SUSPECT,
}  # fmt: skip
"""What the list can be narrowed to: "warning" is what is indexed, but not whole; "older" may be read again,
"suspect" has words that no reader sees or gives orders to a model."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """One page of the list; `total` counts all that fit, `kinds` are those there are with any filter."""

    documents: tuple[Document, ...]
    total: int
    kinds: tuple[str, ...]


class Catalogue:
    """The documents of one box."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def names(self) -> Iterator[str]:
        """Yield all titles and file names there are."""
        yield from (
            r["name"] for r in self._db.read("SELECT title AS name FROM documents UNION SELECT file FROM files")
        )

    def page(
        self, collections: Sequence[str], *, search: str = "", state: str = "", kind: str = "", language: str = "",
        sort: str = "added", descending: bool = True, limit: int = 50, offset: int = 0, hidden: Iterable[str] = (),
        shown: Callable[[str, str], str] = lambda _, name: name,
    ) -> Listing:  # fmt: skip
        """Return a page of these collections' (ids) documents; `search` looks for a part of a file name or title.

        `hidden` documents (ids) are not there. `shown` returns a collection's (id) name or title as it is shown; it
        must read nothing of the record.

        Raises:
            BadInput: there is no such sort or state.
        """
        if sort not in SORTS or state not in STATES:
            raise BadInput(f"Documents cannot be listed by {sort!r}, {state!r}. Sort by {', '.join(SORTS)}.")
        like = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        of = f"""FROM {SHOWN} d JOIN collections c ON c.id = d.collection
            WHERE c.id IN (SELECT value FROM json_each(?)) AND d.id NOT IN (SELECT value FROM json_each(?))"""
        where = f"""{of} AND {STATES[state]} AND (? = '' OR d.kind = ?) AND (? = '' OR d.language = ?)
            AND (? = '' OR shown(c.id, d.title) LIKE ? ESCAPE '\\' OR EXISTS (
                SELECT 1 FROM files f WHERE f.document = d.id AND shown(c.id, f.file) LIKE ? ESCAPE '\\'))"""
        ids = json.dumps(list(collections))
        without = json.dumps(list(hidden))
        given = (ids, without, kind, kind, language, language, search, like, like)
        way = "DESC" if descending else "ASC"
        order = ", ".join(f"{part} {way}" for part in SORTS[sort].split(", "))
        self._db.teach("shown", shown)
        # Rows are made whole for this page alone: made for all 10,000, which SQLite does to sort, they take 0.2 s more.
        # They are counted on the way: to ask for all names a second time takes as long as the first.
        page = self._db.read(
            f"SELECT d.id, count(*) OVER () AS total {where} ORDER BY {order}, d.id LIMIT ? OFFSET ?",
            *given, limit, offset,
        )  # fmt: skip
        total = page[0]["total"] if page else self._db.read(f"SELECT count(*) {where}", *given)[0][0]
        wanted = [r["id"] for r in page]
        rows = self._db.read(f"{DOCUMENT} WHERE d.id IN (SELECT value FROM json_each(?))", json.dumps(wanted))
        found = {r["id"]: read_document(r) for r in rows}
        return Listing(
            documents=tuple(found[i] for i in wanted if i in found),
            total=int(total),
            kinds=tuple(
                r["kind"]
                for r in self._db.read(f"SELECT DISTINCT d.kind {of} AND d.kind <> '' ORDER BY 1", ids, without)
            ),
        )
