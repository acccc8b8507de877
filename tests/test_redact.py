"""The redactor finds what it should, leaves what it should, and does not care how the text was split."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragbox.redact.stream import PatternRedactor, redact

HIDDEN = {
    "Write to anna.li+hr@mail.example.com today.": "Write to [EMAIL] today.",
    "请发邮件到zhang.wei@example.cn或致电13812345678联系。": "请发邮件到[EMAIL]或致电[PHONE]联系。",
    "电话138 1234 5678，卡号6228480000000123455。": "电话[PHONE]，卡号[CARD]。",
    "4111 1111 1111 1111 12/29 and 4111 1111 1111 1111 123": "[CARD] 12/29 and [CARD] 123",
    "12 4111 1111 1111 1111": "12 [CARD]",
    "Tel.13812345678, 010-6234 5678, 020 7946 0958, 212 555 0143": "Tel.[PHONE], [PHONE], [PHONE], [PHONE]",
    "Card 4111 1111 1111 1111, exp 12/29": "Card [CARD], exp 12/29",
    "身份证号11010519491231002X，男": "身份证号[ID]，男",
    "Call +44 20 7946 0958 or (212) 555-0143.": "Call [PHONE] or [PHONE].",
    "总机 010-62345678 转": "总机 [PHONE] 转",
    "手机１３８１２３４５６７８，邮箱ａｂ＠ｅｘａｍｐｌｅ．ｃｎ。": "手机[PHONE]，邮箱[EMAIL]。",
    "电话（０１０）６２３４５６７８": "电话[PHONE]",
    "138\u00a01234\u00a05678 and 4111\u202f1111\u202f1111\u202f1111": "[PHONE] and [CARD]",
    "010\u20116234\u20115678, +44\u00a020\u00a07946\u00a00958": "[PHONE], [PHONE]",
    "ring (0)1924 555 0123 or +44 (0)1924 555 0123": "ring [PHONE] or [PHONE]",
    "07700 900123, 07700 900 123, (01924) 555012": "[PHONE], [PHONE], [PHONE]",
    "021-5888 1234 or +86 138 0013 8000 or +86 21 5888 1234": "[PHONE] or [PHONE] or [PHONE]",
}
KEPT = [
    "Revenue was 1,234,567 thousand in 2023, up 12.5 %.",
    "Order 202300001234567 of 2023-11-21, part AX-2040/B, ISBN 978-3-16-148410-0.",
    "身份证号110105194912310021无效",
    "Clauses 3.1 (a) to (f) - see 7.2.1; 10 000 units at 12 50.",
    "合同编号2023-0456-7789，金额人民币1,200,000.00元",
    "２０２６年１１月２１日，人民币１，２００，０００．００元，第１２（３）条",
    "EUR 1\u00a0234\u00a0567,00 after +1 250 000 and +12 500.00, up +12.5 %, 0.125 to 0.250",
    "21.11.2026 08:30-17:00, 2026\u201111\u201121, 2019\u20132023, pages 101\u2013117, Q3 2026 (1 July)",
    "Part 0402-0603-0805, article 0012345678, SKU 00123 456 789, PO 4500012345, MX-220/0402-B",
    "ISO 9001:2015, DIN EN 10204-3.1, GB/T 19001-2016, M8 x 40, 10 000 x 250 x 12 mm",
]


@pytest.mark.parametrize(("text", "expected"), HIDDEN.items())
def test_personal_data_is_replaced(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize("text", KEPT)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text) == text


ALPHABET = st.text(alphabet="0123456789 +-()@.ax中。\n１９０＋（）＠．ａ\u00a0\u2011\u3000", max_size=900)
PIECES = st.sampled_from([*HIDDEN, *KEPT, "9" * 300, "1 " * 200, "a@" * 150])


@settings(max_examples=400, deadline=None)
@given(st.lists(ALPHABET | PIECES, max_size=4).map("".join), st.randoms(use_true_random=False))
def test_any_split_gives_the_same(text: str, chance: random.Random) -> None:
    redactor, shown, start = PatternRedactor(), "", 0
    while start < len(text):
        end = start + chance.randint(1, 40)
        shown += redactor.feed(text[start:end])
        start = end
    assert shown + redactor.flush() == redact(text)


def test_prose_is_shown_without_waiting() -> None:
    redactor = PatternRedactor()
    assert redactor.feed("The notice period is ninety days") == "The notice period is ninety "
    assert redactor.feed("，通知期为九十天") == "days，通知期为九十天"


@pytest.mark.clock
def test_hostile_runs_take_linear_time() -> None:
    for text in ("1" * 200_000, "a@" * 100_000, "1 " * 100_000):
        start = time.perf_counter()
        redact(text)
        assert time.perf_counter() - start < 5
