"""Is a sentence of an answer supported by the passages it cites? By words, numbers, names and vectors; no model writes.

Every number, date and name must stand in the passages; none may stand where the best matching sentence has another;
nothing may be negated that is not negated there; and the words and their vectors must be near enough. The border is
fitted by `tests/bench/verify.py`; `docs/quality.md` says how well it does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .engines.synonyms import Synonyms
from .facts.claims import Statement, cleaned, statement
from .facts.compare import Passage, Stretch, contradiction, denial, missing, passage_of, uncounted
from .facts.figures import Date, Figure, Figures
from .facts.numerals import plain
from .kept import Kept
from .ports import Encoder, Lexicon
from .text import HAN, language
from .types import Hit, Quote
from .wording import SHARE

if TYPE_CHECKING:
    from .ports import Vectors

_HAN = re.compile(f"[{HAN}]")
Claim = tuple[str, Sequence[Hit], Sequence[Hit]]
"""A sentence, the hits it cites, the other hits."""
WEIGHTS = {True: (-12.0, 6.6, 5.3, 7.9), False: (-10.0, 9.6, 9.2, 0.0)}
"""Bias, weight of the words' share in the best sentences and in the passages, of the cosine; by whether the encoder
knows the language."""
LEAST = 0.3
"""A cosine that a sentence has at least with one that has nearly all of its words: then it need not be measured."""
GAIN = 0.1
"""Share of the words that a further sentence of the passages has to add."""
ABOUT = 0.3
"""Share of the words that a sentence of the passages has to have for its numbers to count."""
STRETCHES = 3
"""Most sentences of the passages that one sentence of an answer is put together from."""
LIKELY = 2
"""Passages that a sentence without a citation is compared with by vectors."""
PASSAGES = 500
"""Passages kept taken apart, about 40 KB each."""
VECTORS = 20_000
"""Sentence vectors kept, 1.5 KB each at 384 dimensions."""
NO_CONTENT = (
    "summary summarise conclusion conclude overall follow following below above detail point information answer "
    "question document passage source text excerpt key main list include provide according based mention state "
    "describe relevant example note yes no ok sure here"
)
_NO_CONTENT_ZH = re.compile(
    "综上所述|总结|总之|综上|总的来说|以下|如下|上述|具体|情况|信息|内容|文档|文件|段落|资料|根据|提供|问题|回答|答案|要点|"
    "主要|包括|例如|所述|是的|不是|方面|相关|几点|来说|为|的|是|有|可|以|从|中|知|关于|对此"
)
REASONS = {
    "en": {
        "missing": "The passages do not say “{}”.",
        "misplaced": "The passages say “{}” of something else.",
        "replaced": "The passage says “{1}” where the answer says “{0}”.",
        "negated": "One denies what the other says: “{}”.",
        "far": "No sentence of the passages says this.",
        "foreign": "The passages are in another language, and nothing in the sentence can be compared.",
        "none": "There is no passage to compare it with.",
    },
    "zh": {
        "missing": "引用的段落中没有“{}”。",
        "misplaced": "段落中的“{}”说的是别的事。",
        "replaced": "段落中是“{1}”，答案却写成“{0}”。",
        "negated": "答案与段落一方肯定、一方否定：“{}”。",
        "far": "段落中没有一句话这样说。",
        "foreign": "段落是另一种语言，句中没有可以比较的内容。",
        "none": "没有可以比较的段落。",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Whether a sentence is supported, by which words (best first), or why not, in the sentence's own language.

    A sentence that claims nothing ("In summary:") is supported by no quote.
    """

    supported: bool
    reason: str = ""
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a sentence says, and its index terms without those of its figures."""

    says: Statement
    keywords: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A sentence beside the hits that may support it together, judged but for the cosine; the figures it is judged by.

    `reason` says why they do not, whatever the cosine. `best` are the sentences and the hits that they are of.
    """

    claim: str
    known: bool = False
    reason: str = ""
    best: tuple[tuple[Hit, Stretch], ...] = ()
    share: float = 0.0
    share_of_passage: float = 0.0
    foreign: bool = False

    def passes(self, cosine: float) -> bool:
        """Tell whether it is supported if the nearest of its best has this cosine."""
        bias, share, whole, vectors = WEIGHTS[self.known]
        score = bias + share * self.share + whole * self.share_of_passage + vectors * cosine
        return not self.reason and (self.foreign or score >= 0)

    @property
    def verdict(self) -> Verdict:
        """What it is once it passes."""
        return Verdict(supported=True, quotes=tuple(Quote(hit=hit, start=s.start, end=s.end) for hit, s in self.best))


