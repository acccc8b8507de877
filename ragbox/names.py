"""Which file names stand for which documents: the record's table `files`. Knows SQL, not how a file is read.

Several names may stand for one document; a document that loses its last name is deleted. Each name belongs to who put
it there: the folder mirror may take its own away, never a person's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from . import hidings
from .errors import Conflict, NotFound
from .rows import SHOWN
from .turns import withdraw

MIRROR = "folder mirror"
"""The mirror's name as an owner; no user can have it, for its space."""


def require(db: sqlite3.Connection, document: str, title: str) -> None:
    """Return if a document is still where it was when somebody began to read it.

    Raises:
        NotFound: it was moved, which gives it another id and lets its rest be read there, or deleted.
    """
    if not db.execute(f"SELECT 1 FROM {SHOWN} WHERE id = ?", (document,)).fetchone():
        raise NotFound(
            f"{title} was moved or deleted meanwhile. Moved, it is read where it is now; deleted, drop its file again."
        )


def attach(db: sqlite3.Connection, collection: str, file: str, document: str, by: str) -> None:
    """Let a name stand for a document and be `by`'s; the document that it stood for may go.

    Raises:
        Conflict: the mirror would put other content under a name that a person put there.
    """
    row = db.execute(
        "SELECT document, added_by FROM files WHERE collection = ? AND file = ?", (collection, file)
    ).fetchone()
    if row is not None and by == MIRROR != row["added_by"]:
        if row["document"] != document:
            raise Conflict(taken_by_hand(file))
        return
    db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", (collection, file, document, by))
    hidings.recall(db, collection, document, [file])
    if row is not None and row["document"] != document:
        hide_too(db, row["document"], document)
        _drop_if_nameless(db, row["document"])


def taken_by_hand(file: str) -> str:
    """Return why the mirror does not take a file in under its name."""
    return (
        f"{file} was added by hand with other content, which the mirror leaves alone. "
        "Rename the file in the folder, or delete the document."
    )


def rename(db: sqlite3.Connection, collection: str, named: Mapping[str, str], gone: Sequence[str]) -> None:
    """Let the mirror's names stand for documents (by id) and take others of its own away, all at once.

    A document that changes its name is never without one; a document that is not there is no error.
    """
    mine = "FROM files WHERE collection = ? AND file = ? AND added_by = ?"
    before = [
        (row["document"], file)
        for file in (*named, *gone)
        for row in db.execute(f"SELECT document {mine}", (collection, file, MIRROR))
    ]
    db.executemany(f"DELETE {mine}", [(collection, file, MIRROR) for file in (*named, *gone)])
    db.executemany(
        """INSERT OR IGNORE INTO files SELECT ?, ?, id, ? FROM documents
            WHERE id = ? AND status <> 'removed'""",  # a person's name stays
        [(collection, file, MIRROR, document) for file, document in named.items()],
    )
    for file, document in named.items():
        hidings.recall(db, collection, document, [file])
    for document, file in before:
        if named.get(file, document) != document:
            hide_too(db, document, named[file])
        if file not in named:
            hidings.remember(db, document, [file])
    for document, _ in before:
        _drop_if_nameless(db, document)


def take(db: sqlite3.Connection, document: str, files: Sequence[str], by: str) -> None:
    """Take those of these names that are `by`'s (empty: anybody's) from a document; without any left it is deleted."""
    for file in files:
        if db.execute(
            "DELETE FROM files WHERE document = ? AND file = ? AND ? IN ('', added_by)", (document, file, by)
        ).rowcount:
            hidings.remember(db, document, [file])
    _drop_if_nameless(db, document)


def drop(db: sqlite3.Connection, document: str) -> None:
    """Delete a document with what kept answers say of it, tell the indexes; one that is not there is no error."""
    files = db.execute("SELECT file FROM files WHERE document = ?", (document,)).fetchall()
    hidings.remember(db, document, [row["file"] for row in files])
    indexed = db.execute("SELECT 1 FROM chunks WHERE document = ?", (document,)).fetchone()
    row = db.execute("DELETE FROM documents WHERE id = ? RETURNING collection", (document,)).fetchone()
    if row is None:
        return
    withdraw(db, document)
    if indexed:
        db.execute("INSERT INTO outbox (collection, document) VALUES (?, ?)", (row["collection"], document))


def hide_too(db: sqlite3.Connection, before: str, document: str) -> None:
    """Hide a document from whom another is hidden in whose place it comes: a new version is no less secret."""
    db.execute(
        """INSERT OR IGNORE INTO hidden SELECT d.id, h.user, h.group_name FROM hidden h JOIN documents d ON d.id = ?
            WHERE h.document = ?""",
        (document, before),
    )


def _drop_if_nameless(db: sqlite3.Connection, document: str) -> None:
    if not db.execute("SELECT 1 FROM files WHERE document = ?", (document,)).fetchone():
        drop(db, document)
