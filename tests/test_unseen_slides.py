"""Words on slides in the colour of what is behind, behind what covers them, or too small are found."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pptx
import pytest
from PIL import Image
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR as T
from pptx.enum.shapes import MSO_SHAPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from ingest.parsers.slides_ground import Ground
from ingest.parsers.slides_places import Part
from tests.test_unseen import SECRET, told

SEEN = "Seen by all who look"
WHITE, BLACK, NAVY = RGBColor(255, 255, 255), RGBColor(0, 0, 0), RGBColor(0, 0, 128)
A = nsdecls("a")


def made(tmp_path: Path, build: Callable[[Any], object]) -> tuple[str, list[tuple[str, str]]]:
    deck = pptx.Presentation()
    build(deck.slides.add_slide(deck.slide_layouts[6]))
    deck.save(str(path := tmp_path / "a.pptx"))
    return told(path, "pptx")


def box(on: Any, text: str, left: float = 1, top: float = 2, size: float = 6, high: float = 1) -> Any:
    """Add a text box (inches) whose one run is returned."""
    frame = on.shapes.add_textbox(Inches(left), Inches(top), Inches(size), Inches(high)).text_frame
    frame.word_wrap = True
    run = frame.paragraphs[0].add_run()
    run.text = text
    return run


def panel(on: Any, colour: RGBColor | None, left: float = 1, top: float = 2, kind: Any = MSO_SHAPE.RECTANGLE) -> Any:
    shape = on.shapes.add_shape(kind, Inches(left), Inches(top), Inches(6), Inches(1))
    if colour is None:
        shape.fill.background()
    else:
        shape.fill.solid()
        shape.fill.fore_color.rgb = colour
    return shape


def inked(run: Any, colour: RGBColor = WHITE) -> Any:
    run.font.color.rgb = colour
    return run


def back(page: Any, colour: RGBColor) -> None:
    page.background.fill.solid()
    page.background.fill.fore_color.rgb = colour


def drawing(mode: str, colour: tuple[int, ...] | str) -> io.BytesIO:
    Image.new(mode, (8, 8), colour).save(data := io.BytesIO(), "PNG")
    return data


def over(on: Any, mode: str = "RGB", colour: tuple[int, ...] | str = "red") -> Any:
    return on.shapes.add_picture(drawing(mode, colour), Inches(0.5), Inches(1), Inches(8), Inches(4))


def themed(slide: Any, name: T, brightness: float = 0) -> None:
    colour = box(slide, SECRET).font.color
    colour.theme_color, colour.brightness = name, brightness


def of_slide(slide: Any) -> None:
    back(slide, NAVY)
    inked(box(slide, SECRET), RGBColor(4, 4, 130))


def of_layout(slide: Any) -> None:
    back(slide.slide_layout, NAVY)
    inked(box(slide, SECRET), NAVY)


def of_master(slide: Any) -> None:
    back(slide.slide_layout.slide_master, NAVY)
    inked(box(slide, SECRET), NAVY)


def of_shape(slide: Any) -> None:
    inked(panel(slide, NAVY).text_frame.paragraphs[0].add_run(), NAVY).text = SECRET


def on_panel(slide: Any) -> None:
    panel(slide, NAVY)
    inked(box(slide, SECRET, 1.1, 2.1, 5, 0.5), NAVY)


def on_two(slide: Any) -> None:
    """On a white panel that it runs over, onto the white slide."""
    panel(slide, WHITE, 3)
    inked(box(slide, SECRET))


def by_list(slide: Any) -> None:
    """In the colour that its shape says for all runs."""
    run = box(slide, SECRET)
    style = run._r.getparent().getparent().find(qn("a:lstStyle"))
    fill = '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'
    style.append(parse_xml(f"<a:lvl1pPr {A}><a:defRPr>{fill}</a:defRPr></a:lvl1pPr>"))


def by_layout(slide: Any) -> None:
    """In the colour and size of its placeholder on the layout."""
    layout = slide.part.package.presentation_part.presentation.slide_layouts[1]
    on = slide.part.package.presentation_part.presentation.slides.add_slide(layout)
    body = layout.placeholders[1]._element.txBody.find(qn("a:lstStyle"))
    fill = '<a:solidFill><a:schemeClr val="bg1"/></a:solidFill>'
    body.append(parse_xml(f"<a:lvl1pPr {A}><a:defRPr>{fill}</a:defRPr></a:lvl1pPr>"))
    on.placeholders[1].text = SECRET


def in_cell(slide: Any) -> None:
    grid = slide.shapes.add_table(1, 2, Inches(1), Inches(2), Inches(6), Inches(1)).table
    for cell in grid.iter_cells():
        cell.fill.solid()
        cell.fill.fore_color.rgb = NAVY
    inked(grid.cell(0, 0).text_frame.paragraphs[0].add_run()).text = SEEN
    inked(grid.cell(0, 1).text_frame.paragraphs[0].add_run(), NAVY).text = SECRET


def filled(run: Any, markup: str) -> None:
    run._r.get_or_add_rPr().insert(0, parse_xml(markup))


def without_fill(slide: Any) -> None:
    filled(box(slide, SECRET), f"<a:noFill {A}/>")


def see_through(slide: Any) -> None:
    clear = '<a:srgbClr val="FF0000"><a:alpha val="1000"/></a:srgbClr>'
    filled(box(slide, SECRET), f"<a:solidFill {A}>{clear}</a:solidFill>")


def scaled(slide: Any) -> None:
    frame = box(slide, SECRET)._r.getparent().getparent().find(qn("a:bodyPr"))
    frame.append(parse_xml(f'<a:normAutofit {A} fontScale="5000"/>'))


def tiny_cell(slide: Any) -> None:
    cell = slide.shapes.add_table(1, 1, Inches(1), Inches(2), Inches(6), Inches(1)).table.cell(0, 0)
    run = cell.text_frame.paragraphs[0].add_run()
    run.text, run.font.size = SECRET, Pt(1)


def beside(slide: Any) -> None:
    """Off the slide within a group that is on it."""
    group = slide.shapes.add_group_shape()
    panel(group, NAVY)
    box(group, SECRET, -9)


def under_picture(slide: Any) -> None:
    box(slide, SECRET)
    over(slide)


def under_opaque(slide: Any) -> None:
    """Under a picture that could let light through and does not."""
    box(slide, SECRET)
    over(slide, "RGBA", (255, 0, 0, 255))


def under_panel(slide: Any) -> None:
    box(slide, SECRET, 1.1, 2.1, 5, 0.5)
    panel(slide, NAVY)


def title(slide: Any) -> None:
    deck = slide.part.package.presentation_part.presentation
    on = deck.slides.add_slide(deck.slide_layouts[5])
    inked(on.shapes.title.text_frame.paragraphs[0].add_run()).text = SECRET


@pytest.mark.parametrize(
    ("how", "hide"),
    [
        ("colour", lambda s: inked(box(s, SECRET))), ("colour", of_slide), ("colour", of_layout), ("colour", of_master),
        ("colour", of_shape), ("colour", on_panel), ("colour", on_two), ("colour", by_list), ("colour", by_layout),
        ("colour", in_cell), ("colour", title), ("colour", lambda s: themed(s, T.BACKGROUND_1)),
        ("colour", lambda s: themed(s, T.ACCENT_1, 0.97)), ("invisible", without_fill), ("invisible", see_through),
        ("tiny", scaled), ("tiny", tiny_cell), ("outside", beside), ("covered", under_picture),
        ("covered", under_opaque), ("covered", under_panel),
    ],
)  # fmt: skip
def test_a_slide_hides_words_and_they_are_found(tmp_path: Path, how: str, hide: Callable[[Any], object]) -> None:
    def build(slide: Any) -> None:
        box(slide, SEEN, top=6)
        hide(slide)

    seen, hidden = made(tmp_path, build)
    assert hidden == [(how, SECRET)]
    assert SEEN in seen
    assert "zebra" not in seen


@pytest.mark.parametrize("size", ["9" * 5000, "9" * 400, "0", "-5", "x"])
def test_one_damaged_run_does_not_get_the_words_of_others_read(tmp_path: Path, size: str) -> None:
    def build(slide: Any) -> None:
        box(slide, SEEN, top=6)
        flat = box(slide, ".", top=4)
        flat._r.get_or_add_rPr().set("sz", size)
        slide.shapes[1].width = 0
        inked(box(slide, SECRET))
        over(slide, colour="white").top = Inches(9)

    seen, hidden = made(tmp_path, build)
    assert ("colour", SECRET) in hidden
    assert seen.splitlines()[-1] == SEEN


def test_a_shape_that_cannot_be_judged_is_hidden_and_the_others_are_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Ground.behind

    def behind(self: Ground, part: Part, *about: Any) -> Any:
        if part.node.get("name") == "broken":
            raise ZeroDivisionError
        return real(self, part, *about)

    def build(slide: Any) -> None:
        box(slide, SEEN, top=6)
        for at in (2, 4):
            inked(box(slide, SECRET, top=at))
        slide.shapes[1]._element.set("name", "broken")

    monkeypatch.setattr(Ground, "behind", behind)
    assert made(tmp_path, build) == (SEEN, [("marked", SECRET), ("colour", SECRET)])


def test_words_that_cover_one_another_are_told_once_each_with_the_shape_they_stand_in(tmp_path: Path) -> None:
    def build(slide: Any) -> None:
        for text in ("One.", "Two."):
            inked(box(slide, text))
        line = slide.shapes[0].text_frame.add_paragraph()
        inked(line.add_run()).text = "Three"
        inked(line.add_run()).text = " and four."

    assert made(tmp_path, build) == ("", [("colour", "One."), ("colour", "Three and four."), ("colour", "Two.")])
