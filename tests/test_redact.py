"""The whole of it on real rules: what is found, what stays, what an admin adds; no network, no log, one answer each."""

from __future__ import annotations

import base64
import logging
import random
import socket
import sys
import threading
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunk import chunks
from ragbox.redact.analyzer import Analyzer, disjoint
from ragbox.redact.custom import Custom, CustomPattern
from ragbox.redact.findings import Finding
from ragbox.redact.stream import StreamRedactor, spans

from .fakes import FakeEncoder
from .make import parsed
from .redact_texts import split

HIDDEN = {
    "Write to anna.li+hr@mail.example.com today.": "Write to [EMAIL] today.",
    "请发邮件到zhang.wei@example.cn或致电13812345678联系。": "请发邮件到[EMAIL]或致电[PHONE]联系。",
    "电话138 1234 5678，卡号6228480000000123455。": "电话[PHONE]，卡号[CARD]。",
    "Card 4111 1111 1111 1111, exp 12/29": "Card [CARD], exp 12/29",
    "身份证号11010519491231002X，男": "身份证号[ID]，男",
    "手机１３８１２３４５６７８，邮箱ａｂ＠ｅｘａｍｐｌｅ．ｃｎ。": "手机[PHONE]，邮箱[EMAIL]。",
    "Call +44 20 7946 0958 today": "Call [PHONE] today",
    "1\u200b3\u200b8 1234\u20115678": "[PHONE]",
    "anna (at) example (dot) com": "[EMAIL]",
    "车牌京A·12345，": "车牌[PLATE]，",
    "密码：P@ss,w;ord9 ": "密码：[SECRET] ",
    "由王建国负责。": "由[PERSON]负责。",
    "Name | City\nAnna Li | Bergen": "Name | City\n[PERSON] | Bergen",
}
KEPT = [
    "Revenue was 1,234,567 thousand in 2023, up 12.5 %.",
    "Order 202300001234567 of 2023-11-21, part AX-2040/B, ISBN 978-3-16-148410-0.",
    "Clauses 3.1 (a) to (f) - see 7.2.1; 10 000 units at 12 50.",
    "合同编号2023-0456-7789，金额人民币1,200,000.00元",
    "EUR 1\u00a0234\u00a0567,00 after +1 250 000 and +12 500.00, up +12.5 %, 0.125 to 0.250",
    "ISO 9001:2015, DIN EN 10204-3.1, GB/T 19001-2016, M8 x 40, 10 000 x 250 x 12 mm",
]


ANALYZER = Analyzer()


def redact(text: str) -> str:
    stream = StreamRedactor(ANALYZER.find, lambda entity, _: f"[{entity}]")
    return stream.feed(text) + stream.flush()


def test_a_private_key_that_is_cut_into_passages_is_hidden_in_each_of_them() -> None:
    key = base64.b64encode(random.Random(3).randbytes(8800)).decode()
    lines = " ".join(key[at : at + 64] for at in range(0, len(key), 64))
    text = f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----"
    made = chunks(parsed(text), document="d1", title="Keys", encoder=FakeEncoder())
    assert len(made) > 1
    for chunk in made:
        assert set(redact(chunk.text).split()) <= {"[PRIVATE_KEY]", "[SECRET]"}


@pytest.mark.parametrize(("text", "expected"), HIDDEN.items())
def test_personal_data_is_replaced(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize("text", KEPT)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text) == text


def shown(analyzer: Analyzer, text: str) -> str:
    stream = StreamRedactor(analyzer.find, lambda entity, _: f"[{entity}]", wanted=analyzer.wanted)
    return "".join(split(stream, text))


def test_kinds_that_an_admin_keeps_stay_and_hide_nothing_else() -> None:
    text = "Ms Anna Li, 12 High Street, London SW1A 1AA, anna@example.com, 13812345678"
    analyzer = Analyzer(Custom(keep=("PERSON", "ADDRESS")))
    assert shown(analyzer, text) == "Ms Anna Li, 12 High Street, London SW1A 1AA, [EMAIL], [PHONE]"


def test_an_admins_patterns_and_words_count_and_allowed_values_stay() -> None:
    analyzer = Analyzer(
        Custom(
            patterns=(CustomPattern(name="BADGE", regex=r"BX-\d{3}"),),
            deny=("blue falcon", "猎鹰计划"),
            allow=("help@example.com", "400-810-8888"),
        )
    )
    text = "Badge BX-123 of ＢＬＵＥ\u00a0 Falcon, not blue falconry; help@example.com, a@example.com; 关于猎鹰计划。"
    cleaned = "Badge [BADGE] of [WORD], not blue falconry; help@example.com, [EMAIL]; 关于[WORD]。"
    assert shown(analyzer, text) == cleaned


@pytest.mark.parametrize(
    ("regex", "text", "cleaned"),
    [
        (r"工号：\d{6}", "他的工号：123456，入职于五月。", "他的工号：[STAFF]，入职于五月。"),
        (r"工号[：:] ?\d{6}", "他的工号: 123456，入职于五月。", "他的[STAFF]，入职于五月。"),
        (r"工号（\d{6}）", "请填工号（１２３４５６）。", "请填[STAFF]。"),
        (r"badge no:? \d{4}", "see badge no 1234, or badge no: 5678", "see badge no [STAFF], or badge [STAFF]"),
        (r"codename: [a-z]+", "the codename: falcon is new", "the [STAFF] is new"),
        (r"工号：(?P<value>\d{6})", "工号：123456", "工号：[STAFF]"),
    ],
)
def test_a_pattern_is_found_whose_label_stands_before_the_run(regex: str, text: str, cleaned: str) -> None:
    analyzer = Analyzer(Custom(patterns=(CustomPattern(name="STAFF", regex=regex),)))
    found = shown(analyzer, text)
    assert found == cleaned  # a label that stands in the run goes with its value
    for seed in range(8):
        stream = StreamRedactor(analyzer.find, lambda entity, _: f"[{entity}]", wanted=analyzer.wanted)
        assert "".join(split(stream, text, random.Random(seed), 3)) == found


