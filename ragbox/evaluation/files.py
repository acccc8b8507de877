"""The question files that a box can be asked by: by name, so that no path of the machine is ever sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..errors import BadInput, NotFound
from .questions import Question, load

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
        """Return how many questions each file has, lines that are none included; those of the box first."""
        found = {name: len(questions()) for name, questions in self._known.items()}
        for path in sorted(self._folder.glob("*.jsonl")):
            found[path.name] = sum(bool(line.strip()) for line in path.read_bytes().split(b"\n"))
        return {name: count for name, count in found.items() if count}

    def load(self, name: str) -> Sequence[Question]:
        """Return a file's questions.

        Raises:
            NotFound: there is no file of this name.
            BadInput: it has no questions, or a line is none; names the line.
        """
        known = name in self._known
        if not known and name not in {path.name for path in self._folder.glob("*.jsonl")}:
            raise NotFound(f"There is no question file {name!r}. Put it into the folder questions/ of the data folder.")
        found = self._known[name]() if known else load(self._folder / name)
        if not found:
            raise BadInput(f"The question file {name!r} has no questions. Write some, one a line.")
        return found


def samples() -> Sequence[Question]:
    """Return the questions of the sample papers, none where they were not installed."""
    return load(SAMPLE_FILE) if SAMPLE_FILE.is_file() else ()
