"""Sentences of reading sets as a model might write them, true ones and ones with one error planted. It knows no check.

What is planted: a number changed, a date moved, a name swapped, a negation put in or taken out, a unit changed, a
sentence of another passage. True ones: the sentence itself, a clause moved, numbers written otherwise, synonyms, cut
short, and what a person's question and its answer tell together ("Who leads it?" "Ann" makes "Ann leads it").
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ragbox.text import sentences

from . import reworded
from .reworded import MONTH, MONTHS, YEAR

PLANTED = ("number", "date", "name", "negation", "unit", "elsewhere")
TRUE = ("same", "moved", "format", "synonym", "short", "told")
_NUMBER = re.compile(
    r"(?<![\w.,/-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w/-]|[.,]\d)|(?<=[\u4e00-\u9fff约])\d+(?:\.\d+)?(?=[\u4e00-\u9fff%])"
)
_UNITS = [tuple(p.replace("_", " ").split("/")) for p in (
    "years/months days/weeks hours/minutes miles/kilometres kilometres/miles km/miles metres/feet million/billion "
    "billion/million %/_million percent/million kg/tonnes months/years business_days/weeks "
    "平方公里/公顷 公里/公尺 米/公里 公尺/公里 小时/分钟 小時/分鐘 天/周 万/亿 萬/億 亿/万 "
    "美元/日元 %/人 岁/个月 公斤/吨 人/公斤"
).split()]  # fmt: skip
_NAME = re.compile(rf"(?<=[a-z]{{3}} )(?!(?:{MONTH}|I|MUST|MAY|NOT|SHOULD|SHALL)\b)[A-Z][a-z]+(?: [A-Z][a-z]+)*")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PERSON = re.compile(r"\bwho\b|谁|誰|哪位|何人", re.I)
_PLACE = re.compile(
    r"\bwhere\b|\b(?:what|which) (?:country|city|state|river|region|company|university|group|party)\b|"
    r"哪里|哪裡|哪儿|哪国|哪國|哪个国家|哪個國家|哪座|哪个城市|哪個城市|什么地方|什麼地方|哪所|哪家",
    re.I,
)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One sentence beside its passage (`near`: other passages of its article)."""

    set: str
    article: str
    language: str
    kind: str
    claim: str
    passage: str
    near: tuple[str, ...]

    @property
    def planted(self) -> bool:
        return self.kind in PLANTED


def load(path: Path) -> list[tuple[str, str, list[dict]]]:
    """Return (article, paragraph, questions) of a set in SQuAD's format."""
    data = json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())["data"]
    return [(a.get("title", ""), p["context"], p["qas"]) for a in data for p in a["paragraphs"]]


def documents(folder: Path) -> list[tuple[str, str, list[dict]]]:
    """Return the same of a folder with questions.jsonl: each document an article, cut at about 1,200 characters."""
    import pypdfium2

    texts = {}
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".pdf", ".txt")):
        if path.suffix == ".pdf":
            text = "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))
        else:
            text = path.read_text("utf-8")
        texts[path.relative_to(folder).as_posix()] = re.sub(r"\s*\n(?=\s*[a-z(])", " ", text.replace("\r", ""))
    asked = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    found = []
    for name, text in texts.items():
        wanted = [
            (q["question"], q["answer"], s) for q in asked if name in q["source_docs"] for s in q["expected_strings"]
        ]
        for m in re.finditer(r"(?s).{900,1200}?(?:[.!?]\s|\n\s*\n)|.{1,1200}", text):
            qas = [
                {"question": q, "told": told, "answers": [{"text": s, "answer_start": m[0].index(s)}]}
                for q, told, s in wanted
                if s in m[0]
            ]
            found.append((name, m[0], qas))
    return found


def items(name: str, paragraphs: list[tuple[str, str, list[dict]]], limit: int) -> Iterator[Item]:
    """Yield true and planted sentences of a set, made of at most `limit` of its questions."""
    draw = random.Random(name)
    chinese = bool(re.search(r"[\u4e00-\u9fff]", paragraphs[0][1]))
    names = _names(paragraphs)
    near = defaultdict(list)
    for article, text, _ in paragraphs:
        near[article].append(text)
    gold = [g for article, text, qas in paragraphs for g in _sentences(article, text, qas)]
    draw.shuffle(gold)
    for g in gold[:limit]:
        article, text, sentence, question, answer, told = g
        others = tuple(t for t in near[article] if t != text)
        others = tuple(draw.sample(others, min(4, len(others))))
        made = [
            ("same", sentence), ("moved", reworded.moved(sentence, chinese)), ("told", told),
            ("format", reworded.format(sentence, chinese)), ("synonym", reworded.synonym(sentence)),
            ("short", reworded.short(sentence, answer, chinese)),
            ("elsewhere", _elsewhere(article, text, others, gold, draw)),
        ]  # fmt: skip
        for true in filter(None, (sentence, told)):
            made += [
                ("number", _number(true, text, draw)), ("date", _date(true, draw)), ("unit", _unit(true)),
                ("name", _name(true, text, question, answer, article, names, draw)),
                ("negation", _negation(true, chinese)),
            ]  # fmt: skip
        for kind, claim in made:
            if claim and (kind == "same" or claim not in (sentence, told) or (kind == "told" and claim != sentence)):
                yield Item(set=name, article=article, language="zh" if chinese else "en", kind=kind, claim=claim,
                           passage=text, near=others)  # fmt: skip


