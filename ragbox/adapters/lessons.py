"""Makes the lessons an adapter is trained on: of a file, of answers people marked good, of documents. Trains nothing.

A lesson is `{"question", "messages": [{"role", "content"}, ...], "answer"}`, the prompt being the one that the box will
write when it is asked: what is learnt beside another prompt shows little.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ..conversations import Conversations
from ..errors import BadInput, NotFound
from ..generation import Message
from ..orders import harmless
from ..ports import ModelInUse
from ..prompt import Prompt, neutral
from ..retriever import Retriever
from ..settings import Settings
from ..turns import Turn
from ..types import Actor, Chunk, Document, Hit, Kind, Status
from .distil import Distiller, Pair

Lesson = Mapping[str, Any]
MOST_BYTES = 256 << 20
"""Largest file of lessons: 50,000 of 5 KB each."""
ROOM = 4096
"""Tokens of prompt and answer where no model is loaded that says how many it takes."""
ANSWER = 512
_SHAPE = '{"question", "context": text or list of texts, "answer"}, or with "messages" in place of "context"'


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where lessons come from: "file" (a path on the server), "feedback" (good answers) or "documents" (distilled).

    `collection` is that of the documents, or of the questions that were judged ("" for all); of documents `most`
    passages are asked about.
    """

    kind: Literal["file", "feedback", "documents"]
    file: str = ""
    collection: str = ""
    most: int = 300


class AdapterLessons:
    """Makes the lessons of one box."""

    def __init__(
        self, retriever: Retriever, conversations: Conversations, distiller: Distiller, model: ModelInUse,
        settings: Settings,
    ) -> None:  # fmt: skip
        self._retriever = retriever
        self._conversations = conversations
        self._distiller = distiller
        self._model = model
        self._passages = settings.hits
        self._leave_out = settings.orders == "leave_out"
        self._prompt = Prompt()

    def __call__(self, actor: Actor, source: Source, counts: Counter[str]) -> Iterator[Lesson]:
        """Yield lessons, and count by reason what is left out.

        Raises:
            NotFound: there is no such file or collection.
            BadInput: a line of the file is no lesson; names the line.
            Unavailable: no model is there to distil with.
        """
        if source.kind == "file":
            return self._of_file(Path(source.file))
        if source.kind == "feedback":
            return self._of_feedback(actor, source.collection, counts)
        pairs = self._distiller.pairs(actor, source.collection, source.most, self._passages, counts)
        return (self._lesson(pair.question, pair.hits, pair.answer) for pair in pairs)

    def _of_file(self, path: Path) -> Iterator[Lesson]:
        if not path.is_absolute() or not path.is_file():
            raise NotFound(f"There is no file of lessons {path} on the server. Give an absolute path.")
        if (size := path.stat().st_size) > MOST_BYTES:
            raise BadInput(f"{path.name} has {size} bytes, the most taken are {MOST_BYTES}. Give fewer lessons.")
        with path.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    lesson = self._read(json.loads(line)) if line.strip() else None
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    raise BadInput(
                        f"Line {number} of {path.name} is no lesson ({error!r}). Each is {_SHAPE}."
                    ) from error
                if lesson:
                    yield lesson

    def _read(self, row: Mapping[str, Any]) -> Lesson:
        question, answer = str(row["question"]).strip(), str(row["answer"]).strip()
        if not question or not answer:
            raise ValueError("the question or the answer is empty")
        if "messages" in row:
            said = [{"role": str(m["role"]), "content": str(m["content"])} for m in row["messages"]]
            if not said:
                raise ValueError("it has no messages")
            return {"question": question, "messages": said, "answer": answer}
        texts = [row["context"]] if isinstance(row["context"], str) else list(row["context"])
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            raise ValueError("the context is no text and no list of texts")
        return self._lesson(question, [_passage(n, text) for n, text in enumerate(texts, start=1)], answer)

    def _of_feedback(self, actor: Actor, collection: str, counts: Counter[str]) -> Iterator[Lesson]:
        for turn in self._conversations.praised():
            if collection and turn.collection != collection:
                continue
            question = turn.answer.asked or turn.question
            try:
                hits = self._retriever.search(
                    actor, question, collection=turn.collection or None, document=None, k=self._passages
                )
            except NotFound:  # a collection that is gone
                hits = []
            pair = _as_written(question, turn, harmless(hits) if self._leave_out else hits)
            if pair is None:
                counts["outdated"] += 1
            else:
                yield self._lesson(pair.question, pair.hits, pair.answer)

    def _lesson(self, question: str, hits: Sequence[Hit], answer: str) -> Lesson:
        room = (self._model.context or ROOM) - ANSWER
        packed = self._prompt.answer(question, hits, count=self._count, room=room)
        return {
            "question": neutral(question), "answer": answer,
            "messages": [{"role": m.role, "content": m.content} for m in packed.messages],
        }  # fmt: skip

    def _count(self, messages: Sequence[Message]) -> int:
        if self._model.name:
            return self._model.count_tokens(messages)
        return sum(len(m.content) for m in messages) // 2


def _as_written(question: str, turn: Turn, hits: Sequence[Hit]) -> Pair | None:
    """Return a good answer with its citations by the numbers that the passages have now.

    None where a sentence of it is not supported, its document is gone, or a quote is not among the passages.
    """
    answer = turn.answer
    if answer.refused or answer.incomplete or answer.unsupported or not answer.citations:
        return None
    numbers = {}
    for cited in answer.citations:
        found = (
            n for n, hit in enumerate(hits, start=1)
            if hit.document.id == cited.document and cited.quote in hit.chunk.text
        )  # fmt: skip
        if cited.gone or not (number := next(found, 0)):
            return None
        numbers[cited.n] = number
    text, at = "", 0
    for offset, n in answer.cited:
        text += answer.text[at:offset] + f"[{numbers[n]}]"
        at = offset + len(f"[{n}]")
    return Pair(question=question, answer=(text + answer.text[at:]).strip(), hits=tuple(hits))


def _passage(number: int, text: str) -> Hit:
    """Return a lesson's own context as a passage."""
    chunk = Chunk(
        id=f"lesson-{number}", document="lesson", ordinal=number, page=number, kind=Kind.TEXT, section="", context="",
        text=text, marks=(),
    )  # fmt: skip
    document = Document(
        id="lesson", collection="", files=(), title="", kind="text", pages=number, chunks=1, size=len(text),
        language="", status=Status.INDEXED, reason="", sha256="", added_at=datetime.now(UTC), added_by="",
    )  # fmt: skip
    return Hit(rank=number, score=0.0, cosine=0.0, chunk=chunk, document=document)
