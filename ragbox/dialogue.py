"""The use case: a question within a conversation. Resolves what leans on the one before, and keeps the answer."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace

from .answer import Answers
from .conversations import Conversations
from .events import Byline, Done, Event, Incomplete, Stage, Text, Timing
from .followup import Names, resolve, stand_alone
from .privacy import Privacy
from .text import language
from .types import Actor, Answer, Citation, Unsupported


class Dialogue:
    """Asks for someone who asked before."""

    def __init__(
        self, answers: Answers, conversations: Conversations, privacy: Privacy, names: Names, *, longest: int,
        rewrite: Callable[[str, Sequence[tuple[str, str]]], str] = lambda *_: "",
    ) -> None:  # fmt: skip
        """`names` finds the names in a question; `longest` is the most characters a question may have.

        `rewrite` is given a question, and questions and answers before it, oldest first; it returns the question as it
        stands alone, or "" where it cannot tell: the rules do then.
        """
        self._answers = answers
        self._conversations = conversations
        self._privacy = privacy
        self._names = names
        self._longest = longest
        self._rewrite = rewrite

    def ask(
        self, actor: Actor, question: str, conversation: str, *, collection: str | None = None,
        document: str | None = None, adapter: str = "",
    ) -> Generator[Event, None, None]:  # fmt: skip
        """Yield what `Answers.ask` yields; the first Stage and Done say where it is kept and how it was understood.

        `conversation` is an id, or "new". The question is kept before its answer. What there is of an answer that is
        broken off is kept as well, up to its last citation.

        Raises, before the first event, what `Answers.ask` raises, and:
            NotFound: the actor has no such conversation.
            Conflict: the conversation is full.
        """
        previous = self._conversations.previous(actor, conversation)
        asked = self._rewritten(actor, question, conversation) if previous else ""
        asked = asked or self.understood(question, previous)
        showing = self._privacy.showing(actor, language(asked or question))
        with closing(
            self._answers.ask(
                actor, asked or question, collection=collection, document=document, adapter=adapter, showing=showing
            )
        ) as events:
            first = next(events)
            told = self._privacy.clean(actor, None, asked)
            kept, turn = self._conversations.begin(actor, conversation, question, asked, collection or "")
            if isinstance(first, Stage):
                first = replace(first, asked=told, conversation=kept, turn=turn)
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
                        case Unsupported():
                            answer = replace(answer, unsupported=(*answer.unsupported, event))
                        case Byline():
                            answer = replace(
                                answer, engine=event.engine, fallback=event.fallback, adapter=event.adapter,
                                bare=event.bare,
                            )  # fmt: skip
                        case Incomplete():
                            answer = replace(answer, incomplete=event.reason)
                        case Timing():
                            answer = replace(answer, timings=event.timings)
                        case Done():
                            answer, finished = event.answer, True
                            self._conversations.finish(turn, answer, stopped=False)
                            yield Done(answer=replace(answer, asked=told, conversation=kept, turn=turn))
                            continue
                    yield event
            finally:
                if not finished:
                    # What has no mark yet cannot be taken back when its document goes.
                    end = answer.cited[-1][0] + len(f"[{answer.cited[-1][1]}]") if answer.cited else 0
                    left = tuple(u for u in answer.unsupported if u.end <= end)
                    answer = replace(answer, text=answer.text[:end], unsupported=left, masks=showing.masks)
                    self._conversations.finish(turn, answer, stopped=True)

    def alone(self, question: str, history: Sequence[tuple[str, str]]) -> str:
        """Return a question as it reads without those before it, of a conversation that is not kept here.

        `history` has their questions and answers, oldest first. Where it stands alone it is returned as it is.
        """
        asked = self._by_model(question, history) if history else ""
        whole = asked or stand_alone([*(q for q, _ in history), question], self._names)
        return whole if len(whole) <= self._longest else question

    def _rewritten(self, actor: Actor, question: str, conversation: str) -> str:
        turns = self._conversations.turns(actor, conversation)
        return self._by_model(question, [(t.answer.asked or t.question, t.answer.text) for t in turns])

    def _by_model(self, question: str, history: Sequence[tuple[str, str]]) -> str:
        """Return the question as the language model makes it stand alone; "" where that is no use."""
        sent = self._privacy.sent
        asked = self._rewrite(sent(question), [(sent(q), answer) for q, answer in history])
        return asked if self.kept(question, asked) else ""

    def kept(self, question: str, asked: str) -> bool:
        """Tell whether a rewritten question is no longer than one may be, and has all names and numbers still."""
        return len(asked) <= self._longest and all(n.casefold() in asked.casefold() for n in self._names(question))

    def understood(self, question: str, previous: str) -> str:
        """Return the question as it stands alone after the previous one; "" where it stands alone as it is."""
        whole = resolve(question, previous, self._names)
        return whole if whole != question and len(whole) <= self._longest else ""
