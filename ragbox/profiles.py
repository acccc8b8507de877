"""What documents are, in the record: kept with each, rules first, people over them. Knows SQL, not who may."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import periods
from .db import Database
from .errors import BadInput, NotFound
from .profile import kind
from .rows import SHOWN, read_profile, written_profile
from .types import Document, Profile

FIELDS = ("title", "company", "aliases", "form", "period", "ends", "language")
"""What a person may say of a document."""
LANGUAGES = ("en", "zh")
LONGEST = 200
"""Characters of a title or name, names of a company."""


def keep(db: sqlite3.Connection, document: str, profile: Profile) -> None:
    """Write what the rules found; what a person said of the document stands."""
    row = db.execute("SELECT profile FROM profiles WHERE document = ?", (document,)).fetchone()
    known = read_profile(row["profile"] if row else None)
    db.execute(
        "INSERT INTO profiles VALUES (?, ?) ON CONFLICT (document) DO UPDATE SET profile = excluded.profile",
        (document, written_profile(overlaid(profile, known))),
    )


def titled(db: sqlite3.Connection, document: Document) -> Document:
    """Return a document that was read with the title and language that people gave it, while it was read too."""
    row = db.execute(
        "SELECT d.title, d.language, p.profile FROM documents d JOIN profiles p ON p.document = d.id WHERE d.id = ?",
        (document.id,),
    ).fetchone()
    said = read_profile(row["profile"]).edited if row else ()
    return replace(document, **{name: row[name] for name in ("title", "language") if name in said})


def overlaid(found: Profile, known: Profile) -> Profile:
    """Return what the rules found, with what a person said over it."""
    said = {name: getattr(known, name) for name in known.edited if hasattr(known, name)}
    return replace(found, edited=known.edited, **said)


class Profiles:
    """What people say of the documents of one box."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def edit(self, document: str, said: Mapping[str, str | tuple[str, ...] | None]) -> bool:
        """Write what a person says of a document, None for what the rules shall say; return if it must be read anew.

        It must where its passages name it otherwise from now on, or where the rules have to say something again.

        Raises:
            BadInput: a field, a period or a language that there is not, or too long a text.
            NotFound: the document is gone.
        """
        checked = {name: _checked(name, value) for name, value in said.items()}
        with self._db.write() as db:
            row = db.execute(
                f"""SELECT d.title, d.language, p.profile FROM {SHOWN} d LEFT JOIN profiles p ON p.document = d.id
                    WHERE d.id = ?""", (document,),
            ).fetchone()  # fmt: skip
            if row is None:
                raise NotFound(f"The document {document} was deleted meanwhile. Look at the list again.")
            before = read_profile(row["profile"])
            given = {name: value for name, value in checked.items() if value is not None}
            edited = tuple(n for n in FIELDS if n in given or (n in before.edited and n not in checked))
            own: dict[str, Any] = {name: value for name, value in given.items() if name not in ("title", "language")}
            after = replace(before, edited=edited, **own)
            title, language = given.get("title", row["title"]), given.get("language", row["language"])
            db.execute("UPDATE documents SET title = ?, language = ? WHERE id = ?", (title, language, document))
            db.execute(
                "INSERT INTO profiles VALUES (?, ?) ON CONFLICT (document) DO UPDATE SET profile = excluded.profile",
                (document, written_profile(after)),
            )
        named = (title, after.company, after.form, after.period)
        return None in checked.values() or named != (row["title"], before.company, before.form, before.period)


def _checked(name: str, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
    if name not in FIELDS:
        raise BadInput(f"{name!r} is nothing that is said of a document. Choose of {', '.join(FIELDS)}.")
    if value is None:
        return None
    texts = (value,) if isinstance(value, str) else value
    if isinstance(value, str) == (name == "aliases") or len(texts) > 20 or any(len(t) > LONGEST for t in texts):
        raise BadInput(f"{name} is too long. Give up to {LONGEST} characters, of other names up to 20.")
    cleaned = tuple(" ".join(t.split()) for t in texts)
    if name == "aliases":
        return tuple(t for t in cleaned if t)
    if name == "title" and not cleaned[0]:
        return None
    if name == "form":
        return kind(cleaned[0])
    if name == "language" and cleaned[0] not in LANGUAGES:
        raise BadInput(f"{cleaned[0]!r} is no language that documents are in. Choose of {', '.join(LANGUAGES)}.")
    if name in ("period", "ends") and cleaned[0]:
        period = periods.parse(cleaned[0])
        if not period.year or (name == "ends" and not period.end):
            example = "2022-06-25" if name == "ends" else "Q3 2022, 2022 or 2022-06"
            raise BadInput(f"{cleaned[0]!r} is no {'day' if name == 'ends' else 'period'}. Write it as {example}.")
        return period.end if name == "ends" else period.label
    return cleaned[0]
