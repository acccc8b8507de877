"""Where to refuse for a stated risk: what a calibration reaches on questions that it has not seen.

    python -m tests.bench.refusal [--evaldata DIR] [--set samples localgpt] [--risk 0.05 0.1 0.2] [--cache DIR]

Every question is asked of the real box without a border, and the border is made for each stated risk
(`ragbox/evaluation/border.py`): its own count, and that of the parts that were left out (5 folds, in the file's order).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from ragbox.box import Box
from ragbox.encoders import make_encoder
from ragbox.errors import BadInput
from ragbox.evaluation.border import fit
from ragbox.evaluation.calibration import curve, error
from ragbox.evaluation.matching import holds
from ragbox.evaluation.questions import load
from ragbox.events import Risk, Text
from ragbox.redact.policy import Style
from ragbox.settings import Settings
from tests.conftest import EVALDATA

from .quality import Cache, Remembering, folder_of, questions

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
SUFFIXES = ".pdf", ".docx", ".pptx", ".xlsx", ".html", ".md", ".txt", ".csv", ".eml"
Asked = tuple[str, Sequence[str]]
"""A question and what a right answer holds one of; nothing where the papers do not answer."""


def asked(evaldata: Path, name: str, scratch: Path) -> tuple[Path, list[Asked]]:
    """Return a set's folder and its questions."""
    if name == "samples":
        found = load(SAMPLES / "questions.jsonl")
        return SAMPLES, [(q.question, q.answers) for q in found if q.answers or q.unanswerable]
    folder = folder_of(evaldata, name, scratch)
    return folder, [(q.question, q.expected) for q in questions(folder, 0) if q.expected]


def judged(folder: Path, rows: Sequence[Asked], encoder: Remembering) -> Iterator[tuple[float, bool]]:
    """Yield (stated risk, whether the answer is wrong) of each question."""
    with tempfile.TemporaryDirectory() as data:
        box = Box(Settings(data=Path(data), redact=Style.OFF, cache_answers=0), encoder=encoder)
        box.open()
        try:
            box.load()
            me, engine = box.auth.local(), box.quoting.unrefusing()
            box.library.create_collection("bench")
            files = [(p, p.relative_to(folder).as_posix()) for p in sorted(folder.rglob("*")) if p.suffix in SUFFIXES]
            list(box.pipeline.ingest_all(me, files, collection="bench"))
            for question, answers in rows:
                hits = box.retriever.search(me, question, collection="bench", k=8)
                pieces = list(engine.answer(question, hits))
                risk = next((p.value for p in pieces if isinstance(p, Risk)), 1.0)
                yield risk, not any(holds(p.text, answers) for p in pieces if isinstance(p, Text))
        finally:
            box.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evaldata", type=Path, default=EVALDATA)
    parser.add_argument("--set", nargs="+", default=["samples", "localgpt"], dest="sets")
    parser.add_argument("--risk", nargs="+", type=float, default=[0.05, 0.1, 0.2])
    parser.add_argument("--cache", type=Path, help="keep vectors here; forgotten afterwards if left out")
    parser.add_argument("--keep", type=Path, help="write the judged answers here, JSON")
    options = parser.parse_args()
    kept = {}
    with tempfile.TemporaryDirectory() as scratch:
        encoder = Remembering(make_encoder(Settings(data=Path(scratch))), Cache(options.cache or Path(scratch)))
        for name in options.sets:
            folder, rows = asked(options.evaldata, name, Path(scratch))
            pairs = kept[name] = list(judged(folder, rows, encoder))
            off = error(curve([p for p in pairs if p[0] < 1])) or 0.0
            print(f"{name}: {len(rows)} questions, stated risk off by {off:.3f}", flush=True)
            for risk in options.risk:
                try:
                    found = fit(pairs, risk)
                except BadInput as failed:
                    print(f"  {risk:.2f}: {failed}", flush=True)
                    continue
                print(
                    f"  {risk:.2f}: border {found.risk:.3f}, {found.wrong} of {found.answered} wrong, left out: "
                    f"{found.held_wrong} of {found.held_answered}", flush=True,
                )  # fmt: skip
    if options.keep:
        options.keep.write_text(json.dumps(kept))


if __name__ == "__main__":
    main()
