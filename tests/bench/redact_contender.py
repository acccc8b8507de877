"""Presidio as it is installed: its predefined recognizers and a blank spaCy pipeline, since no model can be fetched.

Without a model it finds no names and no addresses. `DATE_TIME` counts for nothing: it is every date, not a birth date.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.pii.shapes import Place

THRESHOLD = 0.35
"""The one of Presidio's own demo."""
MAPPED = {
    **{"EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "CREDIT_CARD": "CARD", "IBAN_CODE": "IBAN", "US_SSN": "SSN"},
    **{"IP_ADDRESS": "IP", "MAC_ADDRESS": "MAC", "URL": "URL", "PERSON": "PERSON", "LOCATION": "ADDRESS"},
    **dict.fromkeys(("US_PASSPORT", "UK_PASSPORT", "DE_PASSPORT", "IN_PASSPORT"), "PASSPORT"),
}
"""Its names for our types."""


def stock() -> Callable[[str, str], list[Place]]:
    """Return a finder by stock Presidio of a text in a language, "en" or "zh"."""
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())  # its snapshot, no connection

    class Blank(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__(models=[{"lang_code": lang, "model_name": "blank"} for lang in ("en", "zh")])
            blank: Any = {lang: spacy.blank(lang) for lang in ("en", "zh")}
            self.nlp = blank

        def load(self) -> None:
            pass

    registry = RecognizerRegistry(supported_languages=["en", "zh"])
    registry.load_predefined_recognizers(languages=["en", "zh"])
    engine = AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en", "zh"])

    def find(text: str, language: str) -> list[Place]:
        kept: list[Place] = []
        results = engine.analyze(text=text, language=language, score_threshold=THRESHOLD)
        for r in sorted(results, key=lambda r: (-r.score, r.start - r.end)):  # of two in one place the surer
            if r.entity_type in MAPPED and all(r.end <= k.start or r.start >= k.end for k in kept):
                kept.append(Place(start=r.start, end=r.end, entity=MAPPED[r.entity_type], least=(r.start, r.end)))
        return kept

    return find
