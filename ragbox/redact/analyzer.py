"""Says what personal data is in a run: folded, asked of Presidio with a blank pipeline, overlaps resolved.

Presidio runs our own recognizers (`recognizers.py`) and our own context enhancer; it loads no model, asks no network
and logs nothing. Knows no stream and no policy.
"""

from __future__ import annotations

import hashlib
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .custom import Custom
from .findings import Finding
from .folding import fold
from .matcher import Match
from .recognizers import Search, recognizers, searches
from .rule import THRESHOLD, in_context
from .wanted import Wanted

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

Ner = Callable[[str], Iterable[tuple[int, int, str, float]]]
"""A name model: returns start, end, PERSON or ADDRESS, and a score in 0 to 1 for each name in a text."""

WORD = "WORD"
"""The entity of a word on the deny list."""
CONTEXT = 40
"""Characters before a finding in which its context words are looked for."""
_ROW = re.compile(r"(\|[^\n]*)\n")
"""The end of a table's row, which parts cells as its bars do; any other line break is folded to a space."""
_LANGUAGE = "en"  # to Presidio all is one language: our rules see both
_WARM = "Anna Maria Li, 12 High Street, London SW1A 1AA, +44 20 7946 0958, anna@example.com, 13812345678"


class Analyzer:
    """Finds by the table, the lists of names and addresses, what an admin added, and perhaps a name model."""

    def __init__(
        self, custom: Custom = Custom(), *, ner: Ner | None = None, model: str = ""  # noqa: B008 - it is frozen
    ) -> None:  # fmt: skip
        """`model` tells the name model from others."""
        self._custom, self._ner, self._model = custom, ner, model
        self._engine: AnalyzerEngine | None = None
        self._searches: tuple[Search, ...] = ()
        self._loading = threading.Lock()
        self._denied = _denied(custom.deny)
        self._allowed = frozenset(fold(word).text.casefold() for word in custom.allow)
        self.wanted = Wanted(
            words=custom.deny, regexes=tuple(p.folded for p in custom.patterns), capitals=ner is not None
        )

    @property
    def version(self) -> str:
        """What tells two analyzers apart that may find different things, such as in the key of a cache."""
        made = hashlib.sha256(repr((self._custom.plain(), self._ner is not None, self._model)).encode())
        for file in sorted(Path(__file__).parent.glob("*.py")):
            made.update(file.read_bytes())
        return made.hexdigest()[:16]

    def load(self) -> None:
        """Import Presidio and compile the table: 5 s once, 0.2 s for each further analyzer."""
        with self._loading:
            if self._engine is None:
                _import_presidio()
                self._searches = searches(self._custom)
                engine = _engine(self._searches)
                for _ in self._ask(engine, _WARM, ""):
                    pass
                if self._ner is not None:
                    self._ner(_WARM)
                self._engine = engine

    def find(self, run: str, before: str = "") -> list[Finding]:
        """Return what is in a run, given what stands in front of it; sorted, disjoint, offsets into the run.

        Raises:
            TimeoutError: a pattern took too long.
        """
        if self._engine is None:
            self.load()
        assert self._engine is not None
        folded, front = fold(run), fold(_ROW.sub(r"\1 | ", before)).text
        found = [*self._ask(self._engine, folded.text, front), *self._by_word(folded.text)]
        if self._ner is not None:
            found += self._by_model(self._ner, folded.text, front)
        if not found:
            return []
        kept = (
            f for f in found
            if f.entity not in self._custom.keep and folded.text[f.start : f.end].casefold() not in self._allowed
        )  # fmt: skip
        return [_placed(f, *folded.span(f.start, f.end)) for f in disjoint(kept, folded.text)]

    def _ask(self, engine: AnalyzerEngine, text: str, before: str) -> Iterator[Finding]:
        from presidio_analyzer.nlp_engine import NlpArtifacts

        found = {search.name: list(filter(_counts, search.find(text, before))) for search in self._searches}
        if not any(found.values()):  # an ask costs 0.2 ms, and nine of ten runs hold nothing
            return
        artifacts: Any = NlpArtifacts([], None, [], [], None, _LANGUAGE)  # type: ignore[arg-type]  # no tokens at all
        artifacts.before, artifacts.found = before, found
        for result in engine.analyze(text, _LANGUAGE, nlp_artifacts=artifacts, score_threshold=THRESHOLD):
            yield Finding(start=result.start, end=result.end, entity=result.entity_type, score=result.score)

    def _by_word(self, text: str) -> Iterator[Finding]:
        if self._denied:
            for match in self._denied.finditer(text):
                yield Finding(start=match.start(), end=match.end(), entity=WORD, score=1.0)

    @staticmethod
    def _by_model(ner: Ner, text: str, before: str) -> Iterator[Finding]:
        for start, end, entity, score in ner(before + text):
            first, last = max(0, start - len(before)), end - len(before)
            if first < last and score >= THRESHOLD:
                yield Finding(start=first, end=last, entity=entity, score=score)


