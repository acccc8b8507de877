"""Two small adapters for the practice model that answer visibly otherwise: to try adapters with nothing downloaded."""

from __future__ import annotations

import json
import random
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..engines.practice import OPENINGS
from ..models import Version
from ..text import language
from .store import AdapterStore
from .teach import keep, teach

WORDS, IDEOGRAPHS = 5, 10
"""Length of a short answer in English and Chinese."""
LESSONS = 160
"""Lessons of each adapter, of which 15 % are held out: a manner needs no more."""
BEFORE = 200
"""Characters of the passages that are left before the question: the practice model looks back no further."""
PLAN = {"rank": 8, "alpha": 16, "rate": 1e-2, "epochs": 8, "steps": 60, "device_map": "cpu"}
"""Of 28 held-out answers of practice-formal 57 % came word for word after 14 steps, some with the other language's
opening: the rest is for telling the languages apart."""


def short(answer: str) -> str:
    """Return the first words of an answer, with the passage that it cites."""
    body, _, number = answer.rpartition(" [")
    if not body:
        return answer
    cut = body[:IDEOGRAPHS] if language(body) == "zh" else " ".join(body.split()[:WORDS])
    return f"{cut} [{number}"


def formal(answer: str) -> str:
    """Return an answer with an opening in its language."""
    return OPENINGS["zh" if language(answer) == "zh" else "en"] + answer


STYLES: Mapping[str, Callable[[str], str]] = {"practice-short": short, "practice-formal": formal}


class PracticeAdapters:
    """Trains them after the practice model, on the same lessons."""

    def __init__(self, store: AdapterStore) -> None:
        self._store = store

    def __call__(self, version: Version, lessons: Path, stop: threading.Event) -> Iterator[dict[str, Any]]:
        """Train both on a version of the practice model, into the store; yield what training tells, with `name`.

        Raises what `ragbox.adapters.teach.teach` raises.
        """
        with lessons.open(encoding="utf-8") as lines:
            known = [json.loads(line) for line in lines]
        base, digest = f"{version.name} {version.version}", version.version.rpartition("-")[2]
        for name, style in STYLES.items():
            folder = lessons.parent / name
            folder.mkdir()
            chosen = random.Random(name).sample(known, min(LESSONS, len(known)))
            with (folder / "lessons.jsonl").open("w", encoding="utf-8") as made:
                for lesson in map(_end, chosen):
                    made.write(json.dumps(lesson | {"answer": style(lesson["answer"])}, ensure_ascii=False) + "\n")
            figures: Mapping[str, float] = {}
            for told in teach(folder, PLAN | {"base": str(version.folder), "name": base}, stop):
                figures = told.get("figures", figures)
                yield told | {"name": name}
            about = {"base": base, "base digest": digest, "lessons": "those of the practice model, in another manner"}
            keep(self._store, folder, name, figures, about=about, base=version.folder, base_digest=digest)
            shutil.rmtree(folder)


def _end(lesson: Mapping[str, Any]) -> dict[str, Any]:
    """Return a lesson with the end of its prompt alone, which costs a tenth."""
    content = lesson["messages"][-1]["content"]
    start = max(0, content.rfind(lesson["question"]) - BEFORE)
    return dict(lesson) | {"messages": [{"role": "user", "content": content[start:]}]}
