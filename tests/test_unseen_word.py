"""Words of a Word document that no page shows: by style, theme, frame, row or text box; and those that look so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.shared import RGBColor

from tests.test_unseen import SECRET, told

SEEN = "Seen by all who look"
MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = f'''xmlns:w="{MAIN}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
    xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    xmlns:v="urn:schemas-microsoft-com:vml"
    xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
    xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'''
WHITE = '<w:color w:val="FFFFFF"/>'
INK = '<w14:solidFill><w14:srgbClr w14:val="FFFFFF"/></w14:solidFill>'


def paragraph(document: Document, letters: str = "", form: str = "", text: str = SECRET) -> None:
    """Add a paragraph (its XML: pPr) of one run (rPr)."""
    run = f"<w:r><w:rPr>{letters}</w:rPr><w:t>{text}</w:t></w:r>"
    document.element.body.insert(0, parse_xml(f"<w:p {SPACES}><w:pPr>{form}</w:pPr>{run}</w:p>"))


def style(document: Document, name: str, letters: str) -> None:
    document.styles[name].element.get_or_add_rPr().append(parse_xml(letters.replace("/>", f" {SPACES}/>", 1)))


def of_all(document: Document) -> None:
    """Hidden by what the file says of all letters, but for those that say otherwise."""
    defaults = next(document.styles.element.iter(f"{{{MAIN}}}rPrDefault"))
    defaults[0].append(parse_xml(f"<w:vanish {SPACES}/>"))
    for run in document.paragraphs[0].runs:
        run.font.hidden = False
    paragraph(document)


def of_normal(document: Document) -> None:
    """White by the style of all paragraphs that name none."""
    style(document, "Normal", WHITE)
    for run in document.paragraphs[0].runs:
        run.font.color.rgb = RGBColor(0, 0, 0)
    paragraph(document)


def in_row(about: str) -> Callable[[Document], None]:
    def build(document: Document) -> None:
        table = document.add_table(1, 2)
        table.rows[0]._tr.get_or_add_trPr().append(parse_xml(about.replace("/>", f" {SPACES}/>", 1)))
        table.cell(0, 0).text = SECRET

    return build


def boxed(
    anchor: str = "",
    fill: str = "<a:noFill/>",
    letters: str = "",
    text: str = SECRET,
    size: str = 'cx="1828800" cy="914400"',
) -> Callable[[Document], None]:
    """Add a text box of 2 by 1 inches; `anchor` says where, or an attribute of it."""
    where = anchor if "<" in anchor else ""
    about = '<wp:docPr id="1" name="box"{}/>'.format("" if where else anchor)
    content = f"<w:txbxContent><w:p><w:r><w:rPr>{letters}</w:rPr><w:t>{text}</w:t></w:r></w:p></w:txbxContent>"
    shape = f"<wps:wsp><wps:spPr>{fill}</wps:spPr><wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp>"
    graphic = f'<a:graphic><a:graphicData uri="x">{shape}</a:graphicData></a:graphic>'
    drawing = f"<w:drawing><wp:anchor>{where}<wp:extent {size}/>{about}{graphic}</wp:anchor></w:drawing>"

    def build(document: Document) -> None:
        document.element.body.insert(0, parse_xml(f"<w:p {SPACES}><w:r>{drawing}</w:r></w:p>"))

    return build


def at(side: str, offset: int, base: str) -> str:
    tag = f"wp:position{side}"
    return f'<{tag} relativeFrom="{base}"><wp:posOffset>{offset}</wp:posOffset></{tag}>'


def old_box(
    look: str, style: str = "", letters: str = "", text: str = SECRET, words: str = ""
) -> Callable[[Document], None]:
    """Add a text box of old programs; `words` is the style of what is in it."""
    content = f"<w:txbxContent><w:p><w:r><w:rPr>{letters}</w:rPr><w:t>{text}</w:t></w:r></w:p></w:txbxContent>"
    shape = f'<v:shape style="{style}" {look}><v:textbox style="{words}">{content}</v:textbox></v:shape>'

    def build(document: Document) -> None:
        document.element.body.insert(0, parse_xml(f"<w:p {SPACES}><w:r><w:pict>{shape}</w:pict></w:r></w:p>"))

    return build


def letters(markup: str, form: str = "") -> Callable[[Document], None]:
    return lambda document: paragraph(document, markup, form)


def background(*, displayed: bool, text: str = SECRET) -> Callable[[Document], None]:
    """White on a page that the file calls dark, which is drawn only if the settings say so."""

    def build(document: Document) -> None:
        document.element.insert(0, parse_xml(f'<w:background {SPACES} w:color="000080"/>'))
        if displayed:
            document.settings.element.append(parse_xml(f"<w:displayBackgroundShape {SPACES}/>"))
        paragraph(document, WHITE, text=text)

    return build


def styled_table(part: str, text: str = SECRET) -> Callable[[Document], None]:
    """White by the style of its table; `part` is what that says of the first row."""

    def build(document: Document) -> None:
        look = f'<w:rPr>{WHITE}</w:rPr><w:tblStylePr w:type="firstRow">{part}</w:tblStylePr>'
        ghost = f'<w:style {SPACES} w:type="table" w:styleId="Ghost"><w:name w:val="Ghost"/>{look}</w:style>'
        document.styles.element.append(parse_xml(ghost))
        table = document.add_table(1, 1)
        table.style = document.styles["Ghost"]
        table.cell(0, 0).text = text

    return build


def headed(document: Document) -> None:
    """White on a picture in the header, behind the text."""
    letterhead = parse_xml(f'<w:r {SPACES}><w:drawing><wp:anchor behindDoc="1"/></w:drawing></w:r>')
    document.sections[0].header.paragraphs[0]._p.append(letterhead)
    paragraph(document, WHITE, text=SEEN)


def boxed_under_header(document: Document) -> None:
    picture = parse_xml(f"<w:r {SPACES}><a:blip/></w:r>")
    document.sections[0].footer.paragraphs[0]._p.append(picture)
    boxed("", "<a:noFill/>", WHITE, SEEN)(document)


SOLID = '<a:solidFill><a:schemeClr val="{}"/></a:solidFill>'


@pytest.mark.parametrize(
    ("how", "hide"),
    [
        ("marked", of_all), ("colour", of_normal),
        ("colour", letters('<w:color w:val="000000" w:themeColor="background1"/>')),
        ("colour", letters('<w:color w:val="000000" w:themeColor="text1" w:themeTint="02"/>')),
        ("colour", letters(WHITE, '<w:shd w:val="clear" w:color="auto" w:fill="000080" w:themeFill="background1"/>')),
        ("invisible", letters("<w14:textFill><w14:noFill/></w14:textFill>")),
        ("colour", letters(f"<w14:textFill>{INK}</w14:textFill>")),
        ("tiny", letters('<w:w w:val="1"/>')),
        ("clipped", letters("", '<w:spacing w:line="1" w:lineRule="exact"/>')),
        ("outside", letters("", '<w:framePr w:w="2000" w:hAnchor="page" w:x="-25000"/>')),
        ("clipped", in_row('<w:trHeight w:val="1" w:hRule="exact"/>')), ("marked", in_row("<w:hidden/>")),
        ("outside", boxed(at("H", -2_000_000, "page"))), ("outside", boxed(at("V", 99_000_000, "paragraph"))),
        ("outside", boxed(at("H", -20_000_000, "column"))), ("marked", boxed(' hidden="1"')),
        ("clipped", boxed(size='cx="1828800" cy="1"')), ("colour", boxed("", SOLID.format("bg1"), WHITE)),
        ("colour", boxed("", "<a:noFill/>", WHITE)), ("colour", old_box("", "", WHITE)),
        ("marked", old_box("", "visibility:hidden", words="mso-fit-shape-to-text:f")),
        ("clipped", old_box("", "width:100pt;height:0pt", words="mso-fit-shape-to-text:f")),
        ("colour", background(displayed=False)), ("colour", styled_table("")),
        ("outside", old_box("", "position:absolute;margin-left:-3000pt;width:100pt;height:20pt")),
        ("marked", old_box("", "visibility:hidden")), ("clipped", old_box("", "width:100pt;height:0pt")),
    ],
)  # fmt: skip
def test_a_word_document_hides_words_and_they_are_found(
    tmp_path: Path, how: str, hide: Callable[[Document], None]
) -> None:
    document = docx.Document()
    document.add_paragraph().add_run(SEEN)
    hide(document)
    document.save(str(path := tmp_path / "a.docx"))
    assert told(path, "docx") == (SEEN, [(how, SECRET)])


def test_numbers_that_no_program_writes_hide_nothing_and_break_nothing(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(SEEN)
    boxed(at("H", -2_000_000, "page"))(document)
    next(document.element.body.iter(f"{{{MAIN}}}pgSz")).set(f"{{{MAIN}}}w", "9" * 5000)
    document.save(str(path := tmp_path / "a.docx"))
    assert told(path, "docx") == (SEEN, [("outside", SECRET)])


def white_on_picture(document: Document) -> None:
    """In a box without fill, of a document with a picture: it may lie behind."""
    boxed("", "<a:noFill/>", WHITE, SEEN)(document)
    document.element.body[0].append(parse_xml(f"<w:r {SPACES}><a:blip/></w:r>"))


@pytest.mark.parametrize(
    "show",
    [
        white_on_picture, headed, boxed_under_header, background(displayed=True, text=SEEN),
        styled_table('<w:rPr><w:color w:val="000000"/></w:rPr>', SEEN),
        old_box("", "width:100pt;height:0pt", "", SEEN, "mso-fit-shape-to-text:t"),
        boxed("", SOLID.format("accent1"), WHITE, SEEN), boxed("", "<a:gradFill/>", WHITE, SEEN),
        boxed(at("H", -2_000_000, "column"), text=SEEN), boxed(at("V", 5_000_000, "page"), text=SEEN),
        old_box('fillcolor="#000080"', "", WHITE, SEEN), old_box('filled="f"', "", WHITE, SEEN),
        old_box("", "position:absolute;left:9180;top:14220;width:300;height:20", "", SEEN),  # in the units of a group
        lambda d: paragraph(d, f"{WHITE}<w:outline/>", text=SEEN),
        lambda d: paragraph(d, f'{WHITE}<w14:textOutline><w14:solidFill/></w14:textOutline>', text=SEEN),
        lambda d: paragraph(d, '<w:color w:val="FFFFFF" w:themeColor="accent1"/>', text=SEEN),
        lambda d: paragraph(d, '<w:vanish w:val="0"/>', text=SEEN),
        lambda d: paragraph(d, "", '<w:spacing w:line="240" w:lineRule="exact"/>', SEEN),
    ],
)  # fmt: skip
def test_what_is_seen_in_a_word_document_stays(tmp_path: Path, show: Callable[[Document], Any]) -> None:
    document = docx.Document()
    show(document)
    document.save(str(path := tmp_path / "a.docx"))
    assert told(path, "docx") == (SEEN, [])
