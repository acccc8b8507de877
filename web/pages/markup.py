"""Turns answers and lists into HTML that is inert: whatever a document says stays text. Knows no Gradio, no box."""

from __future__ import annotations

import html
import re
from collections.abc import Collection as Names
from collections.abc import Sequence

from ragbox.types import CELL, ROW, Actor, Citation, Document, Status

from ..strings import LANGUAGES, say

# Gradio's HTML component puts values through two template languages; no sign of either may come from a document.
_TEMPLATE = str.maketrans({"{": "&#123;", "}": "&#125;", "$": "&#36;", "`": "&#96;"})
_NUMBER = re.compile(r" ?\[(\d{1,4})\]")


def inert(text: str) -> str:
    """Return text so that neither a browser nor a template sees anything but characters in it."""
    return html.escape(text).translate(_TEMPLATE)


def header(language: str, page: str, actor: Actor | None = None) -> str:
    """Return the line at the top: pages, the other language, who is signed in."""
    links = "".join(
        f'<a href="/{language}/{path}"{" aria-current=page" if name == page else ""}>{say(language, f"nav.{name}")}</a>'
        for name, path in (("ask", ""), ("documents", "documents"))
    )
    other = "en" if language == "zh" else "zh"
    here = "documents" if page == "documents" else ""
    person = f"<span class=person>{inert(actor.name)}</span>" if actor else ""
    return (
        f'<header class=top><span class=brand>ragbox</span><nav aria-label="{say(language, "nav.main")}">{links}</nav>'
        f'<span class=rest>{person}<a href="/{other}/{here}" lang={other}>{LANGUAGES[other]}</a>'
        f"<form method=post action=/logout><button>{say(language, 'nav.sign_out')}</button></form></span></header>"
    )


def heading(language: str, page: str) -> str:
    """Return a page's heading and the sentence below it."""
    return f"<h1>{say(language, f'{page}.heading')}</h1><p class=lead>{say(language, f'{page}.lead')}</p>"


def answer(language: str, text: str, citations: Sequence[Citation], *, refused: bool = False) -> str:
    """Return an answer with its numbered quotes beside it; a refusal has none and looks different."""
    if not text and not citations:
        return ""
    if refused:
        return (
            f"<section class='answer refused'><p>{inert(text)}</p>"
            f"<p class=hint>{say(language, 'ask.refused')}</p></section>"
        )
    known = {c.n for c in citations}
    body = "".join(_NUMBER.sub(lambda m: _mark(m, known), _paragraph(part)) for part in text.split("\n\n"))
    quotes = "".join(_quote(language, c) for c in citations)
    aside = f"<aside><h2>{say(language, 'ask.sources')}</h2><ol class=quotes>{quotes}</ol></aside>" if quotes else ""
    return f"<section class=answer><div class=text>{body}</div>{aside}</section>"


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
    columns = ("file", "kind", "pages", "chunks", "size", "language", "status", "added")
    head = "".join(f"<th scope=col>{say(language, f'table.{c}')}</th>" for c in columns)
    rows = "".join(_row(language, d, removable=d.collection in writable) for d in documents)
    more = note(say(language, "documents.more", count=most)) if len(documents) == most else ""
    return (
        f"<div class=scroll><table class=documents><thead><tr>{head}<th></th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>{more}"
    )


def _paragraph(text: str) -> str:
    """Return table rows (cells parted by CELL, the header first) as a table, all else as a paragraph."""
    lines = [line.split(CELL.rstrip()) for line in text.split(ROW)]
    if len(lines) < 2 or any(len(cells) != len(lines[0]) for cells in lines) or len(lines[0]) < 2:
        return f"<p>{inert(text)}</p>"
    head, *rows = ["".join(f"<td>{inert(cell.strip())}</td>" for cell in cells) for cells in lines]
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head.replace('td>', 'th>')}</tr></thead><tbody>{body}</tbody></table>"


def _mark(match: re.Match[str], known: set[int]) -> str:
    n = int(match[1])
    return f'<a class=cite href="#quote-{n}">{n}</a>' if n in known else match[0]


def _quote(language: str, c: Citation) -> str:
    section = f"<span class=section>{inert(c.section)}</span>" if c.section else ""
    page = say(language, "ask.page", page=c.page)
    return (
        f'<li id="quote-{c.n}"><span class=n>{c.n}</span><blockquote>{inert(c.quote)}</blockquote>'
        f"<p class=source><span class=file>{inert(c.file)}</span> <span class=page>{page}</span>{section}</p></li>"
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
        f"<tr><td class=name>{inert(d.file)}{title}</td><td>{inert(d.kind)}</td><td class=number>{d.pages or ''}</td>"
        f"<td class=number>{d.chunks or ''}</td><td class=number>{_size(d.size)}</td><td>{spoken}</td>"
        f"<td class='status {d.status.value}'><span>{say(language, f'status.{d.status.value}')}</span>{reason}</td>"
        f"<td class=when>{d.added_at:%Y-%m-%d}</td><td>{button}</td></tr>"
    )


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, count // 1000)} kB"
