"""Is an archive safe to unpack, and which document format is it? Reads directories and a few small members only.

Covers ZIP (Office, OpenDocument, EPUB) and OLE (old Office, Outlook, encrypted Office). Knows no parser.
"""

from __future__ import annotations

import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from html import unescape
from itertools import pairwise
from pathlib import Path, PurePosixPath
from xml.parsers import expat

from ragbox.errors import Rejected

MAX_ENTRIES = 10_000
"""Members of one archive; a 1,000-slide deck with pictures has about 5,000."""
MAX_DIRECTORY = 4 << 20
"""Bytes of the archive's directory, checked before it is read: 10,000 members take about 1 MB."""
MAX_UNPACKED = 1 << 30
"""Bytes that all members say they hold."""
MAX_RATIO = 200
"""Unpacked to packed; the densest real workbooks reach about 60. Small archives are left alone."""
RATIO_FROM = 64 << 20
"""Unpacked bytes from which MAX_RATIO counts."""

LONGEST_NAME = 1000
"""Characters of a member's name; Office writes at most about 100."""
MAX_TYPES = 4 << 20
"""Bytes of the list of content types: 10,000 members take about 2 MB."""
LONGEST_PROLOG = 64 << 10
"""Bytes of XML before the root element; Office writes 60."""

_PIECE = 2048
_MACROS = re.compile(r"(?i)macroenabled|vba_?(?:project|data)")
_MAIN_PARTS = {
    "wordprocessingml.document.main+xml": "docx",
    "presentationml.presentation.main+xml": "pptx",
    "spreadsheetml.sheet.main+xml": "xlsx",
}
_TEMPLATES = {
    "wordprocessingml.template.main+xml": ("a Word template", ".docx"),
    "presentationml.template.main+xml": ("a PowerPoint template", ".pptx"),
    "presentationml.slideshow.main+xml": ("a PowerPoint show", ".pptx"),
    "spreadsheetml.template.main+xml": ("an Excel template", ".xlsx"),
    "ms-excel.sheet.binary": ("a binary Excel workbook", ".xlsx"),
}
_OPEN_FORMATS = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/epub+zip": "epub",
}

_PICTURES = {".svg": "svg", ".htm": "html", ".html": "html", ".xhtml": "html"}
"""Parts that no reader takes for a part of the document, and the document type that their programs give them."""

_DAMAGED = (zipfile.BadZipFile, struct.error, zlib.error, lzma.LZMAError, EOFError)


def zip_kind(path: Path, name: str) -> str:
    """Return the kind of document a ZIP file is, "" for a plain archive.

    Raises:
        Rejected: it is damaged, encrypted, has macros, or would unpack to more than the bounds above.
    """
    damaged = f"{name} is a damaged archive and cannot be unpacked. Copy it again from where it came from."
    try:
        with _Measured(path, name) as stream, zipfile.ZipFile(stream) as opened:
            entries = opened.infolist()
            _check_entries(entries, name)
            names = {entry.filename for entry in entries}
            if kind := _open_format(opened, names, name):
                return kind
            if "[Content_Types].xml" in names:
                return _office_kind(opened, names, name)
            for part, kind in (
                ("word/document.xml", "docx"),
                ("ppt/presentation.xml", "pptx"),
                ("xl/workbook.xml", "xlsx"),
            ):
                if part in names:
                    return kind
            return ""
    except (*_DAMAGED, NotImplementedError, ValueError, RuntimeError, OSError) as error:
        raise Rejected(damaged) from error


def ole_kind(path: Path, name: str) -> str:
    """Return the kind of document an OLE compound file is.

    Raises:
        Rejected: it is encrypted, damaged, or none that is read.
    """
    import olefile

    try:
        with path.open("rb") as opened:
            if struct.unpack_from("<H", opened.read(512), 30)[0] not in (9, 12):
                raise ValueError("no sector size that exists")  # olefile would compute with any
        with olefile.OleFileIO(path) as opened_ole:
            streams = {"/".join(parts).lower() for parts in opened_ole.listdir()}
    except (OSError, ValueError, IndexError, TypeError, OverflowError, struct.error, RecursionError) as error:
        raise Rejected(f"{name} is a damaged Office file. Open it in its program and save it again.") from error
    if any("encryptedpackage" in stream or "drmencrypted" in stream.replace("\t", "") for stream in streams):
        raise Rejected(f"{name} is encrypted. Remove the password in its program and save it again.")
    for stream, kind in (
        ("__properties_version1.0", "msg"), ("powerpoint document", "ppt"), ("worddocument", "doc"),
        ("workbook", "xls"), ("book", "xls"),
    ):  # fmt: skip
        if stream in streams:
            return kind
    raise Rejected(
        f"{name} is an old Microsoft format that ragbox does not read (only .doc, .ppt, .xls, .msg). "
        "Save it as PDF or in a current Office format."
    )


class _Measured(io.BufferedReader):
    """Refuses a directory of millions of entries before `zipfile` makes an object of each.

    By the size that is asked for: which of several end records counts, and where the directory is, is for `zipfile` to
    say. Members are read in smaller pieces.
    """

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(io.FileIO(path))
        self._of = name

    def read(self, size: int | None = -1, /) -> bytes:
        if size and size > MAX_DIRECTORY:
            raise Rejected(
                f"{self._of} has a directory of {size:,} bytes; {MAX_ENTRIES:,} parts are the most that is unpacked. "
                "Split it or save it as PDF."
            )
        return super().read(size)


