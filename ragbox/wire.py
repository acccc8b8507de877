"""The JSON shapes that API, CLI and clients share; others build on them, so fields are added, never changed."""

from __future__ import annotations

from typing import Any

from .events import Byline, Done, Event, Hits, Incomplete, Stage, Text, Thought, Timing
from .types import Answer, Citation, Collection, Document, Hit, IngestResult, Profile, Unsupported

Json = dict[str, Any]


def hit(h: Hit) -> Json:
    """Shape a search result."""
    return {
        "rank": h.rank, "score": round(h.score, 6), "document": h.document.id, "file": h.document.file,
        "page": h.chunk.page, "section": h.chunk.section, "text": h.chunk.text, "title": h.document.title,
        "collection": h.document.collection, "kind": h.chunk.kind.value, "chunk": h.chunk.id,
        "boxes": [{"page": m.page, "box": list(m.box)} for m in h.chunk.marks if m.box],
    }  # fmt: skip


def citation(c: Citation) -> Json:
    """Shape a citation; a box is [left, top, right, bottom] as fractions of the page."""
    return {
        "n": c.n, "document": c.document, "file": c.file, "page": c.page, "section": c.section, "quote": c.quote,
        "boxes": [{"page": b.page, "box": list(b.box)} for b in c.boxes],
    } | ({"gone": True} if c.gone else {})  # fmt: skip


def answer(a: Answer) -> Json:
    """Shape a finished answer; `cited` has the offset in characters of each mark that points to citation n."""
    return {
        "answer": a.text, "refused": a.refused, "citations": [citation(c) for c in a.citations],
        "cited": [{"offset": offset, "n": n} for offset, n in a.cited],
        "unsupported": [unsupported(u) for u in a.unsupported], "engine": a.engine, "cached": a.cached,
        "timings": timings(a.timings),
    } | ({} if a.risk is None else {"risk": round(a.risk, 4)}) | _said(
        fallback=a.fallback, adapter=a.adapter, bare=a.bare, incomplete=a.incomplete, thinking=a.thinking
    ) | _kept(a)  # fmt: skip


def unsupported(u: Unsupported) -> Json:
    """Shape a sentence that no passage supports, by its place in the answer in characters."""
    return {"start": u.start, "end": u.end, "reason": u.reason}


def _kept(part: Answer | Stage) -> Json:
    return _said(asked=part.asked, conversation=part.conversation, turn=part.turn)


def _said(**found: str) -> Json:
    return {name: value for name, value in found.items() if value}


def timings(seconds: dict[str, float]) -> Json:
    """Shape seconds by stage."""
    return {stage: round(value, 4) for stage, value in seconds.items()}


def document(d: Document) -> Json:
    """Shape a document."""
    return {
        "id": d.id, "collection": d.collection, "file": d.file, "files": list(d.files), "title": d.title,
        "kind": d.kind, "pages": d.pages, "chunks": d.chunks, "size": d.size, "language": d.language,
        "status": d.status.value, "reason": d.reason, "sha256": d.sha256, "added_at": d.added_at.isoformat(),
        "added_by": d.added_by, "viewable": d.viewable, "profile": profile(d.profile),
        "suspicion": {"words": d.suspicion.words, "orders": d.suspicion.orders},
    }  # fmt: skip


def profile(p: Profile) -> Json:
    """Shape what a document is."""
    return {
        "company": p.company, "aliases": list(p.aliases), "form": p.form, "period": p.period, "ends": p.ends,
        "edited": list(p.edited),
    }  # fmt: skip


def collection(c: Collection, documents: int, chunks: int) -> Json:
    """Shape a collection with its counts."""
    return {"id": c.id, "name": c.name, "encoder": c.encoder, "documents": documents, "chunks": chunks}


def result(r: IngestResult) -> Json:
    """Shape how one file ended."""
    return {
        "file": r.file, "status": r.status.value, "document": r.document, "reason": r.reason, "pages": r.pages,
        "chunks": r.chunks, "seconds": round(r.seconds, 3),
    }  # fmt: skip


def event(e: Event) -> Json:
    """Shape one event of a streamed answer; `event` names its kind."""
    match e:
        case Stage():
            return {"event": "stage", "name": e.name, "count": e.count} | _kept(e)
        case Hits():
            return {"event": "hits", "hits": [hit(h) for h in e.hits]}
        case Text():
            return {"event": "text", "text": e.text} | ({"cites": e.cites} if e.cites else {})
        case Thought():
            return {"event": "thought", "text": e.text}
        case Unsupported():
            return {"event": "unsupported", **unsupported(e)}
        case Citation():
            return {"event": "citation", **citation(e)}
        case Byline():
            return {"event": "byline", "engine": e.engine} | _said(fallback=e.fallback, adapter=e.adapter, bare=e.bare)
        case Incomplete():
            return {"event": "incomplete", "reason": e.reason}
        case Timing():
            return {"event": "timing", "timings": timings(e.timings)}
        case Done():
            return {"event": "done", **answer(e.answer)}
