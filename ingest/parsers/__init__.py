"""One parser a file format: a path in, `Parsed` out. This page says which kind goes to which module.

Every module has `parse(path, options) -> Parsed` and raises `Rejected` with a reason a person can act on.
Modules are imported on first use, in the sandbox's child: their libraries are heavy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

from ragbox.types import Parsed

from .unseen import parted

MODULES = {
    "pdf": "pdf",
    "image": "image",
    "docx": "word",
    "pptx": "slides",
    "xlsx": "sheet",
    "csv": "sheet",
    "html": "web",
    "markdown": "web",
    "text": "text",
    "eml": "mail",
    "msg": "mail",
    "epub": "book",
    "odt": "book",
    "rtf": "book",
    "doc": "legacy",
    "ppt": "legacy",
    "xls": "sheet",
}
"""Kind, as `ingest/detect.py` names it, to the module that reads it."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the settings say about parsing. `depth` counts how deep in attachments a file lies.

    `kind` is filled in by `parse`, for modules that read more than one.
    """

    ocr: bool = True
    ocr_max_pages: int = 1000
    ocr_until: float = math.inf
    """Time of the monotonic clock, which all processes share, from which OCR begins no further page."""
    begin: Callable[[int, int], None] = field(default=lambda *_: None, repr=False, compare=False)
    """Called as OCR begins a page (from 1) of so many: from there the limits of time count anew."""
    reach: Callable[[int, int], None] = field(default=lambda *_: None, repr=False, compare=False)
    """Called as another page (from 1) of so many is read, which says how far it is and changes no limit."""
    early: Callable[[Parsed], None] | None = field(default=None, repr=False, compare=False)
    """Called, if at all, once: with the first pages of a long file, while the others are yet to be read."""
    depth: int = 0
    page: int = 0
    """The one page (from 1) that `seen` looks at; parsers read all."""
    kind: str = ""


def parse(path: Path, kind: str, options: Options) -> Parsed:
    """Parse one file of a known kind. What is hidden in it is told apart; of an attachment, among its blocks.

    Raises:
        Rejected: it cannot be read; the message says why and what to do.
    """
    module = import_module(f"{__name__}.{MODULES[kind]}")
    early = options.early
    if early is not None and not options.depth:
        options = replace(options, early=lambda first: early(parted(first)))
    parsed: Parsed = module.parse(path, replace(options, kind=kind))
    return parsed if options.depth else parted(parsed)