class Verifier:
    """Checks sentences; safe to call from several threads. `languages` are those that the encoder knows."""

    def __init__(self, encoder: Encoder, lexicon: Lexicon, languages: Sequence[str] = ("en",)) -> None:
        self._encoder = encoder
        self._lexicon = lexicon
        self._languages = languages
        self._synonyms = Synonyms(lexicon.terms)
        self._passages = Kept[tuple[str, str], Passage](PASSAGES)
        self._stated = Kept[str, Statement](PASSAGES)
        self._vectors = Kept[str, "Vectors"](VECTORS)
        self._nothing: frozenset[str] | None = None

    def check(self, claim: str, cited: Sequence[Hit], others: Sequence[Hit]) -> Verdict:
        """Return whether a sentence is supported by the hits it cites together, or else by one of the others alone."""
        return self.check_all([(claim, cited, others)])[0]

    def check_all(self, given: Sequence[Claim]) -> list[Verdict]:
        """Return the same for several sentences; what has to be encoded goes through the encoder at once."""
        told = [self._told(claim) for claim, _, _ in given]
        cited = [[self._case(t, hits)] if t and hits else [] for t, (_, hits, _) in zip(told, given, strict=True)]
        found = self._supported(cited, [True] * len(given))
        others = [
            [self._case(t, [hit]) for hit in rest if hit not in hits] if t and not v else []
            for t, v, (_, hits, rest) in zip(told, found, given, strict=True)
        ]
        # A sentence that has little of its own passage's words is compared by vectors with that one only.
        later = self._supported(others, [not hits for _, hits, _ in given])
        return [
            (v or w or _unsupported(t, [*c, *o])) if t else Verdict(supported=True)
            for t, v, w, c, o in zip(told, found, later, cited, others, strict=True)
        ]

    def case(self, claim: str, hits: Sequence[Hit]) -> Case | None:
        """Return how a sentence stands beside hits taken together; None for one that claims nothing."""
        told = self._told(claim)
        return self._case(told, hits) if told else None

    def close(self) -> None:
        """Forget the passages and vectors that are kept."""
        for kept in (self._passages, self._stated, self._vectors):
            kept.clear()

    def _told(self, claim: str) -> Told | None:
        says = self._state(cleaned(claim))
        counted: list[Figure | Date] = [*(f for f in says.figures.figures if f.firm), *says.figures.dates]
        words = list(says.text)
        for fact in counted:  # these are compared by what they mean
            words[fact.start : fact.end] = " " * (fact.end - fact.start)
        keywords = [t for t in self._lexicon.keywords("".join(words)) if any(map(str.isalnum, t))]
        if not counted and not any(n.sure for n in says.names):
            if self._nothing is None:
                self._nothing = frozenset(self._lexicon.terms(NO_CONTENT))
            content = self._lexicon.keywords(_NO_CONTENT_ZH.sub(" ", says.text))
            if not any(t not in self._nothing and any(map(str.isalnum, t)) for t in content):
                return None
        return Told(says=says, keywords=tuple(keywords))

    def _supported(self, groups: Sequence[Sequence[Case]], by_vectors: Sequence[bool]) -> list[Verdict | None]:
        """Return for each group the verdict of the first case that passes, if one does."""
        doubtful = [c for cases, doubt in zip(groups, by_vectors, strict=True) if doubt for c in _likely(cases)]
        vectors = self._encode([t for c in doubtful for t in (c.claim, c.best[0][1].shown)])
        cosines = {id(c): float(vectors[c.claim] @ vectors[c.best[0][1].shown]) for c in doubtful}
        return [next((c.verdict for c in cases if c.passes(cosines.get(id(c), LEAST))), None) for cases in groups]

    def _case(self, told: Told, hits: Sequence[Hit]) -> Case:
        says = told.says
        reasons = REASONS[_written(says.text)]
        tongue = language(says.text)
        made = Case(claim=says.text, known=tongue in self._languages)
        passages = [self._passage(hit) for hit in hits]
        if found := next(missing(says, passages), ""):
            return replace(made, reason=reasons["missing"].format(found))
        weights = self._weights(told.keywords, hits[0].document.collection_id)
        best = self._best(weights, hits, passages)
        if found := self._misplaced(says, weights, best, passages):
            return replace(made, reason=reasons["misplaced"].format(found))
        for _, stretch in best:
            if against := contradiction(says, stretch, self._state(stretch.shown), passages):
                kind = "replaced" if against.instead else "negated"
                return replace(made, reason=reasons[kind].format(against.said, against.instead))
        if denied := denial(says, [s for _, s in best]):
            return replace(made, reason=reasons["negated"].format(denied))
        if tongue and not any(p.language in (tongue, "") for p in passages) and not made.known:
            firm = any(f.firm for f in says.figures.figures) or any(not n.han for n in says.names)
            return replace(made, foreign=firm, best=tuple(best[:1]), reason="" if firm else reasons["foreign"])
        context = frozenset[str]().union(*(p.context for p in passages))
        own = context.union(*(s.terms for _, s in best))
        whole = context.union(*(s.terms for p in passages for s in p.stretches))
        return replace(made, best=tuple(best), share=self._share(weights, own),
                       share_of_passage=self._share(weights, whole))  # fmt: skip

    def _best(
        self, weights: Mapping[str, float], hits: Sequence[Hit], passages: Sequence[Passage]
    ) -> list[tuple[Hit, Stretch]]:
        """Return the few stretches that have most of the words between them, the one with most of them first."""
        rest = [(hit, stretch) for hit, passage in zip(hits, passages, strict=True) for stretch in passage.stretches]
        chosen, had, share = list[tuple[Hit, Stretch]](), frozenset[str](), 0.0
        while rest and len(chosen) < STRETCHES:
            gains = [self._share(weights, had | s.terms) - share for _, s in rest]
            most = max(range(len(rest)), key=gains.__getitem__)
            if chosen and gains[most] < GAIN:
                break
            had, share = had | rest[most][1].terms, share + gains[most]
            chosen.append(rest.pop(most))
        return chosen

    def _misplaced(
        self, says: Statement, weights: Mapping[str, float], best: Sequence[tuple[Hit, Stretch]],
        passages: Sequence[Passage],
    ) -> str:  # fmt: skip
        """Return a number or date that the passages have only where they speak of something else; or "".

        What fills a cell is said of its row alone, however alike the next row is.
        """
        stretches = [s for p in passages for s in p.stretches if self._share(weights, s.own) >= ABOUT]
        placed = sum((s.says.figures.loose for s in stretches), Figures())
        placed = sum((s.says.figures for _, s in best), placed)
        return next(uncounted(says.figures, sum((p.outside for p in passages), placed)), "")

    def _weights(self, keywords: Sequence[str], collection: str) -> dict[str, float]:
        return {t: idf or 1.0 for t, idf in zip(keywords, self._lexicon.idf(collection, keywords), strict=True)}

    def _share(self, weights: Mapping[str, float], found: Set[str]) -> float:
        """Return the share of the keywords, weighed by idf, that a set of terms has; a synonym counts SHARE."""
        met = sum(
            w * (1.0 if t in found else SHARE * any(words <= found for words in self._synonyms.of(t)))
            for t, w in weights.items()
        )
        return met / sum(weights.values()) if weights else 1.0

    def _state(self, text: str) -> Statement:
        def names() -> Sequence[str]:
            return self._lexicon.names(plain(text)) if _HAN.search(text) else ()

        return self._stated.get(text, lambda: statement(text, names()))

    def _passage(self, hit: Hit) -> Passage:
        return self._passages.get((hit.chunk.id, hit.chunk.text), lambda: passage_of(hit, self._lexicon.terms))

    def _encode(self, texts: Sequence[str]) -> dict[str, Vectors]:
        found = {t: v for t in texts if (v := self._vectors.seen(t)) is not None}
        if fresh := [t for t in dict.fromkeys(texts) if t not in found]:
            found |= dict(zip(fresh, self._encoder.encode(fresh), strict=True))
            for text in fresh:
                self._vectors.keep(text, found[text])
        return found


def _likely(cases: Sequence[Case]) -> list[Case]:
    """Return the few cases that a cosine decides: each costs the encoder two sentences, about 20 ms in fp32."""
    doubtful = [c for c in cases if c.best and c.passes(1.0) and not c.passes(LEAST)]
    return sorted(doubtful, key=lambda c: -c.share)[:LIKELY]


def _unsupported(told: Told, cases: Sequence[Case]) -> Verdict:
    reasons = REASONS[_written(told.says.text)]
    reason = cases[0].reason or reasons["far"] if cases else reasons["none"]
    return Verdict(supported=False, reason=reason)


def _written(text: str) -> str:
    return "zh" if language(text) == "zh" else "en"
