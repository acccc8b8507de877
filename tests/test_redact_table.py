"""The table finds what it should in any writing, leaves what only looks alike, and stays quick on hostile text."""

from __future__ import annotations

import random
import re
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from ragbox.redact.custom import Custom, CustomPattern
from ragbox.redact.folding import fold
from ragbox.redact.lexer import Lexer
from ragbox.redact.matcher import Match, Matcher
from ragbox.redact.pieces import Kind
from ragbox.redact.recognizers import recognizers, rules, searches
from ragbox.redact.rule import THRESHOLD, Rule, in_context, labelled_otherwise
from ragbox.redact.table import RULES

from .pii.generator import texts as texts_of_all_kinds
from .redact_texts import PIECES

MATCHER = Matcher(RULES)

FOUND = {
    "EMAIL": "write to [anna.li+hr@mail.example.co.uk] | 邮箱[zhang.wei@example.cn]或 | [anna (at) example (dot) com]"
    " | [anna at mail(dot)example(dot)com]"
    " | [o'brien@example.ie] | [anna at example dot com] | [jürgen@example.de]",
    "PHONE": "[13812345678] | 手机号[138 1234 5678]已 | [+86 138-1234-5678] | [1 3 8 1 2 3 4 5 6 7 8] | [010-62345678]"
    " | 电话：[010-62345678转123] | 传真 [62345678] | [(021)58881234] | [400-820-8820] | 客服热线[4008208820]"
    " | [+1 (212) 555-0143] | [(212) 555-0143 ext. 12] | call [2125550143] | [020 7946 0958] | [07700 900123]"
    " | [0044 20 7946 0958] | [+49 (0)30 12345678] | Tel. [030 12345678] | [06 12 34 56 78] | [06.12.34.56.78]"
    " | [+852 9123 4567] | you can call [73 448 266] | [(978) 645-9740 x11144] | tel:[+442079460958]"
    " | Tel: [(33) 5 62 21 62 00] | 请先打[4008615167]"
    " | 改拨[4008123388] | on [0151 26808392]. | [0151 25377502 x527] | [1 206 914 7539] | [+86 24 7159 1846-7485]"
    " | [+33 6 12 46 05 93 x596],",
    "ID": "[11010519491231002X] | [110105 19491231 002x] | 身份证[1101 0519 4912 3100 2X] | 老身份证 [110105491231002]"
    " | HKID [A123456(3)] | 香港身份证 [A1234563] | [AB 12 34 56 C] | driver's license number is [A56319335]"
    " | 台湾身份证[A123456789] | 澳门居民[1234567(8)]",
    "PASSPORT": "护照号码：[E12345678] | passport no. [EA1234567] | passport number [123456789] | Passport: [X1234567]"
    " | 持[E12345678]号因私护照"
    " | Passport No. [C01X94T01]",
    "PERMIT": "港澳通行证[C12345678] | 回乡证号[H1234567890] | 台胞证 [12345678] | 往来港澳通行证：[CA1234567]"
    " | 持[C12345678]号港澳通行证的同事",
    "CARD": "[4111 1111 1111 1111] | [4111-1111-1111-1111] exp 12/29 | [378282246310005] | [30569309025904]"
    " | 12 [4111 1111 1111 1111] | [4111 1111 1111 1111] 123 | [6212345678901232] | [2223003122003222]",
    "IBAN": "[DE89 3704 0044 0532 0130 00] | [GB29NWBK60161331926819] | [gb29nwbk60161331926819] today"
    " | [D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0]",
    "SSN": "[536-90-4399] | Form W-2 lists [254.58.1523] | [829 32 8968]"
    " | SSN [536904399] | social security number: [536 90 4399]",
    "COMPANY_CODE": "代码[91350100M000100Y43]， | [91350100 M000100Y 43]",
    "PLATE": "车牌[京A12345]， | [沪A·D12345] | [粤BD12345] | [苏E 8K88P] | [粤Z1234港] | [川A-88888]",
    "WECHAT": "微信号：[zhang_wei88] | 加我微信[abc12345] | WeChat ID: [anna_li] | vx: [abc_12345]"
    " | on WeChat ([sunny-abc4583])."
    " | sales on WeChat as [LeoWang-889668] | 微信号\t[zhang_wei88]",
    "QQ": "QQ：[12345678] | QQ 号 [987654321] | qq[10001]",
    "IP": "[192.168.1.100] | 端[2001:db8::554e:8469]连接 | from [203.0.113.45:8080] | IP [10.0.0.1]"
    " | 服务器地址[10.1.2.3] | [::ffff:192.0.2.1]"
    " | [2001:db8::8a2e:370:7334]",
    "MAC": "[00:1A:2B:3C:4D:5E] | [B9B5.54DA.9248] | MAC：[00:1A:2B:3C:4D:5E]"
    " | [00-1a-2b-3c-4d-5e] | MAC address [001A.2B3C.4D5E]",
    "URL": "[https://user:pa55w0rd@example.com/x] | [https://example.com/a?token=abcdef123456&b=1]"
    " | [redis://:hunter22@cache:6379/0]",
    "SECRET": "[AKIAIOSFODNN7EXAMPLE] | [ghp_abcdefghijklmnopqrstuvwxyz0123456789] | [sk-proj-Abc_def-0123456789abcXYZ]"
    " | [eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def_123] | Bearer [abcdef0123456789abcdef] | password: [hunter2]"
    ' | 密码：[Abc@1234] | 初始密码为[123456] | pwd=[letme!n99] | api_key=[0123abcd4567efgh] | "password": "[s3cr3t!]"'
    " | Use password [Orion@rohS6] | the token is [9f8e7d6c5b4a3210] | DB_PASSWORD=[P@ssw0rd!]"
    " | [MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj]"
    " | key [fGrdq3cJ+x9Ms0Q/2wVn8Kpb5ZyT7uHaLe4iJmOo1XtUvC6Rg==]",
    "PRIVATE_KEY": "[-----BEGIN RSA PRIVATE KEY----- MIIE abc= -----END RSA PRIVATE KEY-----]"
    " | [-----BEGIN OPENSSH PRIVATE KEY----- b3Blb]"
    " | [x9Ms0Q= -----END RSA PRIVATE KEY-----]",
    "BIRTH_DATE": "born on [12 March 1985] | DOB: [03/12/1985] | 出生日期：[1985年3月12日] | 男，[1985年3月12日]出生"
    " | born in Leeds on [4 May 1990] | 生日 [1985-03-12] | 生于[一九八五年三月十二日] | birthday: [March 12th, 1985]"
    " | [12/03/1985] (DOB)",
}

