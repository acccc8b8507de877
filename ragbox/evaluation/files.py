"""The question files that a box can be asked by: by name, so that no path of the machine is ever sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ..errors import BadInput, NotFound
from .questions import MOST_BYTES, Question, load

GATE, JUDGED, SAMPLES = "gate", "judged", "samples"
"""Questions that new adapters are tried on, answers that people judged, questions of the sample papers."""
SAMPLE_FILE = Path(__file__).parents[2] / "data" / "samples" / "questions.jsonl"


class QuestionFiles:
    """A folder of question files (`*.jsonl`), and questions that are known by other names."""

    def __init__(self, folder: Path, known: Mapping[str, Callable[[], Sequence[Question]]]) -> None:
        """`known` returns questions by name; one without questions is not listed."""
        self._folder = folder
        self._known = known

    def list(self) -> dict[str, int]:
        """Return how many questions each file has, lines that are none included; those of the box first.

        What is no file, cannot be read, is too large or has a name that is not UTF-8 is left out.
        """
        found = {name: len(questions()) for name, questions in self._known.items()}
        for name, path in self._there().items():
            with suppress(OSError), path.open("rb") as lines:
                if path.stat().st_size <= MOST_BYTES:
                    found[name] = sum(bool(line.strip()) for line in lines)
        return {name: count for name, count in found.items() if count}

    def load(self, name: str) -> Sequence[Question]:
        """Return a file's questions.

        Raises:
            NotFound: there is no file of this name.
            BadInput: it has no questions, or a line is none; names the line.
        """
        known = name in self._known
        there = self._there()
        if not known and name not in there:
            raise NotFound(f"There is no question file {name!r}. Put it into the folder questions/ of the data folder.")
        found = self._known[name]() if known else load(there[name], name)
        if not found:
            raise BadInput(f"The question file {name!r} has no questions. Write some, one a line.")
        return found

    def _there(self) -> dict[str, Path]:
        """Return the files by name: no folder, link to nothing or pipe, at which who reads would wait for ever."""
        found = {}
        for path in sorted(self._folder.glob("*.jsonl")):
            with suppress(OSError, UnicodeEncodeError):
                path.name.encode()
                if path.is_file():
                    found[path.name] = path
        return found


def samples() -> Sequence[Question]:
    """Return the questions of the sample papers, none where they were not installed."""
    return load(SAMPLE_FILE) if SAMPLE_FILE.is_file() else ()
