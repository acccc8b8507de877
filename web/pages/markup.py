"""Turns lists into HTML that is inert: whatever a document says stays text. Knows no Gradio, no box."""

from __future__ import annotations

import html
from collections.abc import Collection as Names
from collections.abc import Sequence

from ragbox.types import Document, Status

from ..strings import LANGUAGES, say

# Gradio's HTML component puts values through two template languages; no sign of either may come from a document.
_TEMPLATE = str.maketrans({"{": "&#123;", "}": "&#125;", "$": "&#36;", "`": "&#96;"})


def inert(text: str) -> str:
    """Return text so that neither a browser nor a template sees anything but characters in it."""
    return html.escape(text).translate(_TEMPLATE)


def heading(language: str, page: str) -> str:
    """Return a page's heading and the sentence below it."""
    return f"<h1>{say(language, f'{page}.heading')}</h1><p class=lead>{say(language, f'{page}.lead')}</p>"


def problem(message: str) -> str:
    """Return a message about something that went wrong."""
    return f"<p class=problem role=alert>{inert(message)}</p>"


def note(message: str) -> str:
    """Return a quiet line."""
    return f"<p class=note>{inert(message)}</p>" if message else ""


def drop_zone(language: str, max_file_mb: int) -> str:
    """Return the place where files are dropped; `static/documents.js` does the rest and takes its words from here."""
    words = {
        key: say(language, f"documents.{key}") for key in ("uploading", "waiting", "failed")
    } | {status.value: say(language, f"status.{status.value}") for status in Status}  # fmt: skip
    data = "".join(f' data-{key}="{html.escape(word)}"' for key, word in words.items())
    return (
        f"<label class=drop{data}><input type=file multiple><strong>{say(language, 'documents.drop')}</strong>"
        f"<small>{say(language, 'documents.kinds', size=max_file_mb)}</small></label>"
        "<ul class=uploads aria-live=polite></ul>"
    )


def table(language: str, documents: Sequence[Document], writable: Names[str], *, most: int, searched: bool) -> str:
    """Return the list of documents; those in `writable` collections can be deleted."""
    if not documents:
        return note(say(language, "documents.nothing" if searched else "documents.none"))
    columns = ("file", "collection", "kind", "pages", "chunks", "size", "language", "status", "added")
    head = "".join(f"<th scope=col>{say(language, f'table.{c}')}</th>" for c in columns)
    rows = "".join(_row(language, d, removable=d.collection in writable) for d in documents)
    more = note(say(language, "documents.more", count=most)) if len(documents) == most else ""
    return (
        f"<div class=scroll><table class=documents><thead><tr>{head}<th></th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>{more}"
    )


def _row(language: str, d: Document, *, removable: bool) -> str:
    title = f"<small>{inert(d.title)}</small>" if d.title and d.status is not Status.REJECTED else ""
    reason = f"<small>{inert(d.reason)}</small>" if d.reason else ""
    spoken = say(language, f"language.{d.language}") if f"{d.language}" in LANGUAGES else inert(d.language)
    question = say(language, "documents.confirm", file=d.file)
    button = (
        f'<button class=remove data-remove="{inert(d.id)}" data-confirm="{inert(question)}">'
        f"{say(language, 'documents.remove')}</button>"
        if removable
        else ""
    )
    return (
        f"<tr><td class=name>{inert(d.file)}{title}</td><td class=shelf>{inert(d.collection)}</td>"
        f"<td>{inert(d.kind)}</td>"
        f"<td class='number labelled' data-label='{say(language, 'table.pages')}'>{d.pages or ''}</td>"
        f"<td class='number minor'>{d.chunks or ''}</td><td class=number>{_size(d.size)}</td><td>{spoken}</td>"
        f"<td class='status {d.status.value}'><span>{say(language, f'status.{d.status.value}')}</span>{reason}</td>"
        f"<td class=when>{d.added_at:%Y-%m-%d}</td><td>{button}</td></tr>"
    )


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, count // 1000)} kB"
