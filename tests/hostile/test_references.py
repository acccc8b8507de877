"""Files that declare entities, point to other machines, or hold programs (rows 3 and 4): nothing is fetched or run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from socket import create_connection, create_server, socket

import pytest

from tests.hostile import office
from tests.hostile.archives import member
from tests.hostile.conftest import Post
from tests.hostile.office import packed, relations, sheet, word
from tests.test_sandbox import eventually

pytestmark = pytest.mark.slow

LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip
XXE = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
SECRET = "root:"
DECLARED = word(prolog=XXE, text="&x;")
ENTITIES = {
    "external": packed(DECLARED),
    "laughs": packed(word(prolog=LAUGHS, text="&i;")),
    "after 9 KB of comment": packed(word(prolog=f"<!--{' ' * 9000}-->{XXE}", text="&x;")),
    "no root in 99 KB": packed(word(prolog=f"<!--{' ' * 99_000}-->")),
    "in UTF-16": packed(
        DECLARED | {"word/document.xml": DECLARED["word/document.xml"].decode().encode("utf-16")}
    ),
    "in a part without .xml": packed(word() | {"word/notes.bin": f"{XXE}<a>&x;</a>".encode()}),
    "in relationships": packed(word() | {"_rels/.rels": XXE.encode() + word()["_rels/.rels"]}),
    "workbook": packed(sheet(prolog=LAUGHS)),
    "strings": packed(sheet() | {"xl/sharedStrings.xml": f"{XXE}<sst><si><t>&x;</t></si></sst>".encode()}),
}  # fmt: skip


@pytest.mark.parametrize("case", ENTITIES)
def test_office_files_that_declare_entities_are_refused(post: Post, case: str) -> None:
    post.refused(f"{case}.docx", ENTITIES[case], "declares XML entities")


@pytest.mark.parametrize("name", ["a.xml", "a.svg", "a.txt"])
def test_xml_with_entities_is_refused_under_any_name(post: Post, name: str) -> None:
    root = "svg" if name.endswith("svg") else "data"
    data = (
        f'<?xml version="1.0"?>{XXE}<!--{name}--><{root} xmlns="http://www.w3.org/2000/svg"><text>&x;</text></{root}>'
    )
    post.refused(name, data.encode(), "XML data")


def test_html_resolves_no_entity_of_its_own(post: Post) -> None:
    for number, head in enumerate((f"<!DOCTYPE html>{XXE}", f"<!DOCTYPE html>{LAUGHS}", XXE, LAUGHS)):
        data = f"{head}<html><body><p>{office.TEXT}</p><p>&x; &i;</p>"
        text = post.read(f"{number}.html", data.encode())
        assert office.TEXT in text
        assert SECRET not in text
        assert "haha" not in text


def test_books_resolve_no_entity(post: Post) -> None:
    container = '<container><rootfiles><rootfile full-path="a.opf"/></rootfiles></container>'
    package = f'{XXE}<package><title>&x;</title><item id="1" href="a.xhtml"/><itemref idref="1"/></package>'
    chapter = f"{XXE}<html><body><p>{office.TEXT} &x;</p></body></html>"
    parts = {"mimetype": "application/epub+zip", "META-INF/container.xml": container}
    book = packed({k: v.encode() for k, v in (parts | {"a.opf": package, "a.xhtml": chapter}).items()})
    text = post.read("a.epub", book)
    assert office.TEXT in text
    assert SECRET not in text
    for case, declared, said in (("x", XXE, "&x;"), ("laughs", LAUGHS, "&i;")):
        content = f'{declared}<office:document-content xmlns:office="o">{said}</office:document-content>'
        paper = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()}
        post.refused(f"{case}.odt", packed(paper), "ODT file is damaged|no text")


@pytest.fixture
def listener() -> Iterator[tuple[str, list[socket]]]:
    """A server that remembers who came."""
    came: list[socket] = []
    with create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            try:
                while True:
                    came.append(server.accept()[0])
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x", came
        server.shutdown(2)
    for one in came:
        one.close()


def test_templates_links_and_pictures_elsewhere_are_not_fetched(post: Post, listener: tuple[str, list[socket]]) -> None:
    url, came = listener
    for name, data in referring(url).items():
        assert office.TEXT in post.read(name, data), name
    assert came == []
    host, _, port = url.removeprefix("http://").removesuffix("/x").partition(":")
    with create_connection((host, int(port))):
        assert eventually(lambda: len(came) == 1)


def referring(url: str) -> dict[str, bytes]:
    """Return files that would have a server asked for a template, a picture, a sheet, a style, a frame."""
    settings = f'<w:settings xmlns:w="{office.W}" xmlns:r="{office.R}"><w:attachedTemplate r:id="rOut"/></w:settings>'
    template = {
        "word/_rels/document.xml.rels": relations(("r2", "settings", "settings.xml")),
        "word/settings.xml": settings.encode(),
        "word/_rels/settings.xml.rels": relations(outside=f"attachedTemplate {url}"),
    }
    shape = f'<v:shape xmlns:v="v"><v:imagedata xmlns:r="{office.R}" r:link="rOut"/></v:shape>'
    link = {"xl/externalLinks/_rels/externalLink1.xml.rels": relations(outside=f"externalLinkPath {url}")}
    style = f'<head><link rel="stylesheet" href="{url}"><base href="{url}"></head>'
    page = f'<html>{style}<body><img src="{url}" alt="A hall"><iframe src="{url}"></iframe><p>{office.TEXT}</p>'
    field = f"INCLUDEPICTURE {url}"
    letter = f"{{\\rtf1{{\\*\\template {url}}}{{\\field{{\\*\\fldinst {field}}}}}{office.TEXT}}}"
    return {
        "template.docx": packed(word() | template),
        "picture.docx": packed(word(f"<w:p><w:r><w:pict>{shape}</w:pict></w:r></w:p>", outside=f"image {url}")),
        "field.docx": packed(word(f'<w:p><w:fldSimple w:instr="{field}"><w:r><w:t>x</w:t></w:r></w:fldSimple></w:p>')),
        "book.xlsx": packed(sheet() | link),
        "page.html": page.encode(),
        "notes.md": f"![a hall]({url})\n\n{office.TEXT}".encode(),
        "letter.rtf": letter.encode(),
        "mail.eml": f"From: a@example.com\nSubject: x\nContent-Type: text/html\n\n{page}".encode(),
    }


PROGRAM = "application/vnd.ms-office.vbaProject"
AS_BINARY = f'<Default Extension="bin" ContentType="{PROGRAM}"/>'
ENABLED = word()["[Content_Types].xml"].replace(
    b"openxmlformats-officedocument.wordprocessingml.document.main", b"ms-word.document.macroEnabled.main"
)
MACROS = {
    "a.docm": packed(word() | {"[Content_Types].xml": ENABLED}),
    "part.docx": packed(word(), member("word/VbaProject.bin", b"x")),
    "renamed.docx": packed(word(more=AS_BINARY), member("word/a.bin", b"x")),
    "spelt.docx": packed(word(more=AS_BINARY.replace("vba", "&#118;ba"))),
    "wide.docx": packed(
        word() | {"[Content_Types].xml": office.types("word/document.xml", AS_BINARY).decode().encode("utf-16")}
    ),
}


@pytest.mark.parametrize("name", MACROS)
def test_programs_in_office_files_are_refused_whatever_the_name(post: Post, name: str) -> None:
    post.refused(name, MACROS[name], "holds macros")


@pytest.mark.parametrize(
    "kind", ["ms-powerpoint.presentation.macroEnabled.main+xml", "ms-excel.sheet.macroEnabled.main+xml"]
)
def test_presentations_and_workbooks_with_programs_are_refused(post: Post, kind: str) -> None:
    parts = word()
    old = b"openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(old, kind.encode())
    post.refused("a.pptx", packed(parts), "holds macros")


def test_embedded_objects_are_left_shut(post: Post) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    rels = relations(("r1", "oleObject", "embeddings/oleObject1.bin"))
    parts = word() | {"word/_rels/document.xml.rels": rels, "word/embeddings/oleObject1.bin": ole}
    parts["[Content_Types].xml"] = office.types(
        "word/document.xml",
        '<Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.oleObject"/>',
    )
    assert post.read("object.docx", packed(parts)).strip() == office.TEXT