KEPT = """订单号：6222021234567890128，已发货 | Order no. 13812345678 shipped | ISBN 978-7-302-51234-5
IMEI 356938035643809 | 2026-11-21T10:15:32.123456Z INFO request 1234567890 took 250 ms | ts=1700000000000
15 000 000 000 元 | 合同编号2023-0456-7789，金额人民币1,200,000.00元 | 身份证号110105194912310021无效
part 0402-0603-0805 | SKU 00123 456 789 | version 10.0.2.14 | see section 3.1.2.4 | 版本2.14.3.1
uuid 123e4567-e89b-42d3-a456-426614174000 | std::vector | 12:34:56 | the password must contain 8 characters
Password: required | 密码：请联系管理员 | max_tokens=2048 | 密码为8-16位 | 微信支付已开通
签订日期：2024-03-12 | 合同于1985年3月12日生效 | born in 20 countries | requests@2.28.1 | +1 250 000 000
出生日期不详，入职日期：2020-03-01 | 1929年出生。会议于2000年9月28日 | GB/T 19001-2016
HS code 0975.01.30.67 | EAN 4006381333931 | commit 13812345678abcdef0123 | 350203196210213603
公司京A股
DOI: 10.1007/s00247-017-3827-8
C12345678号厂房通行 | on WeChat (cross-border)
passports were checked | https://example.com/a?page=2&q=token | 172 85 55 51 49 | 新A座1234室 | E12345678
9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08
sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K4uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC
9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 | https://example.com/Reports/Annual2024/Finance/Europe/Statements/Quarter3
AbstractAnnotationConfigDispatcherServletInitializer2Test
/opt/Data/Shared/Projects/Archive2023/Contracts/Signed/Originals
12345678 | A1234563 | M8 x 40, 10 000 x 250 x 12 mm | 21.11.2026 08:30-17:00"""


