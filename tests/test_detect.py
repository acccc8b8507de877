"""What a file is goes by its content, and what is unsafe or unread is refused with a reason."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from ingest.detect import detect
from ragbox.errors import Rejected

CONTENT_TYPES = (
    '<Types><Override PartName="/x" ContentType="application/vnd.openxmlformats-officedocument.{}"/></Types>'
)


def packed(members: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def office(kind: str, **more: bytes) -> bytes:
    return packed({"[Content_Types].xml": CONTENT_TYPES.format(kind), **more})


def kind_of(tmp_path: Path, data: bytes, name: str = "file.bin") -> str:
    path = tmp_path / "content"
    path.write_bytes(data)
    return detect(path, name)


MAIL = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: Hello\r\n\r\nText\r\n"
KINDS = {
    "pdf": b"%PDF-1.7\n%\xe2\xe3",
    "image": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "rtf": b"{\\rtf1\\ansi text}",
    "eml": MAIL,
    "html": b"<!-- note -->\n<!DOCTYPE html>\n<p>Hello",
    "docx": office("wordprocessingml.document.main+xml"),
    "pptx": office("presentationml.presentation.main+xml"),
    "xlsx": office("spreadsheetml.sheet.main+xml"),
    "odt": packed({"mimetype": "application/vnd.oasis.opendocument.text"}),
    "epub": packed({"mimetype": "application/epub+zip"}),
    "text": "Ein schöner Satz.".encode(),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_content_decides_whatever_the_name_says(tmp_path: Path, kind: str) -> None:
    assert kind_of(tmp_path, KINDS[kind], "misleading.pdf") == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.md", "markdown"), ("a.csv", "csv"), ("a.TSV", "csv"), ("a.txt", "text"), ("a", "text"), ("a.docx", "text")],
)
def test_the_name_decides_between_kinds_of_plain_text(tmp_path: Path, name: str, kind: str) -> None:
    assert kind_of(tmp_path, b"one, two\nthree, four\n", name) == kind


def test_an_html_fragment_is_html_by_its_name_and_tags(tmp_path: Path) -> None:
    assert kind_of(tmp_path, b"<p>Hello</p>", "a.html") == "html"
    assert kind_of(tmp_path, b"no tags at all", "a.html") == "text"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030", "big5"])
def test_chinese_text_is_text_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    assert kind_of(tmp_path, ("中文內容,一二三。\r\n" * 20).encode(encoding), "a.txt") == "text"


def test_html_in_utf16_is_html(tmp_path: Path) -> None:
    assert kind_of(tmp_path, "<html><body>x</body></html>".encode("utf-16"), "a") == "html"


def test_a_text_that_opens_like_a_bitmap_is_text(tmp_path: Path) -> None:
    assert kind_of(tmp_path, b"BMW sold 2.5 million cars.\n") == "text"
    assert kind_of(tmp_path, b"BM\x36\x00\x01\x00\0\0\0\0\x36\0\0\0") == "image"


def test_a_letter_with_one_colon_line_is_not_mail(tmp_path: Path) -> None:
    assert kind_of(tmp_path, b"Subject: my complaint\nDear Sir or Madam,\nthe bread was old.\n") == "text"


REFUSED = {
    "is empty": b"",
    "only white space": b" \n\t\n",
    "JSON)": b'{"a": [1, 2]}',
    "JSON Lines": b'{"a": 1}\n{"a": 2}\n',
    "XML data": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "a ZIP archive": packed({"a.txt": "x"}),
    "MP3": b"ID3\x04\0\0\0\0\0\0" + bytes(100),
    "ELF": b"\x7fELF\x02\x01\x01" + bytes(100),
    "binary data": bytes(range(256)) * 10,
    "macros": office("ms-word.document.macroEnabled.main+xml"),
    "holds macros": office("wordprocessingml.document.main+xml", **{"word/vbaProject.bin": b"x"}),
    "a Word template": office("wordprocessingml.template.main+xml"),
    "OpenDocument spreadsheet": packed(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": "<m/>"}
    ),
    "is encrypted": packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": "<m><manifest:encryption-data/></m>",
        }
    ),
    "unsafe name": packed({"../../etc/cron.d/x": "x"}),
    "an unsafe name": packed({"/etc/passwd": "x"}),
    "declares XML entities": office(
        "wordprocessingml.document.main+xml", **{"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}
    ),
    "damaged archive": office("wordprocessingml.document.main+xml")[:-30],
}


@pytest.mark.parametrize("name", ["word/media/image2.svg", "word/afchunk.html"])
def test_pictures_and_pages_within_a_document_have_a_document_type(tmp_path: Path, name: str) -> None:
    kind, main = "svg" if name.endswith("svg") else "HTML", "wordprocessingml.document.main+xml"
    head = f'<?xml version="1.0"?><!-- Illustrator --><!DOCTYPE {kind} [<!ENTITY ns "http://ns.example/">]>'
    assert kind_of(tmp_path, office(main, **{name: f"{head}<{kind}/>".encode()}), "letter.docx") == "docx"
    with pytest.raises(Rejected, match="declares XML entities"):
        kind_of(tmp_path, office(main, **{name: head.replace(kind, "w").encode()}), "letter.docx")


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_not_read_is_refused_with_name_and_reason(tmp_path: Path, reason: str) -> None:
    with pytest.raises(Rejected) as refusal:
        kind_of(tmp_path, REFUSED[reason], "inbox/letter.docx")
    assert reason in str(refusal.value)
    assert str(refusal.value).startswith("letter.docx ")


def test_an_encrypted_zip_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(packed({"word/document.xml": "x"}))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(Rejected, match="encrypted"):
        kind_of(tmp_path, bytes(data))


@pytest.mark.clock
def test_a_bomb_is_refused_without_inflating_it(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES.format("wordprocessingml.document.main+xml"))
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(128):
                part.write(bytes(1 << 20))
    data = bytearray(path.read_bytes())
    start = time.perf_counter()
    with pytest.raises(Rejected, match="would unpack"):
        detect(path, "bomb.docx")
    assert time.perf_counter() - start < 2
    assert len(data) < 2 << 20


def test_a_directory_of_millions_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="directory of"):
        kind_of(tmp_path, packed({f"{'p' * 900}{n}": "" for n in range(5000)}))


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="10,001 parts"):
        kind_of(tmp_path, packed({f"p{n}": "" for n in range(10_001)}))


def test_an_ole_file_of_noise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="damaged Office file"):
        kind_of(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x55" * 3000, "a.doc")


def test_a_missing_file_is_refused_not_raised_as_os_error(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="cannot be opened"):
        detect(tmp_path / "nothing", "nothing")
