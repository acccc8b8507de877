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
_MARK = re.compile("\x02(\\d+)\x03")  # a citation's place while the text is cut up; signs that no text has any use for
_UNMARKED = dict.fromkeys((2, 3))


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


def answer(
    language: str, text: str, citations: Sequence[Citation], cited: Sequence[tuple[int, int]] = (), *,
    refused: bool = False, empty: bool = False,
) -> str:  # fmt: skip
    """Return an answer with its numbered quotes beside it; a refusal has none and looks different.

    `cited` has the (offset, n) of each "[n]" that is a link; `empty` says that there was nothing to search.
    """
    if not text and not citations:
        return ""
    if refused:
        hint = "" if empty else f"<p class=hint>{say(language, 'ask.refused')}</p>"
        return f"<section class='answer refused'><p>{inert(text)}</p>{hint}</section>"
    body = _MARK.sub(r'<a class=cite href="#quote-\1">\1</a>', _body(_marked(text, cited)))
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
    columns = ("file", "collection", "kind", "pages", "chunks", "size", "language", "status", "added")
    head = "".join(f"<th scope=col>{say(language, f'table.{c}')}</th>" for c in columns)
    rows = "".join(_row(language, d, removable=d.collection in writable) for d in documents)
    more = note(say(language, "documents.more", count=most)) if len(documents) == most else ""
    return (
        f"<div class=scroll><table class=documents><thead><tr>{head}<th></th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>{more}"
    )


def _marked(text: str, cited: Sequence[tuple[int, int]]) -> str:
    """Return the text with the marks that are links put between signs of their own, the space before them gone."""
    marked, end = "", 0
    for offset, n in cited:
        marked += text[end:offset].translate(_UNMARKED).removesuffix(" ") + f"\x02{n}\x03"
        end = offset + len(f"[{n}]")
    return marked + text[end:].translate(_UNMARKED)


def _body(text: str) -> str:
    """Return paragraphs and tables; rows quoted one after another under the same header are one table."""
    parts = list[str | list[list[str]]]()
    for part in text.split("\n\n"):
        rows = _rows(part)
        former = parts[-1] if parts else ""
        if rows and isinstance(former, list) and former[0] == rows[0]:
            former += rows[1:]
        else:
            parts.append(rows or part)
    return "".join(f"<p>{inert(p)}</p>" if isinstance(p, str) else _grid(p) for p in parts)


def _rows(text: str) -> list[list[str]]:
    """Return the cells (parted by CELL) of table rows (the header first); none if the text is no table."""
    rows = [line.split(CELL.rstrip()) for line in text.split(ROW)]
    same = len(rows) > 1 and len(rows[0]) > 1 and all(len(cells) == len(rows[0]) for cells in rows)
    return [[cell.strip() for cell in cells] for cells in rows] if same else []


def _grid(rows: Sequence[Sequence[str]]) -> str:
    head, *body = ["".join(f"<td>{inert(cell)}</td>" for cell in cells) for cells in rows]
    lines = "".join(f"<tr>{row}</tr>" for row in body)
    return f"<table><thead><tr>{head.replace('td>', 'th>')}</tr></thead><tbody>{lines}</tbody></table>"


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
        f"<tr><td class=name>{inert(d.file)}{title}</td><td class=shelf>{inert(d.collection)}</td>"
        f"<td>{inert(d.kind)}</td>"
        f"<td class='number labelled' data-label='{say(language, 'table.pages')}'>{d.pages or ''}</td>"
        f"<td class='number minor'>{d.chunks or ''}</td><td class=number>{_size(d.size)}</td><td>{spoken}</td>"
        f"<td class='status {d.status.value}'><span>{say(language, f'status.{d.status.value}')}</span>{reason}</td>"
        f"<td class=when>{d.added_at:%Y-%m-%d}</td><td>{button}</td></tr>"
    )


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, count // 1000)} kB"
