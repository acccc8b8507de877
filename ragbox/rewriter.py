"""Lets the language model in use rewrite a question that leans on the ones before it. Knows no conversation."""

from __future__ import annotations

import logging
import re
import threading
import uuid
from collections.abc import Sequence

from .errors import RagboxError
from .generation import Request, Sampling
from .ports import ModelInUse
from .prompt import Prompt

log = logging.getLogger(__name__)
LONGEST = 96
"""Tokens of a question: the longest of the 230 sample questions has 123 characters."""
PATIENCE = 8.0
"""Seconds that this may hold up an answer; the rules of `ragbox/followup.py` take over then."""
_LABEL = re.compile(
    r"\W*(?:(?:next |standalone |rewritten )?question|(?:下一个|改写后的)?问题)\W*?[:：]", re.IGNORECASE
)
_MARKS = ("?", "？")


class Rewriter:
    """Makes questions stand alone. It never fails: where the model cannot tell in time, it returns ""."""

    def __init__(self, model: ModelInUse, prompt: Prompt | None = None, *, patience: float = PATIENCE) -> None:
        self._model = model
        self._prompt = prompt or Prompt()
        self._patience = patience

    def rewrite(self, question: str, history: Sequence[tuple[str, str]]) -> str:
        """Return the question as it reads without the questions and answers before it, oldest first.

        "" says that it stands alone as it is, that there is no model, or that the model did not come to an end.
        """
        if not self._model.name or not history:
            return ""
        try:
            room = self._model.context - LONGEST
            messages = self._prompt.standalone(question, history, count=self._model.count_tokens, room=room)
            sampling = Sampling(max_new_tokens=LONGEST)
            whole = self._written(Request(id=uuid.uuid4().hex, messages=messages, sampling=sampling))
        except RagboxError as error:
            log.info("a follow-up is left to the rules: %s", error)
            return ""
        if question.rstrip().endswith(_MARKS) and not whole.endswith(_MARKS):
            return ""  # an answer, as like as not
        return "" if _bare(whole) == _bare(question) else whole

    def _written(self, request: Request) -> str:
        timer = threading.Timer(self._patience, request.cancelled.set)
        timer.start()
        text, end = "", ""
        try:
            for delta in self._model.submit(request):
                text += "" if delta.thinking else delta.text
                end = "stop" if "\n" in text.strip() else delta.end
                if end or request.cancelled.is_set():
                    break
        finally:
            timer.cancel()
            request.cancelled.set()
        return _cleaned(text) if end == "stop" else ""


def _cleaned(text: str) -> str:
    """Return a model's reply as one question: its first line, without a label and quotation marks."""
    return _LABEL.sub("", text.strip().split("\n")[0], count=1).strip(" \t*\"“”'‘’「」")


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
