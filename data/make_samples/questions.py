"""Writes questions.jsonl and questions_hard.jsonl: puts every question of content/questions.txt on its page.

A block of the source opens with `# file` (several, parted by ` + `); each line under it holds
`question | answer` or `question | answer; other spelling | anchor`. The gold pages are those which hold an
answer and the anchor, a text that stands close to the answer only where it is meant.

Two blocks hold unanswerable questions, `question | text & text`:

- `# unanswerable`, of the everyday kind: the papers treat the topic, but not for the site, customer, product or
  month that is named. The first text is that name, the second the topic; no paper may hold both. They are a
  part of questions.jsonl, which measures the box as it is used.
- `# unanswerable, hard`: the right paper, the right people, and only what is asked is stated nowhere: no page
  of any file may hold all the texts. They are questions_hard.jsonl, apart, because they measure what needs a
  reader: who only compares words cannot tell them from answerable questions in other words.
"""

import json
import re
from functools import cache
from pathlib import Path

from .blocks import CONTENT
from .pages import holds, pages, squeeze

HAN = re.compile(r"[\u4e00-\u9fff]")
NEAR, HARD = "unanswerable", "unanswerable, hard"
FILE, HARD_FILE = "questions.jsonl", "questions_hard.jsonl"


def absent(heading: str) -> dict[str, list[str]]:
    """The texts that must not stand together, for every question of an unanswerable block."""
    pairs = (line.split(" | ") for line in _blocks()[heading])
    return {question: [squeeze(text) for text in texts.split(" & ")] for question, texts in pairs}


def write(samples: Path) -> int:
    """Write both files and return the number of questions in them."""
    blocks = _blocks()
    hard = {HARD: blocks.pop(HARD)}
    return _write(samples, FILE, blocks, "") + _write(samples, HARD_FILE, hard, "hard-")


def _write(samples: Path, name: str, blocks: dict[str, list[str]], prefix: str) -> int:
    """Write one file, its questions numbered by language, and return their number."""
    counts = {"en": 0, "zh": 0}
    with (samples / name).open("w", encoding="utf-8") as out:
        for heading, block in blocks.items():
            for line in block:
                entry = _entry(samples, heading, line)
                language = "zh" if HAN.search(entry["question"]) else "en"
                counts[language] += 1
                entry = {"id": f"{prefix}{language}-{counts[language]:03}"} | entry
                out.write(json.dumps(entry, ensure_ascii=False) + "\n")
    return sum(counts.values())


def _blocks() -> dict[str, list[str]]:
    """The lines of the source under their headings."""
    blocks: dict[str, list[str]] = {}
    for line in (CONTENT / "questions.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            block = blocks[line[2:]] = []
        elif line:
            block.append(line)
    return blocks


def _entry(samples: Path, heading: str, line: str) -> dict:
    """One question with its gold pages."""
    question, *rest = (part.strip() for part in line.split(" | "))
    if heading in (NEAR, HARD):
        return {"question": question, "answer": "", "gold": [], "unanswerable": True}
    answers = [answer.strip() for answer in rest[0].split(";")]
    anchor = squeeze(rest[1]) if len(rest) > 1 else ""
    files = heading.split(" + ")
    gold = [
        {"file": file, "page": number}
        for file in files
        for number, text in enumerate(_texts(samples / file), 1)
        if anchor in squeeze(text) and any(holds(text, answer) for answer in answers)
    ]
    if missing := set(files) - {place["file"] for place in gold}:
        raise ValueError(f"no page of {missing} answers: {line}")
    answer = answers[0] if len(answers) == 1 else answers
    return {"question": question, "answer": answer, "gold": gold, "unanswerable": False}


@cache
def _texts(path: Path) -> list[str]:
    return pages(path)