def _check_entries(entries: list[zipfile.ZipInfo], name: str) -> None:
    if len(entries) > MAX_ENTRIES:
        raise Rejected(f"{name} has {len(entries):,} parts; the most is {MAX_ENTRIES:,}. Split it or save it as PDF.")
    for entry in entries:
        if _unsafe(entry):
            raise Rejected(f"{name} has a part with an unsafe name and may be an attack. Ask its sender for a PDF.")
        if entry.flag_bits & 1:
            raise Rejected(f"{name} is encrypted. Remove the password and save it again.")
    if _doubled(entries):
        raise Rejected(
            f"{name} holds the same part twice and may be an attack. Open it in its program and save it again."
        )
    unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if unpacked > MAX_UNPACKED or (unpacked > RATIO_FROM and unpacked > packed * MAX_RATIO):
        raise Rejected(
            f"{name} would unpack from {packed / 1e6:,.1f} MB to {unpacked / 1e6:,.0f} MB and may be an attack "
            f"(the most is {MAX_UNPACKED / 1e6:,.0f} MB and {MAX_RATIO} times). Split it or save it as PDF."
        )


def _unsafe(entry: zipfile.ZipInfo) -> bool:
    """Say whether a member would land outside the folder it is unpacked in, is a link, or has no name of a part."""
    parts = entry.orig_filename.replace("\\", "/").split("/")
    climbs = ".." in parts or parts[0] == "" or ":" in parts[0]
    odd = "\0" in entry.orig_filename or len(entry.orig_filename) > LONGEST_NAME
    return climbs or odd or stat.S_ISLNK(entry.external_attr >> 16)


def _doubled(entries: list[zipfile.ZipInfo]) -> bool:
    """Say whether two members have one name, of which programs read either, or share bytes, as small bombs do."""
    if len({entry.filename for entry in entries}) < len(entries):
        return True
    found = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    return any(at + size > after for (at, size), (after, _) in pairwise(found))


def _open_format(opened: zipfile.ZipFile, names: set[str], name: str) -> str:
    mime = ""
    if "mimetype" in names:
        with opened.open("mimetype") as part:
            mime = part.read(_PIECE).decode("ascii", "replace").strip()
    if not mime and "META-INF/container.xml" in names:
        mime = "application/epub+zip"
    if mime.startswith("application/vnd.oasis.opendocument") and "META-INF/manifest.xml" in names:
        manifest = opened.getinfo("META-INF/manifest.xml")
        with opened.open(manifest) as part:
            if b"encryption-data" in part.read(1 << 20):
                raise Rejected(f"{name} is encrypted. Remove the password in its program and save it again.")
    if "META-INF/rights.xml" in names:
        raise Rejected(f"{name} is protected by digital rights management. Drop an unprotected copy.")
    if mime.startswith("application/vnd.oasis.opendocument") and mime not in _OPEN_FORMATS:
        shape = mime.rsplit(".", 1)[-1].split("-")[0]
        raise Rejected(f"{name} is an OpenDocument {shape}, which ragbox does not read. Save it as PDF or for Office.")
    return _OPEN_FORMATS.get(mime, "")


def _office_kind(opened: zipfile.ZipFile, names: set[str], name: str) -> str:
    with opened.open("[Content_Types].xml") as part:
        raw = part.read(MAX_TYPES + 1)
    if len(raw) > MAX_TYPES:
        raise Rejected(f"{name} is a damaged Office file. Open it in its program and save it again.")
    # As XML may write them: in UTF-16, or with letters as numbers.
    types = unescape(raw.replace(b"\0", b"").decode("utf-8", "replace"))
    if _MACROS.search(types) or any(_MACROS.search(n) for n in names):
        raise Rejected(f"{name} holds macros (programs). Save it without macros, as .docx, .pptx or .xlsx.")
    for part_name in names:
        if _declares(opened, part_name):
            raise Rejected(
                f"{name} declares XML entities, which Office never does, and may be an attack. Ask for a PDF."
            )
    for main, kind in _MAIN_PARTS.items():
        if main in types:
            return kind
    for main, (shape, suffix) in _TEMPLATES.items():
        if main in types:
            raise Rejected(f"{name} is {shape}, which ragbox does not read. Save it as {suffix}.")
    return ""


def _declares(opened: zipfile.ZipFile, member: str) -> bool:
    """Say whether a member is XML with a document type, where entities are declared; it stands before the root.

    However long the comments before it are: what comes to no root within LONGEST_PROLOG is taken to have one. Pictures
    and pages that a document holds have an honest one: Illustrator and Inkscape write it.
    """
    honest = _PICTURES.get(PurePosixPath(member).suffix.lower())
    met: list[bool] = []
    reader = expat.ParserCreate()
    reader.StartDoctypeDeclHandler = lambda kind, *_: met.append(kind.lower() != honest)
    reader.StartElementHandler = lambda *_: met.append(False)
    with opened.open(member) as part:
        for _ in range(0, LONGEST_PROLOG, _PIECE):
            piece = part.read(_PIECE)
            try:
                reader.Parse(piece, not piece)
            except expat.ExpatError:
                return any(met[:1])
            if met or not piece:
                return any(met[:1])
    return True
