"""Fakes around privacy: a finder of three rules, a record in memory, and privacies made of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ragbox.privacy import Privacy
from ragbox.privacy_record import Change, Policies
from ragbox.redact.custom import Custom
from ragbox.redact.findings import Finding
from ragbox.redact.policy import Style
from ragbox.redact.wanted import Wanted
from ragbox.redaction import Redaction
from ragbox.settings import Settings
from ragbox.types import Actor
from tests.fakes import FakeRedactor

RULES = {
    "EMAIL": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII),
    "PHONE": re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"),
    "PERSON": re.compile(r"Anna Li|Bo Chen"),
}


class FakeFinder:
    """Finds e-mail addresses, mobile numbers and two names; `asked` counts the runs judged."""

    def __init__(self, custom: Custom | None = None) -> None:
        custom = self.custom = custom or Custom()
        self.version = f"fake {len(custom.patterns)} {len(custom.deny)} {len(custom.allow)}"
        self.wanted = Wanted(words=custom.deny, regexes=tuple(p.regex for p in custom.patterns))
        self.asked = self.loads = 0

    def load(self) -> None:
        self.loads += 1

    def find(self, run: str, before: str = "") -> list[Finding]:  # noqa: ARG002
        self.asked += 1
        found = [*RULES.items(), *((p.name, re.compile(p.regex)) for p in self.custom.patterns)]
        return sorted(
            (Finding(start=m.start(), end=m.end(), entity=entity, score=1.0) for entity, rule in found
             for m in rule.finditer(run) if m.group() not in self.custom.allow),
            key=lambda f: f.start,
        )  # fmt: skip


class Broken(FakeFinder):
    """Fails at every text."""

    def find(self, run: str, before: str = "") -> list[Finding]:
        raise RuntimeError(f"cannot judge {before}{run}")


class MemoryRecord:
    """Policies and counts without a database (of ragbox/privacy_record.py)."""

    def __init__(self) -> None:
        self.set: dict[str, dict[str, Style]] = {"role": {}, "collection": {}}
        self.kept: dict[str, Any] = {}
        self.counts: Counter[tuple[str, str]] = Counter()

    def policies(self) -> Policies:
        return Policies(roles=self.set["role"], collections=self.set["collection"])

    def custom(self) -> dict[str, Any]:
        return self.kept

    def add(self, removed: Counter[Any], opened: Counter[Any]) -> None:
        for (_, collection, what), count in [*removed.items(), *opened.items()]:
            self.counts[collection, what] += count

    def changes(self, _: int = 100) -> Iterator[Change]:
        yield from ()


def private(style: Style = Style.REDACT, *, finder: Any = FakeFinder, **given: Any) -> Privacy:
    """Return a privacy with one style for all."""
    return Privacy(Settings(redact=style, **given), None, MemoryRecord(), finder)  # type: ignore[arg-type]


class Holding(Privacy):
    """Shows nothing before the end: `FakeRedactor` on every stream."""

    def __init__(self) -> None:
        super().__init__(Settings(), None, MemoryRecord(), FakeFinder)  # type: ignore[arg-type]

    def showing(self, actor: Actor | None, language: str = "en", *, counted: bool = True) -> Redaction:  # noqa: ARG002
        return _Held(lambda held: self.style(actor, held), self._judge, self._tally, language)


class _Held(Redaction):
    def redactor(self, _: Iterable[str] | None) -> FakeRedactor:
        return FakeRedactor()
