"""Words on slides that look hidden and are seen: on pictures and panels, in outline, under what lets light through."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from tests.test_unseen_slides import NAVY, SEEN, A, box, inked, made, over, panel


def on_picture(slide: Any) -> None:
    over(slide)
    inked(box(slide, SEEN))


def on_dark(slide: Any) -> None:
    panel(slide, NAVY)
    inked(box(slide, SEEN))


def on_layout(slide: Any) -> None:
    """On a stripe that the layout draws."""
    stripe = (
        '<p:sp {}><p:nvSpPr><p:cNvPr id="9" name="stripe"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>{}{}</p:spPr></p:sp>'
    )
    place = '<a:xfrm><a:off x="0" y="0"/><a:ext cx="9144000" cy="6858000"/></a:xfrm><a:prstGeom prst="rect"/>'
    fill = '<a:solidFill><a:schemeClr val="accent1"><a:lumMod val="50000"/></a:schemeClr></a:solidFill>'
    slide.slide_layout.shapes._spTree.append(parse_xml(stripe.format(nsdecls("p", "a"), place, fill)))
    inked(box(slide, SEEN))


def half_on_dark(slide: Any) -> None:
    panel(slide, NAVY, 3)
    inked(box(slide, SEEN))


def runs_over(slide: Any) -> None:
    """Too long for its box, onto what is dark below."""
    panel(slide, NAVY, 1, 2.6)
    inked(box(slide, SEEN, size=1, high=0.3))


def on_round(slide: Any) -> None:
    panel(slide, NAVY, kind=MSO_SHAPE.OVAL)
    inked(box(slide, SEEN))


def on_gradient(slide: Any) -> None:
    slide.background.fill.gradient()
    inked(box(slide, SEEN))


def styled_cell(slide: Any) -> None:
    """White on what the table's style fills."""
    cell = slide.shapes.add_table(1, 1, Inches(1), Inches(2), Inches(6), Inches(1)).table.cell(0, 0)
    inked(cell.text_frame.paragraphs[0].add_run()).text = SEEN


def outlined(slide: Any) -> None:
    run = inked(box(slide, SEEN))
    line = '<a:ln {}><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln>'
    run._r.rPr.insert(0, parse_xml(line.format(A)))


def through_glass(slide: Any) -> None:
    box(slide, SEEN)
    over(slide, "RGBA", (255, 255, 0, 90))


def before_it_comes(slide: Any) -> None:
    """Under a picture that comes in later."""
    box(slide, SEEN)
    timed(slide, over(slide))


def by_name(slide: Any) -> None:
    """In what the slide calls its background and is not: its names of colours are turned round."""
    names = slide._element.find(qn("p:clrMapOvr"))
    names.clear()
    rest = " ".join(f'accent{n}="accent{n}"' for n in range(1, 7))
    turned = f'bg1="dk1" tx1="lt1" bg2="dk2" tx2="lt2" {rest} hlink="hlink" folHlink="folHlink"'
    names.append(parse_xml(f"<a:overrideClrMapping {A} {turned}/>"))
    inked(box(slide, SEEN))


def partly_under(slide: Any) -> None:
    box(slide, SEEN)
    panel(slide, NAVY, 3)


def in_group(slide: Any) -> None:
    group = slide.shapes.add_group_shape()
    panel(group, NAVY)
    inked(box(group, SEEN))


def timed(slide: Any, shape: Any) -> None:
    """Let a shape move while the slide is shown."""
    target = f'<p:tgtEl><p:spTgt spid="{shape.shape_id}"/></p:tgtEl>'
    slide._element.append(parse_xml(f"<p:timing {nsdecls('p')}><p:bldLst/>{target}</p:timing>"))


def flies_in(slide: Any) -> None:
    box(slide, SEEN, -9)
    timed(slide, slide.shapes[0])


def comes_in_a_group(slide: Any) -> None:
    """Under a shape whose group comes in later."""
    box(slide, SEEN, 1.1, 2.1, 5, 0.5)
    group = slide.shapes.add_group_shape()
    panel(group, NAVY)
    timed(slide, group)


def on_line(slide: Any) -> None:
    """On a line of a stripe's thickness, which passes below the box."""
    line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, Inches(0.5), Inches(2.4), Inches(9), Inches(2.4))
    line.line.width, line.line.color.rgb = Pt(90), NAVY
    inked(box(slide, SEEN, high=0.3))


def on_outline(slide: Any) -> None:
    frame = panel(slide, None, top=2.3)
    frame.line.width, frame.line.color.rgb = Pt(90), NAVY
    inked(box(slide, SEEN, high=0.3))


def under_drawing(slide: Any) -> None:
    """Under a drawing, of which Pillow does not tell what it leaves free."""
    box(slide, SEEN)
    head = struct.pack("<II8i4sIIIHHIII4i", 1, 108, *[0, 0, 100, 100, 0, 0, 2540, 2540], b" EMF", 65536, 128, 2, 1,
                       0, 0, 0, 0, 1000, 1000, 300, 300)  # fmt: skip
    frame = over(slide)
    blip = frame._element.blipFill.blip.rEmbed
    slide.part.related_part(blip)._blob = head.ljust(108, b"\0") + struct.pack("<5I", 14, 20, 0, 16, 20)


def bare_table(slide: Any, inside: str) -> None:
    frame = slide.shapes.add_table(1, 1, Inches(1), Inches(2), Inches(6), Inches(1))
    about = frame.table._tbl.tblPr
    about.remove(about.find(qn("a:tableStyleId")))
    about.append(parse_xml(inside))
    inked(frame.table.cell(0, 0).text_frame.paragraphs[0].add_run()).text = SEEN


def filled_table(slide: Any) -> None:
    bare_table(slide, f'<a:solidFill {A}><a:srgbClr val="000080"/></a:solidFill>')


def table_with_style(slide: Any) -> None:
    bare_table(slide, f'<a:tableStyle {A} styleId="{{0}}" styleName="own"/>')


@pytest.mark.parametrize(
    "show",
    [
        on_picture, on_dark, on_layout, half_on_dark, runs_over, on_round, on_gradient, styled_cell, outlined,
        through_glass, before_it_comes, by_name, partly_under, in_group, flies_in,
        comes_in_a_group, on_line, on_outline, under_drawing, filled_table, table_with_style,
    ],
)  # fmt: skip
def test_what_is_seen_on_a_slide_stays(tmp_path: Path, show: Callable[[Any], object]) -> None:
    seen, hidden = made(tmp_path, show)
    assert hidden == []
    assert SEEN in seen
