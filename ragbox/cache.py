"""Answers given before, kept in memory: to the same question, or to one that asks the same. Knows no index.

Near vectors are not enough: "in 2023" and "in 2024" are near. Two questions ask the same if their numbers, dates,
names, negations and telling words are the same too. `docs/quality.md` says how often that errs.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .facts.claims import Statement, negations, statement
from .facts.compare import uncounted
from .facts.numerals import plain
from .ports import Encoder, Lexicon
from .text import HAN, language
from .types import Answer

if TYPE_CHECKING:
    from .ports import Vectors

_HAN = re.compile(f"[{HAN}]")
_IDLE = (
    "a an the is are was were be been am do does did has have had of in on at our us we i me my you your it its this "
    "that there please tell give explain describe know like want wonder say ask find help see look let get would could "
    "say exactly actually also just so and then hello hi thanks what which according document 请 请问 告诉 告诉我 想 "
    "知道 想知道 一下 帮 帮我 说 说明 问 查 介绍 根据 文档 的 了 呢 吗 吧 啊 是 我 我们 你 您 什么 哪 哪个"
)
"""Words without which a question asks the same. Those of time, place, direction and duty are not among them."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """All that an answer depends on beside the question. `corpus` is `corpus.version` from before the search.

    `hidden` are the documents (ids) of the collections that who asks may not see. `model` has number format and version
    of the prompts, `adapter` which adapter writes over which collections.
    """

    collections: frozenset[str]
    hidden: frozenset[str] = frozenset()
    collection: str = ""
    document: str = ""
    corpus: str
    engine: str
    model: str = ""
    adapter: str = ""
    redaction: str = ""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How many answers are kept, and how many questions since the start were answered from them."""

    kept: int
    same: int
    alike: int
    missed: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question taken apart, and its vector where the encoder knows its language."""

    says: Statement
    language: str
    names: tuple[str, ...]
    words: frozenset[str]
    vector: Vectors | None = field(default=None, repr=False)

    def same(self, other: Asked, similarity: float) -> bool:
        """Tell whether another question asks the same; where a vector is missing, only the same words will do."""
        if self.vector is None or other.vector is None or float(self.vector @ other.vector) < similarity:
            return False
        mine, its = self.says.figures, other.says.figures
        return (
            self.language == other.language
            and self.names == other.names
            and self.words == other.words
            and len(mine.figures) == len(its.figures)
            and not any((*uncounted(mine, its), *uncounted(its, mine)))
            and len(negations(self.says.text)) == len(negations(other.says.text))
        )


class AnswerCache:
    """Keeps at most `most` answers, those used lately. Safe to call from several threads."""

    def __init__(
        self, encoder: Encoder, lexicon: Lexicon, *, most: int = 1000, similarity: float = 0.95,
        languages: Sequence[str] = ("en",),
    ) -> None:  # fmt: skip
        self._encoder = encoder
        self._lexicon = lexicon
        self._most = most
        self._similarity = similarity
        self._languages = languages
        self._kept: OrderedDict[tuple[Scope, str], tuple[Asked, Answer]] = OrderedDict()
        self._by_scope: dict[Scope, set[str]] = {}
        self._counts = {"same": 0, "alike": 0, "missed": 0}
        self._idle: frozenset[str] | None = None
        self._changing = threading.Lock()

    def get(self, scope: Scope, question: str) -> Answer | None:
        """Return the answer that was given to this question, or to one that asks the same, marked as cached."""
        if not self._most or not scope.corpus:
            return None
        text = _normal(question)
        with self._changing:
            if found := self._take(scope, text, "same"):
                return found
            others = [(t, self._kept[scope, t][0]) for t in self._by_scope.get(scope, ())]
        if others and self._similarity < 1:
            asked = self.take_apart(question)
            alike = next((t for t, other in others if asked.same(other, self._similarity)), None)
            with self._changing:
                if alike is not None and (found := self._take(scope, alike, "alike")):
                    return found
        with self._changing:
            self._counts["missed"] += 1
        return None

    def put(self, scope: Scope, question: str, answer: Answer) -> bool:
        """Keep an answer; return False for one that would be better tried again: refused, cut short, not borne out."""
        poor = (
            answer.refused or answer.fallback or answer.bare or answer.incomplete or answer.unsupported or answer.cached
        )
        if poor or not self._most or not scope.corpus:
            return False
        asked = self.take_apart(question) if self._similarity < 1 else None
        kept = replace(answer, conversation="", turn="", thinking="", asked="", cached=True)
        with self._changing:
            for stale in [
                s for s in self._by_scope if s.corpus != scope.corpus and replace(s, corpus=scope.corpus) == scope
            ]:
                for text in list(self._by_scope[stale]):
                    self._forget(stale, text)
            text = _normal(question)
            self._kept[scope, text] = (asked or _UNKNOWN, kept)
            self._kept.move_to_end((scope, text))
            self._by_scope.setdefault(scope, set()).add(text)
            while len(self._kept) > self._most:
                self._forget(*next(iter(self._kept)))
        return True

    def drop(self, document: str) -> None:
        """Forget the answers that cite a document or were written with it before the writer's eyes."""
        with self._changing:
            for (scope, text), (_, answer) in list(self._kept.items()):
                if document in {c.document for c in answer.citations} | {h.document.id for h in answer.hits}:
                    self._forget(scope, text)

    def clear(self) -> None:
        """Forget all answers; the counts go on."""
        with self._changing:
            self._kept.clear()
            self._by_scope.clear()

    def standing(self) -> Standing:
        """Return how well it does."""
        with self._changing:
            return Standing(kept=len(self._kept), **self._counts)

    def _take(self, scope: Scope, text: str, how: str) -> Answer | None:
        if (scope, text) not in self._kept:
            return None
        self._counts[how] += 1
        self._kept.move_to_end((scope, text))
        return self._kept[scope, text][1]

    def _forget(self, scope: Scope, text: str) -> None:
        del self._kept[scope, text]
        self._by_scope[scope].discard(text)
        if not self._by_scope[scope]:
            del self._by_scope[scope]

    def take_apart(self, question: str) -> Asked:
        """Return what is compared of a question."""
        tongue = language(question)
        chinese = self._lexicon.names(plain(question)) if _HAN.search(question) else ()
        says = statement(question, chinese)
        known = tongue in self._languages
        return Asked(
            says=says, language=tongue, words=self._words(says.text),
            names=tuple(n.key for n in sorted(says.names, key=lambda n: n.start) if n.sure or n.code),
            vector=self._encoder.encode_queries([question])[0] if known else None,
        )  # fmt: skip

    def _words(self, text: str) -> frozenset[str]:
        if self._idle is None:
            self._idle = frozenset(self._lexicon.terms(_IDLE))
        return frozenset(self._lexicon.terms(text)) - self._idle


_UNKNOWN = Asked(says=statement(""), language="", names=(), words=frozenset())


def _normal(question: str) -> str:
    """Return a question without what makes no difference: case, widths, white space, marks around it."""
    text = unicodedata.normalize("NFKC", question).casefold()
    return " ".join(text.split()).strip(" ?？!！.。,，;；:：\"'“”‘’")
