"""Tries a new adapter on this box: the saved questions, asked as an admin asks them, over all documents."""

from __future__ import annotations

from collections.abc import Callable

from ..answer import Answers
from ..auth import Auth
from ..errors import Unavailable
from ..events import Done
from ..types import Answer
from .gate import Gate, Kept
from .pointer import BARE
from .questions import Questions


class Trial:
    """Makes the gate of one box; what an adapter answered is kept as long as nothing else has changed."""

    def __init__(
        self, auth: Auth, answers: Answers, questions: Questions, *, margin: float, rests_on: Callable[[], str],
        at_once: Callable[[], int] = lambda: 1,
    ) -> None:  # fmt: skip
        """`rests_on` returns what the answers depend on beside the adapter: documents, model, prompt.

        `at_once` returns how many answers the model in use writes at a time.
        """
        self._auth = auth
        self._answers = answers
        self._questions = questions
        self._margin = margin
        self._rests_on = rests_on
        self._at_once = at_once
        self._kept: Kept = {}

    def gate(self) -> Gate | None:
        """Return the gate as it is now; None where no questions are saved."""
        questions, rests_on = self._questions.load(), self._rests_on()
        for key in [k for k in self._kept if k[1] != rests_on or k[2] not in questions]:
            del self._kept[key]
        if not questions:
            return None
        return Gate(
            questions, self._answer, margin=self._margin, rests_on=rests_on, kept=self._kept, at_once=self._at_once()
        )

    def _answer(self, question: str, key: str) -> Answer:
        for event in self._answers.ask(self._auth.local(), question, adapter=key or BARE):
            if isinstance(event, Done):
                return event.answer
        raise Unavailable("The answer to a question of the gate broke off. Try again.")