def test_the_version_tells_rules_apart() -> None:
    assert Analyzer().version == Analyzer().version
    made = [Analyzer(), Analyzer(Custom(deny=("x1",))), *(Analyzer(ner=lambda _: [], model=m) for m in ("a 1", "a 2"))]
    assert len({analyzer.version for analyzer in made}) == 4


def test_a_name_models_findings_count_where_they_lie_in_the_run() -> None:
    def ner(text: str) -> list[tuple[int, int, str, float]]:
        at = text.find("Zyx")
        return [(at, at + 3, "PERSON", 0.9), (0, 2, "ADDRESS", 0.4)] if at >= 0 else []

    assert shown(Analyzer(ner=ner), "it was Zyx again") == "it was [PERSON] again"


def test_presidio_makes_no_connection_and_logs_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    with caplog.at_level(logging.DEBUG):
        analyzer = Analyzer()
        analyzer.load()
        assert analyzer.find("anna@example.com")
    assert not [r for r in caplog.records if "presidio" in r.name]


def test_threads_that_ask_at_once_get_their_own_answers() -> None:
    analyzer, wrong = Analyzer(), list[str]()
    analyzer.load()

    def ask(n: int) -> None:
        for _ in range(30):
            text = f"{'x' * n} user{n}@example.com"
            found = analyzer.find(text)
            if [(f.start, f.end, f.entity) for f in found] != [(n + 1, len(text), "EMAIL")]:
                wrong.append(text)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []


def test_context_words_in_front_of_the_run_or_in_it_raise_a_score() -> None:
    analyzer = Analyzer()
    assert [f.entity for f in analyzer.find("110105491231002", "身份证 ")] == ["ID"]
    assert analyzer.find("110105491231002", "数量 ") == []


def test_presidio_is_asked_only_where_something_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    analyzer, asked = Analyzer(), list[str]()
    analyzer.load()
    engine: Any = analyzer._engine
    analyze = engine.analyze
    monkeypatch.setattr(
        engine, "analyze", lambda text, *given, **named: asked.append(text) or analyze(text, *given, **named)
    )
    text = "The Supply Agreement of 2024 Part 3 names Anna Li, tel. 13812345678. 该公司总经理办公室在三楼。"
    assert "".join(split(StreamRedactor(analyzer.find, lambda entity, _: f"[{entity}]"), text)).count("[P") == 2
    assert asked == ["Anna Li", "13812345678."]


def test_presidio_is_loaded_without_the_pipelines_of_transformers() -> None:
    Analyzer().load()
    from presidio_analyzer.nlp_engine import huggingface_token_pipe

    assert huggingface_token_pipe.hf_pipeline is None
    assert sys.modules.get("transformers.pipelines", sys) is not None


def finding(start: int, end: int, entity: str, score: float) -> Finding:
    return Finding(start=start, end=end, entity=entity, score=score)


def test_of_what_overlaps_the_outer_then_the_surer_is_kept_and_no_sign_is_lost() -> None:
    text = "abcdefghij.klmnop"
    outer = [finding(0, 16, "ADDRESS", 0.6), finding(3, 8, "PHONE", 0.9)]
    assert [f.entity for f in disjoint(outer, text)] == ["ADDRESS"]
    partly = disjoint([finding(0, 8, "A", 0.6), finding(5, 12, "B", 0.9)], text)
    assert [(f.start, f.end, f.entity) for f in partly] == [(0, 5, "A"), (5, 12, "B")]
    assert [f.entity for f in disjoint([finding(0, 5, "A", 0.6), finding(0, 5, "B", 0.9)], text)] == ["B"]
    dot = disjoint([finding(0, 10, "A", 0.9), finding(4, 11, "B", 0.6)], text)
    assert [(f.start, f.end) for f in dot] == [(0, 10)]


@given(st.lists(st.tuples(st.integers(0, 38), st.integers(1, 20), st.sampled_from((0.5, 0.7, 0.9))), max_size=12))
def test_however_findings_overlap_none_does_afterwards_and_all_of_them_stays_hidden(
    made: list[tuple[int, int, float]],
) -> None:
    text = "1 3 " * 15
    found = [finding(start, start + size, "X", score) for start, size, score in made]
    kept = disjoint(found, text)
    assert all(one.start < one.end <= other.start for one, other in pairwise(kept))
    hidden = {n for f in kept for n in range(f.start, f.end)}
    assert {n for f in found for n in range(f.start, f.end) if text[n] != " "} <= hidden


def test_spans_of_a_whole_text_have_its_offsets() -> None:
    text = "Ring １３８ １２３４ ５６７８, or write to a@example.com."
    found = spans(text, Analyzer().find)
    assert [(text[f.start : f.end], f.entity) for f in found] == [
        ("１３８ １２３４ ５６７８", "PHONE"), ("a@example.com", "EMAIL"),
    ]  # fmt: skip