def _sentences(article: str, text: str, qas: list[dict]) -> Iterator[tuple[str, str, str, str, str, str]]:
    seen = set()
    for q in qas:
        for a in q["answers"][:1]:
            for start, end in sentences(text):
                if start <= a["answer_start"] < end and (start, end) not in seen and 12 < end - start < 400:
                    seen.add((start, end))
                    told = q.get("told", reworded.told(q["question"], a["text"].strip("。，. ")))
                    told = told if len(sentences(told)) == 1 else ""
                    yield article, text, text[start:end], q["question"], a["text"], told


def _names(paragraphs: list) -> dict[str, list[tuple[str, str, str]]]:
    """Return answers that are names, by what was asked for, as (article, paragraph, name)."""
    found = defaultdict(list)
    for article, text, qas in paragraphs:
        for q in qas:
            for a in q["answers"][:1]:
                if kind := _asked(q["question"], a["text"]):
                    found[kind].append((article, text, a["text"].strip("。，. ")))
        for name in [] if _HAN.search(text) else _NAME.findall(text):
            found[f"{len(name.split())} words"].append((article, text, name))
    return found


def _asked(question: str, answer: str) -> str:
    named = re.fullmatch(r"(?:[A-Z][\w'-]+ ?){1,4}|[\u4e00-\u9fff·]{2,8}", answer.strip("。，. "))
    if not named:
        return ""
    return "person" if _PERSON.search(question) else "place" if _PLACE.search(question) else ""


def _name(sentence: str, text: str, question: str, answer: str, article: str, names: dict, draw: random.Random) -> str:
    """Swap the answer for another name: of the passage where there is one, else of the article, else of another."""
    own, kind = answer.strip("。，. "), _asked(question, answer)
    if (not kind or own not in sentence) and (written := _NAME.findall(sentence)):
        own = draw.choice(written)
        kind = f"{len(own.split())} words"
    if not kind or own not in sentence:
        return ""

    def fits(n: str) -> bool:
        return n not in sentence and n not in own and own not in n and n[-1:] not in "的在是"

    tiers: tuple[Callable[[str, str], bool], ...] = (
        lambda _, t: t == text, lambda a, _: a == article, lambda *_: True
    )  # fmt: skip
    for tier in tiers:
        if found := sorted({n for a, t, n in names[kind] if tier(a, t) and fits(n)}):
            return sentence.replace(own, draw.choice(found))
    return ""


def _number(sentence: str, text: str, draw: random.Random) -> str:
    found = [m for m in _NUMBER.finditer(sentence, 4) if not (YEAR.fullmatch(m[0]) or _dated(sentence, m))]
    if not found:
        return ""
    m = draw.choice(found)
    near = [
        n[0]
        for n in _NUMBER.finditer(text)
        if n[0] not in sentence and not YEAR.fullmatch(n[0]) and not _dated(text, n)
    ]
    value = float(m[0].replace(",", ""))
    other = draw.choice(near) if near and draw.random() < 0.5 else f"{value * draw.choice([2, 3, 10]) + 1:,.0f}"
    return sentence[: m.start()] + other + sentence[m.end() :]


def _dated(text: str, m: re.Match[str]) -> bool:
    after, before = text[m.end() :], text[: m.start()]
    return bool(re.match(rf"\s?[年月日号號]|st|nd|rd|th| (?:{MONTH})", after) or re.search(rf"(?:{MONTH}) \Z", before))


def _date(sentence: str, draw: random.Random) -> str:
    changes = []
    for m in YEAR.finditer(sentence):
        changes.append((m, str(int(m[0]) + draw.choice([-30, -7, -3, -1, 1, 2, 5, 10]))))
    for m in re.finditer(rf"\b(?:{MONTH})\b(?= \d)|(?<=\d )(?:{MONTH})\b", sentence):
        changes.append((m, draw.choice([n for n in MONTHS if n != m[0]])))
    for m in re.finditer(r"(?<=年)\d{1,2}(?=月)|(?<=月)\d{1,2}(?=日)", sentence):
        changes.append((m, str(int(m[0]) % 12 + 1)))
    if not changes:
        return ""
    m, other = draw.choice(changes)
    return sentence[: m.start()] + other + sentence[m.end() :]


def _negation(sentence: str, chinese: bool) -> str:
    if chinese:
        if m := re.search(r"(?<![一二三四五六七八九])(?:不(?=[是能会可得再])|没有|沒有|未(?=[能被有曾]))", sentence):
            return sentence[: m.start()] + sentence[m.end() :]
        for word in ("可以", "能够", "能夠", "是", "有", "会", "會", "位于", "位於"):
            if m := re.search(
                rf"(?<![不没沒未只但还還就也都于於凡总總若如或而便可已大所具拥擁仅僅正])(?:{word})(?![些关關所])",
                sentence,
            ):
                return sentence[: m.start()] + ("没" if m[0] == "有" else "不") + sentence[m.start() :]
        return ""
    if m := re.search(r" not(?! only)(?= )", sentence):
        return sentence[: m.start()] + sentence[m.end() :]
    return re.sub(
        r"\b(is|are|was|were|can|may|must|shall|should|will|would|could)\b(?! not)", r"\1 not", sentence, count=1
    )


def _unit(sentence: str) -> str:
    for unit, other in _UNITS:
        if m := re.search(rf"(?<=\d)( ?-?){re.escape(unit)}(?![a-z\u4e00-\u9fff]?[a-z口次月年])", sentence):
            return sentence[: m.start()] + m[1] + other + sentence[m.end() :]
    return ""


def _elsewhere(article: str, text: str, near: tuple[str, ...], gold: list, draw: random.Random) -> str:
    """Return a sentence of another passage of the article, or else of another article, that stands in none given."""
    found = [g for g in gold if g[0] == article and g[1] != text and g[1] not in near]
    return draw.choice(found or [g for g in gold if g[0] != article])[2]
