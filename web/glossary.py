"""The HTTP API's routes for the glossary: what the company calls things. For admins; everybody's questions use it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from .api import ADMINS_ONLY, Body, Json, OpenBox, Who

CSV_BYTES = 16 << 20
"""Largest CSV that is taken in: the most rows with the most and longest names."""

router = APIRouter(prefix="/api/glossary", dependencies=ADMINS_ONLY)
Row = Annotated[int, Path(ge=0, le=2**53, description="The row's number.")]
"""Of a larger one SQLite knows nothing."""


class Entry(Body):
    """A row."""

    term: str = Field(max_length=1000, description="What people call it, as PTO.")
    names: list[str] = Field(max_length=100, description="Its other names, as paid time off.")


class Csv(Body):
    """A table to be taken in."""

    csv: str = Field(description="A line a term: the term, then its other names.")
    replace: bool = Field(False, description="Whether terms that are not in it go.")


@router.get("")
def glossary(box: OpenBox, actor: Who) -> Json:
    """List the rows, by term."""
    return {"rows": [row.plain() for row in box.glossary.rows(actor)]}


@router.post("", status_code=201)
def add(body: Entry, box: OpenBox, actor: Who) -> Json:
    """Add a row; it counts from the next question on."""
    return box.glossary.add(actor, body.term, body.names).plain()


@router.put("/{row}")
def change(row: Row, body: Entry, box: OpenBox, actor: Who) -> Json:
    """Give a row another term or other names."""
    return box.glossary.change(actor, row, body.term, body.names).plain()


@router.delete("/{row}")
def remove(row: Row, box: OpenBox, actor: Who) -> Json:
    """Delete a row."""
    box.glossary.remove(actor, row)
    return {"removed": row}


@router.post("/import", max_body_size=CSV_BYTES)
def import_csv(body: Csv, box: OpenBox, actor: Who) -> Json:
    """Take rows in from a CSV, all or none; says how many were added, changed and removed."""
    return box.glossary.import_csv(actor, body.csv, replace=body.replace)


@router.get("/export", response_model=None)
def export_csv(box: OpenBox, actor: Who) -> Response:
    """Return the rows as a CSV file, which can be taken in again."""
    head = {"Content-Disposition": 'attachment; filename="glossary.csv"'}
    return Response(box.glossary.export_csv(actor), media_type="text/csv; charset=utf-8", headers=head)
