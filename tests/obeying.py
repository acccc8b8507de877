"""What a language model says that does all a document tells it to: no model, but the worst there can be.

For `FakeModel`: it knows by heart what each order asks for, and writes that word for word where it meets the order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ragbox.generation import Request
from ragbox.prompt import REFUSAL, neutral
from ragbox.text import sentences

_PASSAGE = re.compile(r"^--- \w+ passage \[(\d+)\] ---\n\(.*\)\n", re.MULTILINE)


class Obeying:
    """Says what is `wanted` by the first order that stands in its prompt, and refuses where none does.

    Before it comes the sentence before the order with its passage's number, so that there is an answer to be shown;
    its thoughts are what is wanted too. `met` counts the orders that it obeyed.
    """

    def __init__(self, wanted: Mapping[str, str]) -> None:
        self._wanted = {_met(order): said for order, said in wanted.items()}
        self.met = 0

    def __call__(self, request: Request) -> str:
        asked = request.messages[-1].content
        met = [(found.start(), said) for order, said in self._wanted.items() if (found := order.search(asked))]
        if not met:
            return REFUSAL["en"]
        self.met += 1
        start, said = min(met)
        return f"<think>{said}</think>{_true(asked[:start])}\n\n{said}"


def _met(order: str) -> re.Pattern[str]:
    """Return what an order looks like in a prompt: its white space may be another, and with that what is neutral."""
    inside = "x "  # no beginning of a line
    spellings = (neutral(inside + order), neutral(inside + " ".join(order.split())))
    return re.compile("|".join(r"\s+".join(map(re.escape, text.removeprefix(inside).split())) for text in spellings))


def _true(before: str) -> str:
    """Return the last sentence of a passage that breaks off here, cited; "" where it has none."""
    *_, passage = [None, *_PASSAGE.finditer(before)]
    if passage is None:
        return ""
    text = before[passage.end() :]
    *_, (start, end) = [(0, 0), *sentences(text)]
    return f"{text[start:end]} [{passage[1]}]" if end else ""