def judged(text: str, before: str = "") -> list[Match]:
    """Return what counts in a text, as the analyzer has it: the surest of what overlaps."""
    text = fold(text).text

    def score(match: Match) -> float:
        near = in_context(match.context, (before + text[: match.start])[-40:])
        return max(match.score, match.with_context if near else 0)

    kept: list[Match] = []
    for match in sorted(MATCHER.find(text, before), key=lambda m: (-score(m), m.start - m.end)):
        if score(match) >= THRESHOLD and all(match.end <= k.start or k.end <= match.start for k in kept):
            kept.append(match)
    return kept


CASES = [(entity, case) for entity, cases in FOUND.items() for case in cases.split(" | ")]


@pytest.mark.parametrize(("entity", "case"), CASES, ids=[case for _, case in CASES])
def test_each_kind_is_found_from_its_first_to_its_last_sign(entity: str, case: str) -> None:
    head, value, tail = re.split(r"\[(?=\S)|\](?=[^\]]*$)", case)
    text = fold(head + value + tail).text
    assert [(m.entity, text[m.start : m.end]) for m in judged(text)] == [(entity, fold(value).text)]


@pytest.mark.parametrize("around", ["#.", "(#)", "#。", '"#"', "**#**", "`#`", "| # |"])
def test_punctuation_and_markup_around_a_value_hide_nothing(around: str) -> None:
    head, tail = around.split("#")
    for entity, case in CASES:
        before, value, after = re.split(r"\[(?=\S)|\](?=[^\]]*$)", case)
        if not after:
            text = fold(f"{before}{head}{value}{tail}").text
            shown = [text[m.start : m.end] for m in judged(text) if m.entity == entity]
            assert any(fold(value).text in s for s in shown), text


@pytest.mark.parametrize("text", [case for line in KEPT.splitlines() for case in line.split(" | ")])
def test_what_only_looks_like_it_stays(text: str) -> None:
    folded = fold(text).text
    assert [(m.entity, folded[m.start : m.end]) for m in judged(text)] == []


def test_a_label_counts_that_stands_before_the_run() -> None:
    assert [m.entity for m in judged("hunter2", "the password is ")] == ["SECRET"]
    assert [m.entity for m in judged("E12345678", "护照号码: ")] == ["PASSPORT"]
    assert judged("hunter2", "the house is ") == []


def test_a_value_that_began_before_the_run_is_not_found_again() -> None:
    assert judged("(2019-12-04", "密钥:AKIAIOSFODNN7EXAMPLE") == []


def test_a_line_break_with_an_indent_may_stand_inside_a_number() -> None:
    assert [m.entity for m in judged("6212345678\n   901232, 138\n    12345678")] == ["CARD", "PHONE"]


def test_matches_are_placed_in_the_run_and_not_in_what_is_before() -> None:
    (match,) = judged("13812345678", "call 13912345678 or ")
    assert (match.start, match.end) == (0, 11)


def test_the_label_of_another_number_counts_unless_its_own_is_there_too() -> None:
    rule = next(r for r in RULES if r.wary and "card" in r.context)
    assert labelled_otherwise(rule, "invoice no. ")
    assert not labelled_otherwise(rule, "card no. ")
    assert not labelled_otherwise(rule, "the order was paid with ")


def test_context_words_are_whole_words_in_english_and_anywhere_in_chinese() -> None:
    assert in_context(("card", "卡号"), "my Card:")
    assert in_context(("card", "卡号"), "他的卡号是")
    assert not in_context(("card",), "discarded")
    assert not in_context((), "card")


