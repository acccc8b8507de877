"""10,000 texts through the real rules, each at random splits down to one character: the same as whole, never early.

REDACT_TEXTS=1000 takes fewer.
"""

from __future__ import annotations

import os
import random

import pytest

from ragbox.redact.analyzer import Analyzer
from ragbox.redact.stream import StreamRedactor
from tests.redact_texts import PIECES, split

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

TEXTS = int(os.environ.get("REDACT_TEXTS", "10000"))
PROSE = (
    "The notice period is ninety days. Either party may terminate in writing; see clause 12.3 (a). "
    "公司应当在三十日内向甲方支付人民币1,200,000.00元，由王经理负责，地址：北京市朝阳区建国路88号。"
    "Contact Anna Maria Li, 12 High Street, London SW1A 1AA, tel. +44 20 7946 0958 or anna.li@example.com. "
)


def text(chance: random.Random) -> str:
    """Return up to 200 characters of prose and hard pieces."""
    start = chance.randrange(len(PROSE))
    return (
        chance.choice((PROSE[start : start + 120], "")) + chance.choice(PIECES)[:120] + chance.choice(("", " ok", "。"))
    )


def test_every_split_of_10000_texts_shows_what_the_whole_shows() -> None:
    analyzer, chance = Analyzer(), random.Random(20)
    analyzer.load()

    def new() -> StreamRedactor:
        return StreamRedactor(analyzer.find, lambda entity, _: f"[{entity}]", wanted=analyzer.wanted)

    for _ in range(TEXTS):
        made = text(chance)
        whole, so_far = "".join(split(new(), made)), ""
        for piece in split(new(), made, chance, chance.choice((1, 3, 12))):
            so_far += piece
            assert whole.startswith(so_far), made
        assert so_far == whole, made
