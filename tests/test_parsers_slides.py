"""PowerPoint: a page a slide, read in the order people read it, notes after it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pptx
import pytest
from PIL import Image
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml.ns import qn
from pptx.util import Inches

from ingest.parsers import Options, parse
from ragbox.errors import Rejected
from ragbox.types import Parsed


def parsed(tmp_path: Path, build: Callable[[Any], object]) -> Parsed:
    deck = pptx.Presentation()
    build(deck)
    path = tmp_path / "file"
    deck.save(str(path))
    return parse(path, "pptx", Options())


def shape(result: Parsed) -> list[tuple[str, str, int]]:
    return [(block.kind.value, block.text, block.page) for block in result.blocks]


def box(slide: Any, text: str, left: float, top: float) -> Any:
    made = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1))
    made.text_frame.text = text
    return made


def test_title_bullets_and_notes_of_each_slide(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        for title, body in (("销售计划", "目标\n渠道"), ("Budget", "Two items")):
            slide = deck.slides.add_slide(deck.slide_layouts[1])
            slide.shapes.title.text = title
            slide.placeholders[1].text = body
        slide.notes_slide.notes_text_frame.text = "Mention the risk."

    result = parsed(tmp_path, build)
    assert shape(result) == [
        ("title", "销售计划", 1),
        ("list_item", "目标", 1),
        ("list_item", "渠道", 1),
        ("title", "Budget", 2),
        ("list_item", "Two items", 2),
        ("note", "Mention the risk.", 2),
    ]
    assert (result.pages, result.title) == (2, "销售计划")


def test_shapes_are_read_by_place_not_by_age_and_groups_are_opened(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        box(slide, "below", 1, 5)
        box(slide, "right", 6, 1)
        box(slide, "left", 1, 1.05)
        group = slide.shapes.add_group_shape()
        inner = group.shapes.add_textbox(Inches(1), Inches(3), Inches(1), Inches(1))
        inner.text_frame.text = "grouped"

    assert [text for _, text, _ in shape(parsed(tmp_path, build))] == ["left", "right", "grouped", "below"]


def test_tables_and_charts_become_tables(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        grid = slide.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
        for at, text in enumerate(["Year", "Sales", "2023", "12"]):
            grid.cell(at // 2, at % 2).text = text
        data = CategoryChartData()
        data.categories = ["North", "South"]
        data.add_series("2023", (1.5, 2))
        data.add_series("2024", (3, None))
        slide.shapes.add_chart(
            XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(3), Inches(4), Inches(3), data
        ).chart.has_title = False

    first, second = parsed(tmp_path, build).blocks
    assert (first.rows, first.header_rows) == ((("Year", "Sales"), ("2023", "12")), 1)
    assert second.rows == (("", "2023", "2024"), ("North", "1.5", "3"), ("South", "2", ""))
    assert second.header_rows == 1


@pytest.mark.parametrize("place", ["9" * 5000, "x", ""])
def test_a_shape_whose_place_is_no_number_is_read(tmp_path: Path, place: str) -> None:
    def build(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        box(slide, "first", 1, 5)._element.spPr.find(qn("a:xfrm"))[0].set("y", place)
        box(slide, "second", 1, 1)

    assert [text for _, text, _ in shape(parsed(tmp_path, build))] == ["first", "second"]


def test_a_soft_line_break_does_not_join_words(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = "Annual\vReport"

    assert shape(parsed(tmp_path, build)) == [("title", "Annual Report", 1)]


def test_a_made_up_title_property_is_passed_over(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        deck.core_properties.title = "PowerPoint Presentation"
        deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "Real title"

    assert parsed(tmp_path, build).title == "Real title"


def test_noise_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"PK\x03\x04 noise")
    with pytest.raises(Rejected, match="damaged"):
        parse(path, "pptx", Options())


def test_a_cell_over_several_rows_is_said_in_each(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        grid = slide.shapes.add_table(3, 3, Inches(1), Inches(1), Inches(4), Inches(1)).table
        for at, text in enumerate(["Region", "Sales", "", "North", "1", "2", "", "3", "4"]):
            grid.cell(at // 3, at % 3).text = text
        grid.cell(0, 1).merge(grid.cell(0, 2))
        grid.cell(1, 0).merge(grid.cell(2, 0))

    (block,) = parsed(tmp_path, build).blocks
    assert block.rows == (("Region", "Sales", ""), ("North", "1", "2"), ("North", "3", "4"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sales by region, 2023", ["Sales by region, 2023"]),
        ("A lake\n\nDescription automatically generated", ["A lake"]),
        ("Picture 3", []),
        ("chart-final.png", []),
        ("", []),
    ],
)
def test_what_a_picture_shows_is_its_caption_unless_a_program_named_it(
    tmp_path: Path, text: str, said: list[str]
) -> None:
    def build(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        pixel = io.BytesIO()
        Image.new("RGB", (2, 2)).save(pixel, "PNG")
        picture = slide.shapes.add_picture(pixel, Inches(1), Inches(1))
        picture._element.nvPicPr.cNvPr.set("descr", text)

    assert shape(parsed(tmp_path, build)) == [("caption", words, 1) for words in said]