def disjoint(found: Iterable[Finding], text: str) -> list[Finding]:
    """Return findings of which none overlaps another, in their order.

    What contains another is kept. Else the higher score wins, then the longer, then the earlier; the loser keeps the
    letters and digits that the winner does not have.
    """
    won: list[Finding] = []
    whole, reach = list[Finding](), 0
    for f in sorted(found, key=lambda f: (f.start, -f.end, -f.score)):
        if f.end > reach:
            whole.append(f)
            reach = f.end
    for f in sorted(whole, key=lambda f: (-f.score, f.start - f.end, f.start)):
        start, left = f.start, list[Finding]()
        for w in won:
            if start < w.end and w.start < f.end:
                left.append(_placed(f, start, w.start))
                start = w.end
        left.append(_placed(f, start, f.end))
        won += (one for one in left if any(c.isalnum() for c in text[one.start : one.end]))
        won.sort(key=lambda f: f.start)
    return won


def _counts(match: Match) -> bool:
    """Tell whether a match counts, or would with its context."""
    return max(match.score, match.with_context) >= THRESHOLD


def _placed(found: Finding, start: int, end: int) -> Finding:
    return Finding(start=start, end=end, entity=found.entity, score=found.score)


def _denied(words: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of the words: Latin ones as whole words, whatever spaces are in them."""
    plain = sorted({fold(word).text for word in words}, key=len, reverse=True)
    parts = (r"\s+".join(map(re.escape, word.split())) for word in plain)
    edged = [rf"(?<![A-Za-z0-9]){p}(?![A-Za-z0-9])" if p.isascii() else p for p in parts if p]
    return re.compile("|".join(edged), re.IGNORECASE) if edged else None


def _import_presidio() -> None:
    """Import Presidio without the pipelines of transformers, which its name models want: 4 of 8 s of processor time.

    Where the encoder is loaded already it takes 1 s. Nothing else in the process imports them.
    """
    pipelines = "transformers.pipelines"
    if unwanted := pipelines not in sys.modules:
        sys.modules[pipelines] = None  # type: ignore[assignment]  # makes their import raise ImportError
    try:
        import presidio_analyzer  # noqa: F401
    finally:
        if unwanted:
            del sys.modules[pipelines]


def _engine(searches: Iterable[Search]) -> AnalyzerEngine:
    """Return Presidio's engine with nothing in it but ours: no model, no download, no log."""
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
    from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    logging.getLogger("presidio-analyzer").disabled = True  # it logs at each call

    class Enhancer(ContextAwareEnhancer):
        """Raises a finding's score where one of its context words stands before it, in the run or in front of it."""

        def __init__(self) -> None:
            """Take none of Presidio's factors: each rule says its score with context itself."""

        def enhance_using_context(
            self,
            text: str,
            raw_results: list[RecognizerResult],
            nlp_artifacts: Any,
            recognizers: list[EntityRecognizer],  # noqa: ARG002 - Presidio's signature
            context: list[str] | None = None,  # noqa: ARG002
        ) -> list[RecognizerResult]:
            for found in raw_results:
                about = found.recognition_metadata
                if (words := about.get("context")) and found.score < about["with_context"]:
                    front = (nlp_artifacts.before + text[: found.start])[-CONTEXT:]
                    if in_context(words, front):
                        found.score = about["with_context"]
            return raw_results

    class Engine(AnalyzerEngine):
        """Knows its recognizers by heart: Presidio looks them up anew for each text, which takes longer than to ask."""

        def get_supported_entities(self, language: str | None = None) -> list[str]:  # noqa: ARG002
            return entities

    class Registry(RecognizerRegistry):
        """As above."""

        def get_recognizers(self, *_: Any, **__: Any) -> list[EntityRecognizer]:
            return ours

    ours = recognizers(searches)
    entities = sorted({entity for one in ours for entity in one.supported_entities})
    registry = Registry(recognizers=ours, supported_languages=[_LANGUAGE])
    blank = NoOpNlpEngine(models=[{"lang_code": _LANGUAGE, "model_name": "none"}])
    return Engine(
        registry=registry, nlp_engine=blank, supported_languages=[_LANGUAGE], context_aware_enhancer=Enhancer()
    )
