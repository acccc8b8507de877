"""How documents and chunks stand in the record: its rows as our types and back. Knows SQL's columns, runs no query."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from .types import Chunk, Document, Kind, Mark, Profile, Status, Suspicion

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHOWN = "(SELECT * FROM documents WHERE status <> 'removed')"
"""The documents but for those that are deleted and wait until nobody can call them back (`shelving.py`)."""
DOCUMENT = f"""
    SELECT d.*, c.name AS collection_name, (SELECT count(*) FROM chunks k WHERE k.document = d.id) AS chunks,
        (SELECT json_group_array(file) FROM files f WHERE f.document = d.id) AS files,
        (SELECT profile FROM profiles p WHERE p.document = d.id) AS profile,
        (SELECT json_array(words, orders) FROM suspicions s WHERE s.document = d.id) AS suspicion
    FROM {SHOWN} d JOIN collections c ON c.id = d.collection
"""
"""Reads the rows that `read_document` takes."""
UNMARKED = "id, document, ordinal, page, kind, section, context, text, head, '[]' AS marks, '[]' AS titles"
CHUNK = UNMARKED.replace("'[]' AS ", "")
"""The columns that `read_chunk` takes; four fifths of its time go into the marks of a chunk."""


def read_document(r: sqlite3.Row) -> Document:
    """Return a row of DOCUMENT as what it stands for."""
    return Document(
        id=r["id"], collection=r["collection_name"], collection_id=r["collection"],
        files=tuple(json.loads(r["files"])), title=r["title"], kind=r["kind"], pages=r["pages"], chunks=r["chunks"],
        size=r["size"], language=r["language"], status=Status(r["status"]), reason=r["reason"], sha256=r["sha256"],
        added_at=datetime.fromisoformat(r["added_at"]), added_by=r["added_by"],
        profile=read_profile(r["profile"]), suspicion=read_suspicion(r["suspicion"]),
    )  # fmt: skip


def read_profile(written: str | None) -> Profile:
    """Return what `written_profile` wrote; None is a document that was taken in before there were profiles."""
    found = json.loads(written or "{}")
    return Profile(**found | {name: tuple(found.get(name, ())) for name in ("aliases", "edited")})


def read_suspicion(counts: str | None) -> Suspicion:
    """Return what JSON says of words and orders; None is a document without either."""
    words, orders = json.loads(counts) if counts else (0, 0)
    return Suspicion(words=words, orders=orders)


def written_profile(profile: Profile) -> str:
    """Return a profile as its row has it."""
    return json.dumps(asdict(profile), ensure_ascii=False)


def read_chunk(r: sqlite3.Row) -> Chunk:
    """Return a row of `chunks` as what it stands for; its vector stays behind."""
    marks = tuple(
        Mark(start=s, end=e, page=p, box=(b[0], b[1], b[2], b[3]) if b else None)
        for s, e, p, b in json.loads(r["marks"])
    )
    return Chunk(
        id=r["id"], document=r["document"], ordinal=r["ordinal"], page=r["page"], kind=Kind(r["kind"]),
        section=r["section"], context=r["context"], text=r["text"], head=r["head"], marks=marks,
        titles=tuple((s, e) for s, e in json.loads(r["titles"])),
    )  # fmt: skip


def read_vectors(blobs: Sequence[bytes]) -> NDArray[np.float32]:
    """Return vectors as the record has them as float32 rows."""
    import numpy as np

    flat = np.frombuffer(b"".join(blobs), dtype=np.float32)
    return flat.reshape(len(blobs), -1) if blobs else np.zeros((0, 0), dtype=np.float32)


def written_marks(marks: Sequence[Mark]) -> str:
    """Return a chunk's marks as its row has them."""
    rows = [[m.start, m.end, m.page, [round(x, 4) for x in m.box] if m.box else None] for m in marks]
    return json.dumps(rows, separators=(",", ":"))
