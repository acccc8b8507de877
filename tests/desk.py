"""A painter at work, with its drawings and a record, under a policy that is a fake."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from ingest.paint import Painter
from ingest.render import Renderer
from ragbox.db import Database
from ragbox.library import Library
from ragbox.originals import Originals
from ragbox.redact.findings import Finding
from ragbox.redact.policy import Style
from ragbox.settings import Settings
from ragbox.types import Actor, Document
from tests import make
from tests.fakes import FakeEncoder
from tests.pdfs import draw, write

RITA = Actor(name="rita", role="reader", collections=("*",))
PHONE = "13812345678"
MAIL = "anna.li@example.com"
LINES = ["The buyer pays within thirty days.", f"Call {PHONE} before noon.", "Risk passes when the goods arrive."]
Put = Callable[..., Document]


class FakePrivacy:
    """Finds phone numbers, broken by a line too, and addresses of mail; breaks where a text says BREAK."""

    def __init__(self) -> None:
        self.rule = Style.REDACT
        self.version = "1"
        self.judged = 0

    def style(self, actor: Actor, collections: Iterable[str]) -> Style:
        assert actor
        assert list(collections) == ["c1"]
        return self.rule

    def state(self, actor: Actor, collections: Iterable[str]) -> str:
        return f"{self.version} {self.style(actor, collections)}"

    def spans(self, actor: Actor, collections: Iterable[str], text: str) -> list[Finding]:
        assert self.style(actor, collections) is not Style.OFF
        self.judged += 1
        if "BREAK" in text:
            raise ValueError(text)
        found = re.finditer(r"(?P<PHONE>(?<!\d)1\d{2}\s*\d{4}\s*\d{4}(?!\d))|(?P<EMAIL>[\w.]+@[\w.]+\w)", text)
        return [Finding(start=m.start(), end=m.end(), entity=str(m.lastgroup), score=1.0) for m in found]

    def clean(self, actor: Actor, collections: Iterable[str], text: str) -> str:
        for found in reversed(self.spans(actor, collections, text)):
            text = f"{text[: found.start]}[{found.entity}]{text[found.end :]}"
        return text


@dataclass
class Desk:
    """A painter, and what it works with."""

    painter: Painter
    renderer: Renderer
    privacy: FakePrivacy
    library: Library
    put: Put

    def page(self, document: Document, number: int = 1, width: int = 1000) -> Image.Image:
        return Image.open(io.BytesIO(self.painter.page(RITA, document, number, width))).convert("RGB")


@contextmanager
def furnished(settings: Settings) -> Iterator[Desk]:
    """Run a painter over an empty record until the block ends."""
    privacy, originals = FakePrivacy(), Originals(settings.data / "originals")
    db = Database(settings.data / "ragbox.db")
    settings.data.mkdir()
    db.load()
    library = Library(db)
    with db.write() as connection:
        connection.execute("INSERT INTO collections VALUES ('c1', 'papers', '', '')")
    renderer = Renderer(settings.model_copy(update={"page_seconds": 120.0}), originals)
    painter = Painter(privacy, library, renderer, originals)  # type: ignore[arg-type]

    def put(path: Path, *texts: str, **given: Any) -> Document:
        sha256, _ = originals.add(path)
        originals.settle(sha256)
        values = {"files": (f"in/{path.name}",), "kind": "pdf", "sha256": sha256, "title": "A paper"} | given
        return make.put(library, FakeEncoder(), "c1", f"d{sha256[:8]}", *texts or ("Nothing.",), **values)

    renderer.load()
    painter.load()
    yield Desk(painter, renderer, privacy, library, put)
    painter.close()
    renderer.close()
    db.close()


def paper(path: Path, *lines: str) -> Path:
    return draw(path, lambda canvas: write(canvas, list(lines or LINES), step=20))
