"""Writes questions.jsonl: puts every question of content/questions.txt on the page that answers it.

A block of the source opens with `# file` (several, parted by ` + `); each line under it holds
`question | answer` or `question | answer; other spelling | anchor`. The gold pages are those which hold an
answer and the anchor, a text that stands close to the answer only where it is meant. Under
`# unanswerable` a line is `question | text & text`: no page of any file may hold all of these texts.
"""

import json
import re
from functools import cache
from pathlib import Path

from .blocks import CONTENT
from .pages import holds, pages, squeeze

HAN = re.compile(r"[\u4e00-\u9fff]")


def absent() -> dict[str, list[str]]:
    """The texts of every unanswerable question that must not stand together on a page."""
    source = (CONTENT / "questions.txt").read_text(encoding="utf-8")
    pairs = (line.split(" | ") for line in source.partition("# unanswerable\n")[2].splitlines())
    return {question: [squeeze(text) for text in texts.split(" & ")] for question, texts in pairs}


def write(samples: Path) -> int:
    """Write questions.jsonl and return the number of questions."""
    entries = []
    files: list[str] = []
    for line in (CONTENT / "questions.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            files = line[2:].split(" + ")
        elif line:
            entries.append(_entry(samples, files, line))
    counts = {"en": 0, "zh": 0}
    with (samples / "questions.jsonl").open("w", encoding="utf-8") as out:
        for entry in entries:
            language = "zh" if HAN.search(entry["question"]) else "en"
            counts[language] += 1
            entry = {"id": f"{language}-{counts[language]:03}"} | entry
            out.write(json.dumps(entry, ensure_ascii=False) + "\n")
    return len(entries)


def _entry(samples: Path, files: list[str], line: str) -> dict:
    """One question with its gold pages."""
    question, *rest = (part.strip() for part in line.split(" | "))
    if files == ["unanswerable"]:
        return {"question": question, "answer": "", "gold": [], "unanswerable": True}
    answers = [answer.strip() for answer in rest[0].split(";")]
    anchor = squeeze(rest[1]) if len(rest) > 1 else ""
    gold = [
        {"file": file, "page": number}
        for file in files
        for number, text in enumerate(_texts(samples / file), 1)
        if anchor in squeeze(text) and any(holds(text, answer) for answer in answers)
    ]
    if missing := set(files) - {place["file"] for place in gold}:
        raise ValueError(f"no page of {missing} answers: {line}")
    return {"question": question, "answer": answers[0] if len(answers) == 1 else answers, "gold": gold,
            "unanswerable": False}


@cache
def _texts(path: Path) -> list[str]:
    return pages(path)
