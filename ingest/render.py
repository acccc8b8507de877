"""The pages of documents as pictures: drawn in the sandbox, kept on disk as long as there is room. Opens none
and judges none: what is painted over says `ingest/paint.py`.

Drawing has processes of its own, so a page is shown while the parsers are busy with an hour's scan.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections import OrderedDict
from collections.abc import Sequence

from ragbox.errors import NotFound
from ragbox.originals import Originals
from ragbox.sealing.stream import Broken
from ragbox.settings import Settings
from ragbox.types import Document, Parsed

from .sandbox import Sandbox
from .wire import Patch

WORKERS = 2
"""Processes that draw: a page that takes its whole time does not keep the others waiting."""
WIDTHS = (600, 2000)
"""Least and greatest width of a picture, in pixels."""
LOOK = 1
"""Goes up when pages are drawn otherwise, so that no browser keeps the old ones."""


class Renderer:
    """Draws pages and keeps the drawings. Safe to call from several threads."""

    def __init__(self, settings: Settings, originals: Originals) -> None:
        self._originals = originals
        self._sandbox = Sandbox(settings, parse="ingest.parsers.draw:draw", name="draw", workers=WORKERS)
        self._looking = Sandbox(settings, parse="ingest.parsers.seen:see", name="look", workers=WORKERS)
        self._most = settings.page_cache_mb << 20
        self._kept: OrderedDict[tuple[str, str], int] = OrderedDict()  # (sha256, name) to bytes, least used first
        self._lock = threading.Lock()

    def load(self) -> None:
        """Make the processes ready to start, and look what is kept."""
        self._sandbox.load()
        self._looking.load()
        root = self._originals.made("")
        found = [(p.stat(), p) for p in root.glob("*/*") if p.is_file()]
        with self._lock:
            self._kept = OrderedDict()
            for stat, path in sorted(found, key=lambda f: f[0].st_mtime):
                self._kept[path.parent.name, path.name] = stat.st_size
            self._shrink()

    def close(self) -> None:
        """End the processes."""
        self._sandbox.close()
        self._looking.close()

    def tag(self, document: Document, page: int, width: int) -> str:
        """Return what names a drawing, and changes when the drawing does."""
        return f"{document.sha256[:24]}-{page}-{width}-{LOOK}"

    def page(self, document: Document, page: int, width: int, patches: Sequence[Patch] = ()) -> bytes:
        """Return a page (from 1) as WebP, `width` (within WIDTHS) pixels wide, painted over at the patches.

        Raises:
            NotFound: the document's kind has no page images, or it has no such page.
            Rejected: the page cannot be drawn; the message says why.
            Unavailable: the box is closed.
        """
        self._known(document, page)
        mark = f"-{hashlib.sha256(repr(patches).encode()).hexdigest()[:16]}" if patches else ""
        key = (document.sha256, f"{page}-{width}-{LOOK}{mark}.webp")
        if (drawn := self._get(key)) is None:
            with self._originals.lend(self._originals.path(document.sha256)) as path:
                drawn = self._sandbox.draw(path, document.kind, document.file, page=page, width=width, patches=patches)
            self._put(key, drawn)
        return drawn

    def look(self, document: Document, page: int) -> Parsed:
        """Return what a page (from 1) shows, a mark for each character; about 5 s where OCR has to read it.

        A block without text is a place that nobody could read.

        Raises: as `page`.
        """
        self._known(document, page)
        with self._originals.lend(self._originals.path(document.sha256)) as path:
            return self._looking.look(path, document.kind, document.file, page=page)

    def kept(self, document: Document, name: str) -> bytes | None:
        """Return what `keep` was given under this name, as long as there was room."""
        return self._get((document.sha256, name))

    def keep(self, document: Document, name: str, data: bytes) -> None:
        """Keep something that was made of a document beside its drawings; it goes as they go."""
        self._put((document.sha256, name), data)

    def _known(self, document: Document, page: int) -> None:
        if document.viewable != "image":
            raise NotFound(f"{document.file} has no page images. Read its passages, or open the original.")
        if not 1 <= page <= document.pages:
            raise NotFound(f"{document.file} has {document.pages} pages, and no page {page}.")

    def _get(self, key: tuple[str, str]) -> bytes | None:
        path = self._originals.made(key[0]) / key[1]
        try:
            data = self._originals.vault.get(path, "/".join(key))
            os.utime(path)  # the order of use outlives the process
        except (OSError, Broken):  # what was changed is drawn anew
            return None
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
        return data

    def _put(self, key: tuple[str, str], data: bytes) -> None:
        if len(data) > self._most:
            return
        folder = self._originals.made(key[0])
        temporary = folder / f".{os.urandom(6).hex()}.part"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._originals.vault.put(temporary, "/".join(key), data)
            temporary.replace(folder / key[1])
        except OSError:  # a full disk keeps no drawings, and the page is shown all the same
            temporary.unlink(missing_ok=True)
            return
        if not self._originals.has(key[0]):  # deleted while it was drawn
            shutil.rmtree(folder, ignore_errors=True)
            return
        with self._lock:
            self._kept[key] = len(data)
            self._shrink()

    def _shrink(self) -> None:
        total = sum(self._kept.values())
        while total > self._most:
            (sha256, name), size = self._kept.popitem(last=False)
            (self._originals.made(sha256) / name).unlink(missing_ok=True)
            total -= size
