"""What a reader learns from: questions with their spans in windows of text, and spans that recur in any text.

An example is (question, passage, start, end), start and end in characters, -1 where the passage does not answer.
Recurring-span selection (Ram et al. 2021): a sentence that holds a name or number asks for it, another place of the
same text that holds it answers. Where none is near in words, the sentence's own place does, its words thinned out.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ragbox.text import sentences

Example = tuple[str, str, int, int]
WINDOW = 400
"""Characters of a passage cut from a long text, at most; with the sentence that holds the answer at any place of it."""
NEAR = range(2, 9)
"""Content words that two sentences share which are near, but not the same sentence again."""
OFTEN = 40
"""Places of a span beyond which it tells nothing."""
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_STOP = frozenset(
    "a an the of in on at to for from by with and or but is are was were be been being has have had do does did that "
    "this these those it its as not no which who whom whose what when where why how than then there their they he she "
    "his her him them we our you your i such any all each other into over under between after before during within "
    "without may shall will would can could should if".split()
)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_SPAN = re.compile(
    rf"\b(?:(?:{_MONTH})\s+\d{{1,2}}(?:,\s*\d{{4}})?|\d{{1,2}}\s+(?:{_MONTH})(?:\s+\d{{4}})?|(?:{_MONTH})\s+\d{{4}}"
    r"|[$£€]?\d[\d,.]*\d\s*(?:%|percent|million|billion|days|years|months)?|\d+\s*(?:%|percent|days|years|months)"
    r"|[A-Z][a-z]{2,}(?:\s+(?:of\s+|the\s+)?[A-Z][a-z]+){0,3}|[A-Z]{2,}[\w-]*)"
)
_DATE = re.compile(rf"{_MONTH}|^(?:1[5-9]|20)\d\d$")


def load(path: Path) -> list[dict[str, Any]]:
    """Return the articles of a SQuAD-style file."""
    text = path.read_bytes()
    return json.loads(gzip.decompress(text) if path.suffix == ".gz" else text)["data"]


def halves(articles: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the articles to learn from and those never seen: every second one by title."""
    ordered = sorted(articles, key=lambda a: a["title"])
    return ordered[::2], ordered[1::2]


def clause(question: str) -> str:
    """Return what a CUAD question asks, without the form around it."""
    found = re.search(r'related to "([^"]+)".*?Details:\s*(.*)', question, re.S)
    return f"{found[1]}: {found[2]}" if found else question


def examples(articles: Sequence[dict[str, Any]], rng: random.Random) -> tuple[list[Example], list[Example]]:
    """Return the answerable and the unanswerable examples of a set; long texts are cut to windows.

    Beside what the set calls unanswerable, the paragraph of the same article that shares most rare words asks in vain.
    """
    right, wrong = list[Example](), list[Example]()
    for article in articles:
        texts = [p["context"] for p in article["paragraphs"]]
        words = [_content(text) for text in texts]
        rare = Counter(word for found in words for word in found)
        for n, paragraph in enumerate(article["paragraphs"]):
            for qa in paragraph["qas"]:
                question, answers = clause(qa["question"]), qa["answers"]
                at = rng.randrange(len(texts[n]))
                start, end = at, at + 1
                if answers:
                    start = answers[0]["answer_start"]
                    end = start + len(answers[0]["text"].rstrip())
                cut = _window(texts[n], start, end, rng)
                if cut and answers:
                    right.append((question, *cut))
                elif cut and not any(a["text"][:60] in cut[0] for a in answers):
                    wrong.append((question, cut[0], -1, -1))
                asked = _content(question)
                others = [m for m in range(len(texts)) if m != n and answers and answers[0]["text"] not in texts[m]]
                if others:
                    near = max(others, key=lambda m: sum(1 / rare[w] for w in asked & words[m]))
                    wrong.append((question, texts[near], -1, -1))
    return right, wrong


def recurring(texts: Sequence[str], rng: random.Random, most: int) -> list[Example]:
    """Return at most so many examples out of plain texts; a tenth of them has no answer."""
    found = list[Example]()
    for text in texts:
        places, spans = [(a, b) for a, b in sentences(text) if 50 < b - a < 400], defaultdict(list)
        for n, (start, end) in enumerate(places):
            for match in _SPAN.finditer(text, start + 1, end):
                if len(match[0]) > 1 and match[0].lower() not in _STOP:
                    spans[match[0]].append((n, match.start(), match.end()))
        words = [_content(text[a:b]) for a, b in places]
        for span, where in spans.items():
            if len(where) > OFTEN:
                continue
            rng.shuffle(where)
            for n, start, end in where[:3]:
                a, b = places[n]
                question = _ask(text[a:b], start - a, end - a, rng)
                if not question:
                    continue
                shared = {m: len((words[n] & words[m]) - _content(span)) for m, *_ in where if words[m] != words[n]}
                other = max((w for w in where if shared.get(w[0], 0) in NEAR), key=lambda w: shared[w[0]], default=None)
                cut = _window(text, *(other[1:] if other else (start, end)), rng)
                if rng.random() < 0.1:
                    at = rng.randrange(len(text))
                    cut = _window(text, at, at + 1, rng)
                    cut = (cut[0], -1, -1) if cut and span not in cut[0] else None
                if cut and not (other and text[a:b] in cut[0]):
                    found.append((question, *cut))
    rng.shuffle(found)
    return found[:most]


def _ask(sentence: str, start: int, end: int, rng: random.Random) -> str:
    """Return a question out of a sentence: a question word for the span, a quarter of the words dropped; "" if bare."""
    span = sentence[start:end]
    word = rng.choice(("who", "what", "which", "where", "what is the name of"))
    if _DATE.search(span):
        word = rng.choice(("when", "what year", "what date", "in what year"))
    elif re.search(r"\d", span):
        word = rng.choice(("how many", "how much", "what number", "what percentage" if "%" in span else "how many"))
    before, after = (
        [w for w in words if rng.random() > (0.35 if w.lower() in _STOP else 0.25)]
        for words in (_WORD.findall(sentence[:start])[-14:], _WORD.findall(sentence[end:])[:14])
    )
    if len(_content(" ".join(before + after))) < 3:
        return ""
    return " ".join([word, *after, *before] if rng.random() < 0.5 else [*before, word, *after]) + "?"


def _window(text: str, start: int, end: int, rng: random.Random) -> tuple[str, int, int] | None:
    """Return whole sentences around a span, and where it is in them; the whole text if it is short."""
    if len(text) <= 3 * WINDOW:
        return text, start, end
    left = max(0, start - 3000)
    places = [(a + left, b + left) for a, b in sentences(text[left : end + 3000])]
    inside = [n for n, (a, b) in enumerate(places) if a < end and b > start]
    if not inside:
        return None
    first, last, want = inside[0], inside[-1], rng.uniform(0.5, 1) * WINDOW
    while places[last][1] - places[first][0] < want and (first > 0 or last < len(places) - 1):
        if first > 0 and (rng.random() < 0.5 or last == len(places) - 1):
            first -= 1
        else:
            last += 1
    a, b = places[first][0], places[last][1]
    return (text[a:b], start - a, end - a) if b - a <= 3 * WINDOW else None


def _content(text: str) -> set[str]:
    return {w.lower() for w in _WORD.findall(text)} - _STOP
