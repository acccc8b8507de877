"""The use case: a question within a conversation. Resolves what leans on the one before, and keeps the answer."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace

from .answer import Answers
from .conversations import Conversations
from .followup import Names, resolve
from .types import Actor, Answer, Citation, Done, Event, Stage, Text, Timing


class Dialogue:
    """Asks for someone who asked before."""

    def __init__(self, answers: Answers, conversations: Conversations, names: Names, *, longest: int) -> None:
        """`names` finds the names in a question; `longest` is the most characters a question may have."""
        self._answers = answers
        self._conversations = conversations
        self._names = names
        self._longest = longest

    def ask(
        self, actor: Actor, question: str, conversation: str, *, collection: str | None = None,
        document: str | None = None,
    ) -> Generator[Event, None, None]:  # fmt: skip
        """Yield what `Answers.ask` yields; the first Stage and Done say where it is kept and how it was understood.

        `conversation` is an id, or "new". The question is kept before its answer. What there is of an answer that is
        broken off is kept as well, up to its last citation.

        Raises, before the first event, what `Answers.ask` raises, and:
            NotFound: the actor has no such conversation.
            Conflict: the conversation is full.
        """
        asked = self.understood(question, self._conversations.previous(actor, conversation))
        with closing(self._answers.ask(actor, asked or question, collection=collection, document=document)) as events:
            first = next(events)
            kept, turn = self._conversations.begin(actor, conversation, question, asked, collection or "")
            if isinstance(first, Stage):
                first = replace(first, asked=asked, conversation=kept, turn=turn)
            answer = Answer(text="", refused=False, citations=(), hits=(), timings={})
            finished = False
            try:
                yield first
                for event in events:
                    match event:
                        case Text(text=text, cites=n):
                            marks = ((len(answer.text) + text.index("["), n),) if n else ()
                            answer = replace(answer, text=answer.text + text, cited=answer.cited + marks)
                        case Citation():
                            answer = replace(answer, citations=(*answer.citations, event))
                        case Timing():
                            answer = replace(answer, timings=event.timings)
                        case Done():
                            answer, finished = event.answer, True
                            self._conversations.finish(turn, answer, stopped=False)
                            yield Done(answer=replace(answer, asked=asked, conversation=kept, turn=turn))
                            continue
                    yield event
            finally:
                if not finished:
                    # What has no mark yet cannot be taken back when its document goes.
                    end = answer.cited[-1][0] + len(f"[{answer.cited[-1][1]}]") if answer.cited else 0
                    self._conversations.finish(turn, replace(answer, text=answer.text[:end]), stopped=True)

    def understood(self, question: str, previous: str) -> str:
        """Return the question as it stands alone after the previous one; "" where it stands alone as it is."""
        whole = resolve(question, previous, self._names)
        return whole if whole != question and len(whole) <= self._longest else ""
