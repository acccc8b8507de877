"""Lets a language model write questions and answers about passages, and keeps those that hold. Knows no prompt's words.

Kept is a pair whose question finds its passage again among those of the box, and whose every sentence the verifier
finds supported by that passage (the filter of synthetic data in self-training, He et al. 2020, arXiv:1909.13788).
Some questions come once more beside passages that do not answer them, with the refusal (as in SQuAD 2.0, Rajpurkar et
al. 2018, arXiv:1806.03822): who is taught answers alone unlearns to refuse.
"""

from __future__ import annotations

import random
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from ..errors import Unavailable
from ..generation import Delta, Message, Request, Sampling
from ..library import Library
from ..orders import given, harmless
from ..prompt import REFUSAL, Prompt
from ..retriever import Retriever
from ..text import language, sentences
from ..types import Actor, Chunk, Hit, Kind
from ..verify import Verifier

LEAST = 120
"""Characters of a passage below which there is little to ask."""
TOKENS = 256
REFUSED = 0.15
"""Share of the lessons that are refusals, at most: in SQuAD 2.0 a third; here each costs a lesson in how to answer."""
_PAIR = re.compile(
    r"(?:question|问题)\s*[:：]\s*(?P<question>.+?)\s*\n+\s*(?:answer|答案|回答)\s*[:：]\s*(?P<answer>.+)",
    re.IGNORECASE | re.DOTALL,
)
_CITED = re.compile(r"\s*[\[【]\d{1,3}[\]】]")


class Teacher(Protocol):
    """What is needed of a model: the one in use, or a stronger one."""

    def submit(self, request: Request) -> Iterator[Delta]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A question, the passages that the box finds for it, and its answer, which cites them by number."""

    question: str = field(repr=False)
    answer: str = field(repr=False)
    hits: tuple[Hit, ...]


class Distiller:
    """Distils one box's documents; `teacher` gives who writes, for one distillation."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        verifier: Verifier,
        teacher: Callable[[], AbstractContextManager[Teacher]],
        *,
        leave_out: bool = False,
    ) -> None:
        """Take the parts; with `leave_out` no passage that reads like orders to a model is in any prompt or lesson."""
        self._library = library
        self._retriever = retriever
        self._verifier = verifier
        self._teacher = teacher
        self._leave_out = leave_out
        self._prompt = Prompt()

    def pairs(self, actor: Actor, collection: str, most: int, passages: int, counts: Counter[str]) -> Iterator[Pair]:
        """Yield pairs about at most `most` passages of a collection ("" for all that the actor may read).

        `counts` gets "passages", and of those left out "unwritten" (no question or answer came), "refused",
        "unfound" (the question does not find its passage) and "unsupported"; and "refusals", of the pairs.

        Raises:
            NotFound: there is no such collection.
            Unavailable: the teacher fails.
        """
        chunks = self._chosen(actor, collection, most)
        answered, before = 0, tuple[Hit, ...]()
        with self._teacher() as teacher:
            for chunk in chunks:
                counts["passages"] += 1
                pair, why = self._pair(actor, teacher, chunk, collection, passages)
                if pair is None:
                    counts[why] += 1
                    continue
                yield pair
                answered += 1
                elsewhere = tuple(hit for hit in before if hit.document.id != chunk.document)
                before = pair.hits
                refusals = counts["refusals"] + 1
                due = refusals <= REFUSED * (answered + refusals)
                if due and elsewhere and not self._bears_out(pair, elsewhere):
                    counts["refusals"] = refusals
                    refusal = REFUSAL["zh" if language(pair.question) == "zh" else "en"]
                    yield Pair(question=pair.question, answer=refusal, hits=elsewhere)

    def _bears_out(self, pair: Pair, hits: Sequence[Hit]) -> bool:
        """Tell whether these passages support any sentence of an answer."""
        answer = _CITED.sub("", pair.answer)
        return any(self._verifier.check(answer[s:e].strip(), hits, []).supported for s, e in sentences(answer))

    def _pair(
        self, actor: Actor, teacher: Teacher, chunk: Chunk, collection: str, passages: int
    ) -> tuple[Pair | None, str]:
        """Return what the teacher makes of a passage, or None and why it is left out."""
        found = _PAIR.search(_write(teacher, self._prompt.distil(chunk)))
        if found is None:
            return None, "unwritten"
        question = " ".join(found["question"].split())
        answer = " ".join(_CITED.sub("", found["answer"]).split())
        if not answer or any(refusal.rstrip(".。") in answer for refusal in REFUSAL.values()):
            return None, "refused"
        hits = self._retriever.search(actor, question, collection=collection or None, document=None, k=passages)
        hits = harmless(hits) if self._leave_out else hits
        number = next((n for n, hit in enumerate(hits, start=1) if hit.chunk.id == chunk.id), 0)
        if not number:
            return None, "unfound"
        said = [answer[start:end].strip() for start, end in sentences(answer)]
        if not all(self._verifier.check(one, [hits[number - 1]], []).supported for one in said):
            return None, "unsupported"
        return Pair(question=question, answer=" ".join(f"{one} [{number}]" for one in said), hits=tuple(hits)), ""

    def _chosen(self, actor: Actor, collection: str, most: int) -> Sequence[Chunk]:
        """Return passages to ask about, drawn over all documents; the same ones each time."""
        shelves = self._retriever.readable(actor, collection or None)
        found = [
            chunk
            for shelf in shelves
            for document in self._library.documents(shelf.id)
            for chunk in self._library.chunks_of(document.id)
            if chunk.kind is not Kind.TITLE and len(chunk.text) >= LEAST
            if not (self._leave_out and given(chunk.text))
        ]
        found.sort(key=lambda chunk: chunk.id)
        return random.Random(0).sample(found, min(most, len(found)))


def _write(teacher: Teacher, messages: tuple[Message, ...]) -> str:
    request = Request(id=uuid.uuid4().hex, messages=messages, sampling=Sampling(max_new_tokens=TOKENS))
    text = ""
    for delta in teacher.submit(request):
        text += "" if delta.thinking else delta.text
        if delta.end == "error":
            raise Unavailable(f"The model that writes the lessons failed: {delta.reason}")
    return text
