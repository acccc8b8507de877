"""What is a dropped file, and may it be parsed? Judged by content; the name only tells text-like kinds apart.

Reads the head of a file and the directory of an archive, never inflates one. Knows no parser.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from ragbox.errors import Rejected

from . import archive
from .parsers.text import looks_like_text

HEAD = 262_144
"""Bytes that are looked at; a text longer than this is judged by its beginning."""
READS = "Drop PDF, Word, PowerPoint, Excel, HTML, Markdown, text, CSV, e-mail, EPUB, ODT, RTF or image files instead."

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF87a", b"GIF89a",
)  # fmt: skip
_TEXT_KINDS = {
    ".md": "markdown", ".markdown": "markdown", ".mdx": "markdown",
    ".csv": "csv", ".tsv": "csv", ".psv": "csv", ".tab": "csv",
    ".html": "html", ".htm": "html", ".xhtml": "html",
}  # fmt: skip
_HEADERS = re.compile(
    r"(?i)(from|to|cc|subject|date|received|message-id|mime-version|return-path|delivered-to|content-type"
    r"|x-[\w-]+|dkim-signature|reply-to|sender|arc-[\w-]+|authentication-results|thread-\w+"
    r"|content-[\w-]+|user-agent|importance|in-reply-to|references):"
)
_OPENING = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*", re.S)
_HTML = re.compile(r"(?i)<!doctype\s+html\b|<(?:html|head|body)[\s>]")
_XML = re.compile(r"<\?xml\s|<!DOCTYPE\s|<[A-Za-z][\w.-]*:[\w.-]+[\s>]")


def detect(path: Path, file: str) -> str:
    """Return the kind of a file: a key of `ingest.parsers.MODULES`. `file` is the name it was dropped under.

    Raises:
        Rejected: it is empty, encrypted, unsafe to unpack, or nothing that is read; the message says which.
    """
    name = Path(file).name
    try:
        size = path.stat().st_size
        with path.open("rb") as opened:
            head = opened.read(HEAD)
    except OSError as error:
        raise Rejected(f"{name} cannot be opened: {error.strerror}. Check that it exists and may be read.") from error
    if not head:
        raise Rejected(f"{name} is empty (0 bytes). Copy it again from where it came from.")
    if b"%PDF-" in head[:1024]:
        return "pdf"
    webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    bmp = head.startswith(b"BM") and head[6:10] == b"\0\0\0\0"  # "BM" alone also opens a text about BMW
    if head.startswith(_IMAGES) or webp or bmp:
        return "image"
    if head.lstrip()[:5] == b"{\\rtf":
        return "rtf"
    if head.startswith(_OLE):
        return archive.ole_kind(path, name)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return archive.zip_kind(path, name) or _refuse(name, "a ZIP archive")
    if not looks_like_text(head):
        return _refuse(name, _guess(head))
    return _text_kind(_sample(head), Path(file).suffix.lower(), name, path if size <= HEAD else None)


def _text_kind(text: str, suffix: str, name: str, whole: Path | None) -> str:
    if not text.strip():
        raise Rejected(f"{name} holds only white space. Copy it again from where it came from.")
    if _HTML.match(_OPENING.sub("", text, count=1)):
        return "html"
    if _is_mail(text):
        return "eml"
    if suffix in (".html", ".htm", ".xhtml") and re.search(r"<[a-zA-Z]+[^<>]*>", text):
        return "html"
    if _XML.match(text.lstrip("\ufeff \t\r\n")):
        return _refuse(name, "XML data")
    if shape := _json_shape(text, whole is not None):
        return _refuse(name, shape)
    kind = _TEXT_KINDS.get(suffix, "text")
    return "text" if kind == "html" else kind


def _is_mail(text: str) -> bool:
    """Say whether the text opens with at least two header fields of a message and nothing else."""
    known = 0
    for number, row in enumerate(text.lstrip("\ufeff\r\n").splitlines()[:60]):
        if not row.strip():
            break
        if row[0] in " \t" or (number == 0 and row.startswith("From ")):
            continue
        if not re.match(r"[!-9;-~]+:", row):
            return False
        known += bool(_HEADERS.match(row))
    return known >= 2


def _json_shape(text: str, complete: bool) -> str:
    stripped = text.strip("\ufeff \t\r\n")
    if stripped[:1] not in ("{", "["):
        return ""
    lines = [row for row in stripped.splitlines() if row.strip()][:3]
    if len(lines) > 1 and all(isinstance(_json(row), dict | list) for row in lines[:2]):
        return "JSON Lines"
    # A document cut off by HEAD does not parse: its first key or value has to do.
    if isinstance(_json(stripped), dict | list) or (
        not complete and re.match(r'[{\[]\s*(?:"(?:[^"\\]|\\.)*"\s*[:,]|[{\[])', stripped)
    ):
        return "JSON"
    return ""


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _sample(head: bytes) -> str:
    """Decode enough to see the structure, which is ASCII in every encoding but UTF-16 and 32."""
    for bom, encoding in (
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if head.startswith(bom):
            return head.decode(encoding, "replace")
    if head.count(b"\0") * 4 > len(head):
        return head.replace(b"\0", b"").decode("latin-1")
    return head.decode("utf-8-sig", "replace")


def _guess(head: bytes) -> str:
    import filetype

    found = filetype.guess(head)
    if found is None:
        return "binary data"
    family = found.mime.split("/")[0]
    named = {"audio": "an audio file", "video": "a video", "font": "a font", "image": "an image of another format"}
    return f"{named.get(family, 'binary data')} ({found.extension.upper()})"


def _refuse(name: str, shape: str) -> str:
    raise Rejected(f"{name} is not a document ragbox reads (it looks like {shape}). {READS}")
