"""What one actor is shown in one go, an answer with its hits or a list of names: streams, texts, hits, documents.

Knows how a style is applied, not whose it is.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from .judge import NAMES, Judge
from .ports import Redactor
from .privacy_tally import Tally
from .redact.findings import Finding
from .redact.policy import FAILED, MASKED, Replace, Style, replacer
from .types import Document, Hit

Collections = frozenset[str] | None
log = logging.getLogger(__name__)


class Open:
    """Lets everything through (port: Redactor)."""

    held = 0

    def feed(self, text: str) -> str:
        return text

    def cut(self) -> str:
        return ""

    def flush(self) -> str:
        return ""


class Redaction:
    """Cleans texts; a value has the same pseudonym in all of them. `collections` are ids, None stands for any."""

    def __init__(self, style: Callable[[Collections], Style], judge: Judge, tally: Tally, language: str) -> None:
        """`style` tells what holds over collections; pseudonyms are in English or, with "zh", in Chinese."""
        self._style = style
        self._judge = judge
        self._tally = tally
        self._language = language
        self._replacers: dict[Style, Replace] = {}
        self.masks: dict[str, str] = {}
        """The masks that were shown and have the end of a value in them, each with its entity."""

    def redactor(self, collections: Iterable[str] | None) -> Redactor:
        """Return a new redactor for one stream over these collections."""
        held = _held(collections)
        style = self._style(held)
        if style is Style.OFF:
            return Open()
        return self._judge.redactor(self._replace(style), lambda entity: self._tally.removed(held, entity))

    def clean(self, collections: Iterable[str] | None, text: str, *, counted: bool = True) -> str:
        """Return a whole text as it may be shown; what cannot be judged is not shown at all."""
        held = _held(collections)
        style = self._style(held)
        if style is Style.OFF or not text:
            return text
        try:
            found = self._judge.judged(text)
        except Exception:
            log.exception("a text of %d characters could not be judged, so it is not shown", len(text))
            return FAILED
        for finding in found if counted else ():
            self._tally.removed(held, finding.entity)
        return replaced(text, found, self._replace(style))

    def again(self, collections: Iterable[str] | None, text: str, masks: Mapping[str, str]) -> str:
        """Return a text that was shown before as it may be shown now; `masks` are those in it, with their entities.

        Of what looks like another mask the end goes too: of some texts the masks were not kept.
        """
        held = _held(collections)
        if self._style(held) in (Style.REDACT, Style.PSEUDONYM):
            if masks:
                known = "|".join(map(re.escape, sorted(masks, key=len, reverse=True)))
                text = re.sub(known, lambda mask: f"[{masks[mask[0]]}]", text)
            text = MASKED.sub(lambda mask: "*" * len(mask[0]), text)
        return self.clean(held, text, counted=False)

    def parts(self, collections: Iterable[str] | None, text: str) -> Callable[[int, int], str]:
        """Judge a text whole, return what gives the stretch from start to end of it as it may be shown.

        Alone, a table's cell or a quoted sentence would be judged without the label that stands before it.
        """
        held = _held(collections)
        style = self._style(held)
        if style is Style.OFF or not text:
            return lambda start, end: text[start:end]
        try:
            found = self._judge.judged(text)
        except Exception:
            log.exception("a text of %d characters could not be judged, so it is not shown", len(text))
            return lambda start, end: FAILED if text[start:end].strip() else ""
        replace = self._replace(style)

        def part(start: int, end: int) -> str:
            shown, at = "", start
            for finding in found:
                if finding.start < end and finding.end > start:
                    self._tally.removed(held, finding.entity)
                    shown += text[at : max(at, finding.start)]
                    shown += replace(finding.entity, text[finding.start : finding.end])
                    at = min(end, finding.end)
            return shown + text[at:end]

        return part

    def hit(self, hit: Hit) -> Hit:
        """Return a hit as it may be shown."""
        held, chunk = (hit.document.collection_id,), hit.chunk
        shown = replace(
            chunk, text=self.clean(held, chunk.text), section=self.clean(held, chunk.section, counted=False)
        )
        return replace(hit, chunk=shown, document=self.document(hit.document))

    def document(self, document: Document) -> Document:
        """Return a document with its names, title and remarks as they may be shown."""

        def clean(text: str) -> str:
            return self.clean((document.collection_id,), text, counted=False)

        about = document.profile
        aliases = tuple(map(clean, about.aliases))
        about = replace(about, company=clean(about.company), form=clean(about.form), aliases=aliases)
        return replace(
            document, files=tuple(map(clean, document.files)), title=clean(document.title), profile=about,
            reason=clean(document.reason),
        )  # fmt: skip

    def _replace(self, style: Style) -> Replace:
        if style not in self._replacers:
            made = replacer(style, self._language)
            self._replacers[style] = self._noted(made) if style is Style.MASK else made
        return self._replacers[style]

    def _noted(self, mask: Replace) -> Replace:
        def noted(entity: str, value: str) -> str:
            shown = mask(entity, value)
            if shown != FAILED and any(sign.isalnum() for sign in shown):
                self.masks[shown] = entity
            return shown

        return noted


class Names:
    """Names and titles in some collections (ids), each as it is shown where it is the only one.

    It is called for each of 10,000 rows: it asks for no policy, and keeps what it said.
    """

    def __init__(self, judge: Judge, styles: Mapping[str, Style]) -> None:
        self._judge = judge
        self._styles = styles
        self._version = judge.version
        self._known: dict[tuple[str, str], str] = {}

    def __call__(self, collection: str, text: str) -> str:
        """Return a name or title as it may be shown."""
        if (known := self._known.get((collection, text))) is not None:
            return known
        if (style := self._styles[collection]) is Style.OFF:
            return text
        try:
            shown = replaced(text, self._judge.judged(text), replacer(style))
        except Exception:
            log.exception("a name of %d characters could not be judged, so it is not looked at", len(text))
            return FAILED
        if FAILED not in shown and len(self._known) < NAMES and self._judge.version == self._version:
            self._known[collection, text] = shown
        return shown


def replaced(text: str, found: Iterable[Finding], replace: Replace) -> str:
    """Return a text with each finding as `replace` shows it."""
    shown, end = "", 0
    for finding in found:
        shown += text[end : finding.start] + replace(finding.entity, text[finding.start : finding.end])
        end = finding.end
    return shown + text[end:]


def _held(collections: Iterable[str] | None) -> Collections:
    return None if collections is None else frozenset(collections)