def test_a_rule_below_the_threshold_says_what_raises_it() -> None:
    for rule in RULES:
        if rule.score < THRESHOLD:
            assert rule.context, rule.name
            assert rule.with_context >= THRESHOLD, rule.name
    assert len({rule.name for rule in RULES}) == len(RULES)


HOSTILE = "1|1 |9 8 |4-|1.|a@|+1(|born |born 1|password:|http://a?|DE1 |京A|12/12/|a at a dot ".split("|")


@pytest.mark.clock
def test_hostile_runs_cost_less_than_50_ms_per_1000_characters() -> None:
    for text in HOSTILE:
        run = (text * 256)[:256]
        list(MATCHER.find(run))  # phonenumbers reads its metadata at the first number of a country
        start = time.process_time()
        for _ in range(4):
            list(MATCHER.find(run, "x" * 64))
        assert time.process_time() - start < 0.05, text


@pytest.mark.clock
def test_plain_text_costs_little() -> None:
    words = "The notice period is ninety days from 1 May 2024 under clause 7.2 and costs 1,250 euros".split()
    chance = random.Random(1)
    runs = [" ".join(chance.choices(words, k=8)) for _ in range(100)]
    size = sum(map(len, runs))
    start = time.process_time()
    for run in runs:
        list(MATCHER.find(run, "x" * 64))
    assert (time.process_time() - start) / size < 0.005 / 1000


def test_a_pattern_that_takes_too_long_is_no_finding_but_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragbox.redact.matcher.LONGEST_SEARCH", 0.01)
    slow = Matcher([Rule(entity="X", name="slow", regex=r"(?:a|a|aa)+$", score=1.0)])
    with pytest.raises(TimeoutError):
        list(slow.find("a" * 5000 + "b"))


def test_custom_patterns_join_the_table() -> None:
    custom = Custom(patterns=(CustomPattern(name="STAFF", regex=r"MX\d{4}", context=("staff",), score=0.3),))
    own = list(rules(custom))[-1]
    assert (own.entity, own.score, own.with_context) == ("STAFF", 0.3, THRESHOLD)
    assert list(rules(Custom())) == list(RULES)


def test_presidio_gets_what_the_table_the_names_and_the_addresses_found() -> None:
    by_name = {search.name: search for search in searches(Custom())}
    assert set(by_name) == {"table", "names", "addresses"}
    (table,) = recognizers([by_name["table"]])
    after = SimpleNamespace(found={"table": list(by_name["table"].find("E12345678", "护照在手,"))})
    (result,) = table.analyze("E12345678", ["PASSPORT"], after)
    assert (result.start, result.end, result.score) == (0, 9, 0.3)
    assert "护照" in result.recognition_metadata["context"]
    assert result.recognition_metadata["with_context"] == 0.85
    assert table.analyze("E12345678", ["CARD"], after) == []


def test_a_rule_that_is_not_asked_about_a_run_would_find_nothing() -> None:
    all_asked = Matcher(replace(rule, digits=0, needs=(), latin=False) for rule in RULES)
    texts = [*PIECES, *(given.text for given in random.Random(8).sample(texts_of_all_kinds(6, scale=0.05), 200))]
    lexer = Lexer()
    runs = [p for text in texts for p in (*lexer.feed(text), *lexer.flush()) if p.kind is Kind.RUN]
    assert len(runs) > 400
    for run in runs:
        text, before = fold(run.text).text, fold(run.before).text
        found, all_found = (sorted(m.find(text, before), key=repr) for m in (MATCHER, all_asked))
        assert found == all_found, text


def test_the_docs_list_the_table() -> None:
    page = (Path(__file__).parent.parent / "docs" / "privacy.md").read_text(encoding="utf-8")
    expected = [
        f"| `{r.entity}` | {r.name} | {r.score} | {r.with_context or ''} |".replace("|  |", "| |")
        for r in sorted(RULES, key=lambda r: r.entity)
    ]
    assert re.findall(r"^\| `[A-Z_]+` \|.*\|$", page, re.MULTILINE) == expected
