"""Makes the lessons of the practice model out of a question file and the box's own retrieval. Trains nothing.

A lesson is a prompt as the box writes it, with the passages that it finds, and the answer that is taught: the sentence
or table row of the passages that has the gold answer, with its number, or the refusal where none has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .engines.evidence import Span, spans
from .evaluation.matching import holds
from .evaluation.questions import Question, load
from .generation import Message
from .orders import harmless
from .prompt import REFUSAL, Prompt, neutral
from .retriever import Retriever
from .settings import Settings
from .text import language
from .types import Actor, Hit

SAMPLES = Path(__file__).parent.parent / "data" / "samples" / "questions.jsonl"
CONTEXT = 4096
"""Tokens of prompt and answer together that the practice model has."""
ANSWER = 512
VARIANTS = 2
"""Prompts of each question, each with its own code in the delimiters, so that no code is learnt with a question."""


class Lessons:
    """Makes the lessons of one box."""

    def __init__(self, retriever: Retriever, settings: Settings) -> None:
        self._retriever = retriever
        self._passages = settings.hits
        self._leave_out = settings.orders == "leave_out"

    def __call__(self, actor: Actor, collection: str, file: str) -> Iterator[dict[str, Any]]:
        """Yield `{"question", "messages": [{"role", "content"}], "answer"}`, VARIANTS of each question.

        `file` is a question file, "" that of the samples. The rewriting of follow-ups is not taught: the answer that
        the model gives then too is no question, and `ragbox/rewriter.py` leaves such to the rules.

        Raises:
            NotFound: there is no such file or collection.
            BadInput: it is no question file.
        """
        prompt, room = Prompt(), CONTEXT - ANSWER
        for asked in load(Path(file) if file else SAMPLES):
            text = asked.question
            self._retriever.check(actor, text, collection, None)
            hits = self._retriever.search(actor, text, collection=collection, document=None, k=self._passages)
            hits = harmless(hits) if self._leave_out else hits
            for _ in range(VARIANTS):
                packed = prompt.answer(text, hits, count=_count, room=room)
                yield _lesson(text, packed.messages, _taught(asked, packed.hits))


def _taught(asked: Question, hits: Sequence[Hit]) -> str:
    def right(span: Span) -> bool:
        return any(span.hit.document.file.endswith(file) and span.hit.chunk.page == page for file, page in asked.gold)

    found = [span for hit in hits for span in spans(hit) if asked.answers and holds(span.shown, asked.answers)]
    if not found:
        return _refusal(asked.question)
    best = next(filter(right, found), found[0])
    number = next(n for n, hit in enumerate(hits, start=1) if hit.chunk.id == best.hit.chunk.id)
    return f"{' '.join(neutral(best.shown).split())} [{number}]"


def _refusal(question: str) -> str:
    return REFUSAL["zh" if language(question) == "zh" else "en"]


def _lesson(question: str, messages: Sequence[Message], answer: str) -> dict[str, Any]:
    return {
        "question": neutral(question), "answer": answer,
        "messages": [{"role": m.role, "content": m.content} for m in messages],
    }  # fmt: skip


def _count(messages: Sequence[Message]) -> int:
    """Return at least the tokens of messages: the tokenizer, made of the same texts, takes 2.2 characters for one."""
    return sum(len(m.content) for m in messages) // 2
