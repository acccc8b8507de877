"""HTML to blocks by unstructured, the only file that knows unstructured; it never reaches for the network.

Four things call home or cost much, and are undone in `_load` (unstructured is pinned; `tests` checks all four):
usage analytics at import and at each call, a notice on the terminal, a spaCy model that is downloaded at first use, and
torch, which spaCy imports when it is there (measured: 2.2 s and 365 MB with it, 1.0 s and 187 MB without).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ragbox.types import Block, Kind

from .blocks import block, captioned, header_like, table

_KINDS = {"Title": Kind.TITLE, "ListItem": Kind.LIST_ITEM, "FigureCaption": Kind.CAPTION, "Image": Kind.CAPTION}
NOTE, CAPTION = "\ufdd0", "\ufdd1"
TOLD = {NOTE: Kind.NOTE, CAPTION: Kind.CAPTION}
"""What a text begins with that is a footnote or caption, which unstructured would not tell; no page has these."""
_DROPPED = frozenset({"PageBreak", "Header", "Footer"})


def html_blocks(html: str, page: int = 1) -> list[Block]:
    """Return the blocks of an HTML text, in order. Scripts, styles and what is not displayed must be gone already."""
    partition = _load()
    # languages: no guess of the language, which would cost 5 ms an element and decide nothing here.
    return [made for element in partition(text=html, languages=[""]) for made in _blocks(element, page)]


def _blocks(element: Any, page: int) -> Iterator[Block]:
    if element.category in _DROPPED:
        return
    if element.category == "Table" and element.metadata.text_as_html:
        yield from _table(element.metadata.text_as_html, page)
        return
    kind, text = _KINDS.get(element.category, Kind.TEXT), element.text
    if told := TOLD.get(text[:1]):
        kind, text = told, text[1:]
    elif kind is Kind.TEXT and captioned(text):
        kind = Kind.CAPTION
    level = (element.metadata.category_depth or 0) + 1 if kind is Kind.TITLE else 0
    yield from block(kind, text, page, level)


def _table(html: str, page: int) -> list[Block]:
    from lxml import html as lxml_html

    root = lxml_html.fragment_fromstring(html)
    caption = [made for found in root.iter("caption") for made in block(Kind.CAPTION, found.text_content(), page)]
    rows, header = [], 0
    for row in root.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        rows.append([cell.text_content() for cell in cells])
        # Rows of nothing but <th>, or in <thead>, that come first are the header.
        if header == len(rows) - 1 and (row.getparent().tag == "thead" or all(c.tag == "th" for c in cells)):
            header += 1
    if not header and header_like(rows):
        header = 1
    return [*caption, *table(rows, page, header)]


@lru_cache(maxsize=1)
def _load() -> Any:
    os.environ.update(DO_NOT_TRACK="true", SCARF_NO_ANALYTICS="true", UNSTRUCTURED_DISABLE_NOTICE="1")
    if unwanted := "torch" not in sys.modules:
        sys.modules["torch"] = None  # type: ignore[assignment]  # makes `import torch` raise ImportError
    try:
        import spacy
        from unstructured.documents.elements import Text
        from unstructured.nlp import tokenize
        from unstructured.partition.html import parser, partition_html
    finally:
        if unwanted:
            del sys.modules["torch"]
    # A pipeline loads what any package announces for pipelines: Presidio's would bring torch into each child.
    spacy.util.registry._entry_point_factories.entry_points = False
    # Sentences are all that is asked of it for HTML: the kinds come from the tags.
    pipeline = spacy.blank("xx")
    pipeline.add_pipe("sentencizer")
    setattr(tokenize, "_get_nlp", lambda: pipeline)  # noqa: B010 - it is no plain function there
    # It leaves out what is a single character long: a grade "A", a 是 in a form.
    derived = parser.derive_element_type_from_text
    setattr(parser, "derive_element_type_from_text", lambda text: derived(text) or (Text if text.isalnum() else None))  # noqa: B010
    return partition_html
