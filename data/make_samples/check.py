"""Checks data/samples/: every answer on its gold page, no stray files, and the promised numbers.

Run from the repository root, after `python -m data.make_samples`:

    python -m data.make_samples.check
"""

import json
import sys

from .__main__ import SAMPLES
from .pages import holds, pages, squeeze
from .questions import FILE, HAN, HARD, HARD_FILE, NEAR, absent

FIELDS = ["id", "question", "answer", "gold", "unanswerable"]


def problems() -> list[str]:
    """Everything that is wrong with the samples, one line each."""
    files = {str(path.relative_to(SAMPLES)): path for path in sorted(SAMPLES.glob("*/*"))}
    texts = {name: pages(path) for name, path in files.items()}
    questions, hard = _read(FILE), _read(HARD_FILE)
    found = [line for question in questions + hard for line in _wrong(question, texts)]
    found += [f"{question['id']}: answerable, in {HARD_FILE}" for question in hard if not question["unanswerable"]]
    asked = {place["file"] for question in questions for place in question["gold"]}
    found += [f"no question about {name}" for name in files if name not in asked]
    found += [
        f"{question} may be answered by {name}, page {number}"
        for question, marks in absent(HARD).items()
        for name, parts in texts.items()
        for number, text in enumerate(parts, 1)
        if all(mark in squeeze(text) for mark in marks)
    ]
    papers = {name: squeeze("".join(parts)) for name, parts in texts.items()}
    named = absent(NEAR)
    found += [line for question, (thing, topic) in named.items() for line in _near(question, thing, topic, papers)]
    open_ended = [question for question in questions if question["unanswerable"]]
    chinese = [question for question in questions if HAN.search(question["question"])]
    size = sum(path.stat().st_size for path in files.values())
    elsewhere = sum(any(thing in paper for paper in papers.values()) for thing, _ in named.values())
    numbers = {
        "questions": (len(questions), 90),
        "Chinese questions": (len(chinese), max(45, len(questions) // 2)),
        "unanswerable": (len(open_ended), 18),
        "Chinese unanswerable": (sum(question in chinese for question in open_ended), len(open_ended) // 2),
        "unanswerable, name in another paper": (elsewhere, len(open_ended) // 3),
        "hard": (len(hard), 18),
        "files": (len(files), 22),
        "Chinese files": (sum(bool(HAN.search(name)) for name in files), 8),
    }
    for name, (count, least) in numbers.items():
        print(f"{name}: {count}")
        if count < least:
            found.append(f"{name}: {count}, fewer than {least}")
    print(f"size: {size / 1e6:.2f} MB")
    if size > 15e6:
        found.append("more than 15 MB")
    if len({question["id"] for question in questions + hard}) < len(questions + hard):
        found.append("an id occurs twice")
    return found


def _read(name: str) -> list[dict]:
    return [json.loads(line) for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines()]


def _near(question: str, thing: str, topic: str, papers: dict[str, str]) -> list[str]:
    """What is wrong with one near miss: it must name the thing, and papers must treat the topic without it."""
    about = [name for name, paper in papers.items() if topic in paper]
    found = [f"{question} may be answered by {name}" for name in about if thing in papers[name]]
    if thing not in squeeze(question):
        found.append(f"{question} does not name {thing}")
    if not about:
        found.append(f"{question} is about {topic}, which no paper treats")
    return found


def _wrong(question: dict, texts: dict[str, list[str]]) -> list[str]:
    """What is wrong with one question."""
    found = []
    name = question["id"]
    if list(question) != FIELDS:
        found.append(f"{name}: fields {list(question)}")
    if question["unanswerable"]:
        return found + ([f"{name}: has an answer"] if question["answer"] or question["gold"] else [])
    answer = question["answer"]
    answers = [answer] if isinstance(answer, str) else answer
    if not question["gold"]:
        found.append(f"{name}: no gold page")
    for place in question["gold"]:
        text = texts[place["file"]][place["page"] - 1]
        if not any(holds(text, spelling) for spelling in answers):
            found.append(f"{name}: {answer} is not on {place}")
    if any(len(spelling) > 4 and holds(question["question"], spelling) for spelling in answers):
        found.append(f"{name}: the question gives the answer away")
    return found


if __name__ == "__main__":
    faults = problems()
    print("\n".join(faults) or "all answers are in their place")
    sys.exit(bool(faults))
