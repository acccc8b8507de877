"""How much personal data is found, and what is taken for it, beside stock Presidio.

    python -m tests.bench.redact [--sample N] [--evaldata PII.jsonl] [--seed S] [--no-stock] [--show N] [--json]

The generated texts of tests/pii, and those of sentences that nothing was tuned on ("held out", whose faults are never
shown): structured types together, names and addresses apart, by type, language, disguise and kind of negative. A value
is found when one finding hides it wholly, under its name, and at most a separator besides.
What it costs: redact_cost.py.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from random import Random

from ragbox.redact.analyzer import Analyzer
from ragbox.redact.stream import spans
from tests.pii.generator import held_out, texts
from tests.pii.scoring import Found, Tally, hits, score
from tests.pii.shapes import STRUCTURED, Place, Text

from .redact_contender import stock

Finder = Callable[[str, str], Sequence[Found]]
"""Returns what is found in a text of a language."""

MAPPED = {
    **{"PERSON": "PERSON", "ADDRESS": "ADDRESS", "CREDIT_CARD": "CARD", "PHONE_NUMBER": "PHONE", "US_SSN": "SSN"},
    **{"EMAIL_ADDRESS": "EMAIL", "IBAN_CODE": "IBAN", "IP_ADDRESS": "IP"},
}
"""Types of presidio-research's set -> ours; none for its places alone, firms, domains and posts."""
UNDECIDED = {"DATE_TIME", "US_DRIVER_LICENSE"}
"""Its types of which ours are a part: some of its dates are of birth. Findings there count neither way."""


def ours() -> Finder:
    analyzer = Analyzer()
    analyzer.load()
    return lambda text, _: spans(text, analyzer.find)


def generated(sample: int, seed: int) -> list[Text]:
    made = texts(seed)
    return Random(seed).sample(made, min(sample or len(made), len(made)))


def research(path: Path, sample: int) -> list[Text]:
    """Return presidio-research's English texts.

    A title before a name ("Mrs.") may be hidden with it. The parts of an address, which have a span each, are one.
    """
    found = []
    for line in path.read_text(encoding="utf-8").splitlines()[: sample or None]:
        row = json.loads(line)
        text, spans = row["text"], sorted(row["spans"], key=itemgetter("start"))
        titles = {s["end"] + 1: s["start"] for s in spans if s["type"] == "PREFIX"}
        places: list[Place] = []
        for start, end, kind in addresses_joined(text, [(s["start"], s["end"], s["type"]) for s in spans]):
            if kind in MAPPED:
                entity, first = MAPPED[kind], titles.get(start, start)
                places.append(Place(start=first, end=end, entity=entity, least=(start, end)))
        other = tuple((s["start"], s["end"]) for s in spans if s["type"] in UNDECIDED)
        found.append(Text(text=text, language="en", places=tuple(places), undecided=other))
    return found


def addresses_joined(text: str, spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Return the spans with those of one address joined: what stands between them has no letter and no digit."""
    joined: list[tuple[int, int, str]] = []
    for start, end, kind in spans:
        if joined and {kind, joined[-1][2]} in ({"ADDRESS"}, {"ADDRESS", "LOCATION"}):
            before = joined[-1]
            if not any(map(str.isalnum, text[before[1] : start])):
                joined[-1] = (before[0], end, "ADDRESS")
                continue
        joined.append((start, end, kind))
    return joined


def run(made: Sequence[Text], find: Finder) -> Iterator[tuple[Text, Sequence[Found]]]:
    """Yield each text with what is found in it, but for findings where it is undecided what is right."""
    for text in made:
        found = find(text.text, text.language)
        yield text, [f for f in found if not any(f.start < end and start < f.end for start, end in text.undecided)]


def rows(tallies: Mapping[str, Tally]) -> dict[str, dict[str, float]]:
    """Return the figures of each group; of a negative the texts, and those with a structured or a free finding."""
    return {
        name: {"texts": t.values, "structured": t.hit, "names and addresses": t.hidden}
        if name.startswith("negative")
        else t.figures()
        for name, t in sorted(tallies.items())
    }


def faults(pairs: Sequence[tuple[Text, Sequence[Found]]], most: int) -> Iterator[str]:
    """Yield up to `most` examples of each thing missed, cut short, or found where nothing is, the frequent first."""
    examples: dict[str, list[str]] = defaultdict(list)
    for text, found in pairs:
        for place in text.places:
            if not any(hits(text.text, place, f) for f in found):
                near = [f"{f.entity} {text.text[f.start : f.end]!r}" for f in found if touches(f, place)]
                context = text.text[max(0, place.start - 25) : place.end + 12]
                kind = f"missed {place.entity} {text.language} {place.kind} [{place.disguise or 'plain'}] {text.layout}"
                examples[kind].append(
                    f"{text.text[place.start : place.end]!r} in {context!r}, found {near or 'nothing'}"
                )
        for f in found:
            if not any(touches(f, place) for place in text.places):
                examples[f"invented {f.entity} {text.language} {text.negative or text.layout}"].append(
                    f"{text.text[f.start : f.end]!r} in {text.text[max(0, f.start - 30) : f.end + 15]!r}"
                )
    for kind, those in sorted(examples.items(), key=lambda item: -len(item[1])):
        yield f"{len(those)} x {kind}"
        yield from (f"    {example}" for example in those[:most])


def touches(found: Found, place: Place) -> bool:
    return found.start < place.end and place.start < found.end


def shown(title: str, figures: Mapping[str, Mapping[str, float]]) -> None:
    print(f"\n{title}")
    for name, row in figures.items():
        print(f"  {name:44}" + "  ".join(f"{key} {value}" for key, value in row.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="texts of each set; 0 for all")
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--evaldata", type=Path, help="presidio-research's texts, as JSON lines")
    parser.add_argument("--no-stock", action="store_true", help="leave out stock Presidio")
    parser.add_argument("--show", type=int, default=0, help="print so many examples of each fault of ours")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sets = {"generated": generated(options.sample, options.seed), "held out": held_out(options.seed)}
    if options.evaldata:
        sets["presidio-research"] = research(options.evaldata, options.sample)
    finders: dict[str, Finder] = {"ragbox": ours()} | ({} if options.no_stock else {"stock Presidio": stock()})
    report: dict[str, dict[str, dict[str, float]]] = {}
    for set_name, made in sets.items():
        for name, find in finders.items():
            pairs = list(run(made, find))
            report[f"{set_name}, {name}"] = rows(score(pairs))
            if options.show and name == "ragbox" and set_name != "held out":
                print(*faults(pairs, options.show), sep="\n")
    for title, figures in report.items():
        shown(title, figures)
    values = Counter(p.entity in STRUCTURED for t in sets["generated"] for p in t.places)
    print(f"\n{len(sets['generated'])} texts, {values[True]} structured values, {values[False]} names and addresses")
    if options.json:
        print(json.dumps(report))


if __name__ == "__main__":
    main()
