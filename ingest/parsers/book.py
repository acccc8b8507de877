"""EPUB, OpenDocument text and RTF to blocks. A page of an EPUB is a file of its spine, most often a chapter.

EPUB is read as the HTML it is; ODT and RTF become HTML by pandoc, which runs in its own sandbox (no file but the
input, no network). Neither of the two tells where a page ends: all of it is page 1.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ragbox.errors import Rejected
from ragbox.types import Block, Parsed

from . import Options
from .blocks import finish
from .text import decode
from .web import html

_LONGEST_PART = 64 << 20
"""Bytes of one chapter that are read."""
_CODE_PAGE = re.compile(r"\\ansicpg(93[26]|949|950)\b")
_CHARSET = re.compile(r"\\fcharset(128|129|134|136)\b")
_CODECS = {
    "932": "cp932", "936": "gb18030", "949": "cp949", "950": "cp950",
    "128": "cp932", "134": "gb18030", "129": "cp949", "136": "cp950",
}  # fmt: skip
_FALLBACK = re.compile(r"(\\u-?\d+) ?\?")
_ESCAPES = re.compile(r"(\\u-?\d+ ?)?((?:\\'[0-9a-fA-F]{2})+)")


def parse(path: Path, options: Options) -> Parsed:
    """Parse an EPUB, ODT or RTF file.

    Raises:
        Rejected: it is damaged.
    """
    return _epub(path) if options.kind == "epub" else _pandoc(path, options.kind)


def _epub(path: Path) -> Parsed:
    from lxml import etree

    blocks: list[Block] = []
    warnings: list[str] = []
    try:
        with zipfile.ZipFile(path) as book:
            container = _xml(book, "META-INF/container.xml")
            package = next(container.iter("{*}rootfile")).get("full-path", "")
            root = _xml(book, package)
            files = {item.get("id"): item.get("href", "") for item in root.iter("{*}item")}
            spine = [files.get(ref.get("idref"), "") for ref in root.iter("{*}itemref")]
            title = next((node.text for node in root.iter("{http://purl.org/dc/elements/1.1/}title")), "")
            for page, href in enumerate(spine, start=1):
                name = posixpath.normpath(posixpath.join(posixpath.dirname(package), unquote(href)))
                try:
                    with book.open(name) as part:
                        blocks += html(decode(part.read(_LONGEST_PART)), page)[1]
                except (KeyError, zipfile.BadZipFile):
                    warnings.append(f"Chapter {page} is missing or damaged.")
    except (KeyError, StopIteration, etree.XMLSyntaxError) as error:
        raise Rejected("The EPUB is damaged: it does not list its chapters. Download it again.") from error
    return finish(blocks, pages=len(spine), title=title, warnings=warnings)


def _xml(book: zipfile.ZipFile, name: str) -> Any:
    from lxml import etree

    with book.open(name) as part:
        return etree.fromstring(
            part.read(_LONGEST_PART), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        )


def _pandoc(path: Path, kind: str) -> Parsed:
    import pypandoc

    try:
        if kind == "rtf":
            text = pypandoc.convert_text(_unicode_rtf(path.read_bytes()), "html", format="rtf", sandbox=True)
            title = ""
        else:
            title = _odt_title(path)
            text = pypandoc.convert_file(str(path.absolute()), "html", format=kind, sandbox=True)
    except (RuntimeError, OSError) as error:
        raise Rejected(f"The {kind.upper()} file is damaged. Open it in its program and save it as .docx.") from error
    return finish(html(text)[1], title=title)


def _odt_title(path: Path) -> str:
    from lxml import etree

    try:
        with zipfile.ZipFile(path) as package:
            meta = _xml(package, "meta.xml")
    except (KeyError, zipfile.BadZipFile, etree.XMLSyntaxError):
        return ""
    return next((node.text or "" for node in meta.iter("{http://purl.org/dc/elements/1.1/}title")), "")


def _unicode_rtf(data: bytes) -> str:
    """Return RTF with its East Asian bytes as Unicode escapes: pandoc reads no code page but the Western one."""
    # After a plain fallback character pandoc swallows a space too; after an escaped one it does not.
    text = _FALLBACK.sub(r"\1\\'3f", data.decode("latin-1"))
    page = _CODE_PAGE.search(text)
    font = _CHARSET.search(text)
    codec = _CODECS.get(page[1] if page else "") or _CODECS.get(font[1] if font else "")
    if codec is None:
        return text

    def escaped(found: re.Match[str]) -> str:
        if found[1]:
            return found[0]  # bytes after a \u are what programs without Unicode show in its place
        try:
            wide = bytes.fromhex(found[2].replace("\\'", "")).decode(codec)
        except UnicodeDecodeError:
            return found[0]
        units = wide.encode("utf-16-le")
        signed = [int.from_bytes(units[i : i + 2], "little", signed=True) for i in range(0, len(units), 2)]
        return "".join(f"\\u{unit}\\'3f" for unit in signed)

    return _ESCAPES.sub(escaped, text)
