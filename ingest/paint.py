"""What readers under a policy see of files: pages painted over, originals handed out or withheld. Draws nothing itself.

Personal data on a page is found in what the page shows and, since a table or two columns read otherwise there, once
more by the values that are found in the document's passages. What cannot be judged is not shown.
"""

from __future__ import annotations

import hashlib
import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ragbox.errors import NotPermitted, Rejected, Unavailable
from ragbox.library import Library
from ragbox.originals import Originals
from ragbox.redact.findings import UNJUDGED
from ragbox.redact.policy import Style
from ragbox.types import Actor, Block, Document

from .places import Piece, folded, lines, named, pieces, torn, where, wider
from .render import Renderer
from .wire import Patch

if TYPE_CHECKING:
    from ragbox.privacy import Privacy

PATIENCE = 20.0
"""Seconds a request waits until an original is judged: 1,000 characters take 5 ms, a page that OCR reads about 5 s."""
KEPT = 1000
"""Pages whose patches are kept: a patch is about 200 bytes."""
_SHORTEST = 2
"""Letters and digits of a value that is looked for."""


class Painter:
    """Applies the policies to page images and originals. Safe to call from several threads."""

    def __init__(self, privacy: Privacy, library: Library, renderer: Renderer, originals: Originals) -> None:
        self._privacy = privacy
        self._library = library
        self._renderer = renderer
        self._originals = originals
        self._known: OrderedDict[tuple[str, int], tuple[Patch, ...]] = OrderedDict()  # least used first
        self._judging: dict[str, Future[str]] = {}
        self._lock = threading.Lock()
        self._thread: ThreadPoolExecutor | None = None

    def load(self) -> None:
        """Make ready to judge originals."""
        with self._lock:
            self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="originals")

    def close(self) -> None:
        """End what is under way; it is begun anew when the original is asked for again."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._judging.clear()
        if thread:
            thread.shutdown(wait=False, cancel_futures=True)

    def tag(self, actor: Actor, document: Document, page: int, width: int) -> str:
        """Return what names a page as this actor sees it, and changes when that does."""
        tag = self._renderer.tag(document, page, width)
        return tag if self._open(actor, document) else f"{tag}-{self._state(actor, document)}"

    def page(self, actor: Actor, document: Document, page: int, width: int) -> bytes:
        """Return a page (from 1) as WebP, `width` pixels wide, as this actor may see it.

        Raises:
            NotFound: the document's kind has no page images, or it has no such page.
            Rejected: the page cannot be judged or drawn; the message says why.
            Unavailable: the box is closed.
        """
        known = self._library.document(document.id)
        if self._open(actor, known):
            return self._renderer.page(known, page, width)
        named = self._named(actor, known)
        return self._renderer.page(named, page, width, self._patches(actor, named, page))

    def original(self, actor: Actor, document: Document) -> Path:
        """Return where the file lies that was dropped, if this actor may have it as it is.

        Raises:
            NotPermitted: it holds personal data or was not read whole, and a policy holds for the actor.
            Unavailable: it is still being looked over.
        """
        known = self._library.document(document.id)
        if not self._open(actor, known) and (why := self._withheld(actor, known)):
            raise NotPermitted(
                f"The original of {self._named(actor, known).file} is withheld: {why} Read its pages or passages here, "
                "or ask an admin for the file."
            )
        return self._originals.path(known.sha256)

    def _open(self, actor: Actor, document: Document) -> bool:
        return self._privacy.style(actor, [document.collection_id]) is Style.OFF

    def _state(self, actor: Actor, document: Document) -> str:
        """Return what the judgement of a document rests on: policy, rules, and how it was read."""
        state = self._privacy.state(actor, [document.collection_id])
        read = f"{state} {document.id} {document.chunks} {document.reason} {document.files} {document.title}"
        return hashlib.sha256(read.encode("utf-8", "replace")).hexdigest()[:16]

    def _named(self, actor: Actor, document: Document) -> Document:
        """Return the document under a name that may be shown, for messages."""
        return replace(document, files=(self._privacy.clean(actor, [document.collection_id], document.file),))

    def _spans(self, actor: Actor, document: Document, text: str) -> list[tuple[int, int, str]]:
        try:
            found = self._privacy.spans(actor, [document.collection_id], text)
        except Exception as error:  # the rules are of many hands, and what they fail at is not shown
            raise Rejected(
                f"{document.file} cannot be looked over for personal data ({type(error).__name__}). Ask an admin: the "
                "server's log says more."
            ) from error
        return [(f.start, f.end, f.entity) for f in found]

    # -- pages -------------------------------------------------------------------------------------------------

    def _patches(self, actor: Actor, document: Document, page: int) -> tuple[Patch, ...]:
        key = (self._state(actor, document), page)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        shown = self._renderer.look(document, page)
        values, parts = self._values(actor, document, page)
        found = [patch for block in shown.blocks for patch in self._hidden(actor, document, block, values)]
        patches = (*found, *torn(shown.blocks, parts, found))
        if self._state(actor, document) != key[0]:  # a policy was changed meanwhile: it is judged by the new one
            return self._patches(actor, document, page)
        with self._lock:
            self._known[key] = patches
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return patches

    def _hidden(self, actor: Actor, document: Document, block: Block, values: Mapping[str, str]) -> Iterator[Patch]:
        if not block.text:  # nobody could read what stands there
            yield from (Patch(mark.box, "") for mark in block.marks if mark.box)
            return
        found = {(start, end): entity for start, end, entity in self._spans(actor, document, block.text)}
        letters, places = folded(block.text)
        for value, entity in values.items():
            for start, end in where(block.text, letters, places, value):
                found.setdefault((start, end), entity)
        starts = [mark.start for mark in block.marks]
        for (start, end), entity in found.items():
            marks = block.marks[bisect_left(starts, start) : bisect_left(starts, end)]
            if not marks:
                raise Rejected(
                    f"Page {block.page} of {document.file} holds personal data whose place on it is not known, so it "
                    "is not shown. Read the passages instead."
                )
            yield from (Patch(wider(box), named(entity)) for box in lines(marks))

    def _values(self, actor: Actor, document: Document, page: int) -> tuple[dict[str, str], list[Piece]]:
        """Return personal data in the passages that stand on a page or run over to it.

        Returns the folded values with their entities, and what stands of them on which line.
        """
        found: dict[str, str] = {}
        parts: list[Piece] = []
        for chunk in self._library.chunks_of(document.id):
            if page == chunk.page or any(mark.page == page for mark in chunk.marks):
                for text in (chunk.context, chunk.text):
                    for start, end, entity in self._spans(actor, document, text):
                        found.setdefault(folded(text[start:end])[0], entity)
                        if text is chunk.text:
                            parts += pieces(entity, text, (start, end), chunk.marks, page)
        return {value: entity for value, entity in found.items() if len(value) >= _SHORTEST}, parts

    # -- originals ---------------------------------------------------------------------------------------------

    def _withheld(self, actor: Actor, document: Document) -> str:
        """Return why a file is not handed out, "" where it is."""
        key = f"original-{self._state(actor, document)}"
        if (kept := self._renderer.kept(document, key)) is not None:
            return kept.decode()
        with self._lock:
            if not self._thread:
                raise Unavailable("The box is not loaded. Try again in a few seconds.")
            judging = self._judging.get(key)
            if not judging:
                judging = self._judging[key] = self._thread.submit(self._judge, actor, document, key)
        try:
            return judging.result(PATIENCE)
        except TimeoutError:
            raise Unavailable(
                f"{self._named(actor, document).file} is being looked over for personal data. Try again in a minute."
            ) from None
        except CancelledError:
            raise Unavailable("The box is closing. Try again when it is back.") from None

    def _judge(self, actor: Actor, document: Document, key: str) -> str:
        try:
            why = self._look(actor, document)
            if key != f"original-{self._state(actor, document)}":
                raise Unavailable("A policy was changed meanwhile. Try again.")
            self._renderer.keep(document, key, why.encode())
            return why
        finally:
            with self._lock:
                self._judging.pop(key, None)

    def _look(self, actor: Actor, document: Document) -> str:
        found = "it holds personal data."
        pages = range(1, document.pages + 1) if document.viewable == "image" else ()
        try:
            if any(self._holds(actor, document, name) for name in (*document.files, document.title)):
                return found
            for chunk in self._library.chunks_of(document.id):
                if self._holds(actor, document, chunk.context) or self._holds(actor, document, chunk.text):
                    return found
                if not self._thread:
                    raise Unavailable("The box is closing.")
            if document.reason or not document.chunks:
                return "it was not read whole, so personal data in it may have been missed."
            return found if any(self._patches(actor, document, page) for page in pages) else ""
        except Rejected:
            return "it cannot be looked over for personal data."

    def _holds(self, actor: Actor, document: Document, text: str) -> bool:
        found = self._spans(actor, document, text)
        if found and all(entity == UNJUDGED for *_, entity in found):
            raise Unavailable("The rules did not end in time. Try again in a minute.")
        return bool(found)
