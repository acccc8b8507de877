"""A million digits, or `a@` without end, to the redactor (row 16): time grows as the text does."""

from __future__ import annotations

import random
import time

import pytest

from ragbox.redact.analyzer import Analyzer
from ragbox.redact.custom import Custom
from ragbox.redact.policy import Style, replacer
from ragbox.redact.stream import StreamRedactor
from tests.lasting import rules

DRAW = random.Random(16)
MILLION, PART = 1_000_000, 4
TEXTS = {
    "digits": "1234567890" * (MILLION // 10),
    "drawn digits": "".join(DRAW.choices("0123456789", k=MILLION // 4)),
    "a@": "a@" * (MILLION // 2),
    "drawn addresses": "".join(DRAW.choices(["a@", "b.", "c@d.", "@"], k=MILLION // 4)),
    "dots": "a.b." * (MILLION // 4),
    "plus signs": "+" * MILLION,
}
SPARE = 1.5
"""Of the growth in time over that in length: the first call warms what the second finds warm."""


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return rules(Custom())


def seconds(text: str, analyzer: Analyzer) -> float:
    """Return the processor time of redacting a text that comes in pieces."""
    redactor = StreamRedactor(analyzer.find, replacer(Style.REDACT))
    start = time.process_time()
    for at in range(0, len(text), 1000):
        redactor.feed(text[at : at + 1000])
    redactor.flush()
    return time.process_time() - start


@pytest.mark.clock
@pytest.mark.parametrize("case", TEXTS)
def test_time_grows_as_the_text_does(case: str, analyzer: Analyzer) -> None:
    text = TEXTS[case]
    seconds(text[:2000], analyzer)
    part, whole = seconds(text[: len(text) // PART], analyzer), seconds(text, analyzer)
    assert whole < max(part, 0.05) * PART * SPARE
    assert whole < 20 * len(text) / MILLION
