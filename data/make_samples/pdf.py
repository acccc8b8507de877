"""Sets papers as PDF: contracts, policies, handbooks and the annual report."""

import re
from pathlib import Path

from reportlab import rl_config
from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.shapes import Drawing, String
from reportlab.lib import colors, textsplit
from reportlab.lib.enums import TA_JUSTIFY, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)
from reportlab.platypus import paragraph as typesetter
from reportlab.platypus.tableofcontents import TableOfContents

from .blocks import Block, Paper

rl_config.invariant = 1
CHINESE = "Droid"
DROID = "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"
NO_LINE_START = textsplit.ALL_CANNOT_START + "，；：？！％"  # reportlab knows the Japanese signs only
textsplit.ALL_CANNOT_START = typesetter.ALL_CANNOT_START = NO_LINE_START
pdfmetrics.registerFont(TTFont(CHINESE, DROID))
BLUE = colors.HexColor("#17406d")
GREY = colors.HexColor("#666666")
WIDTH, HEIGHT = A4
MARGIN = 22 * mm
LATIN = re.compile(r"[!-)+-~£°±²³—…“”¥·•][ -)+-~£°±²³—…“”¥·•]*")  # what the Chinese font lacks; no asterisk
CLAUSE = re.compile(r"(\d+\.\d+(?:\.\d+)?|\([a-z]\)|第[一二三四五六七八九十]+条) +(.*)")


def markup(text: str, chinese: bool) -> str:
    """Reportlab's inline markup of a text; Latin words in Chinese text get a Latin font."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    if chinese:
        text = LATIN.sub(lambda run: f'<font name="Helvetica">{run[0]}</font>', text)
    text = re.sub(r"\*\*(.+?)\*\*", r"\1" if chinese else r"<b>\1</b>", text)  # no bold Chinese face
    return re.sub(r"\[\^(\d+)\]", r"<super>\1</super>", text)


def styles(paper: Paper) -> dict[str, ParagraphStyle]:
    """The paragraph styles of a paper, by language and number of columns."""
    chinese, narrow = paper.chinese, paper.meta.get("columns") == "2"
    serif = paper.meta.get("font") == "serif"
    plain = CHINESE if chinese else "Times-Roman" if serif else "Helvetica"
    bold = CHINESE if chinese else "Times-Bold" if serif else "Helvetica-Bold"
    size = 9.8 if narrow else 10.5
    extra = {"wordWrap": "CJK"} if chinese else {"hyphenationLang": "en_GB"} if narrow else {}
    text = ParagraphStyle(
        "text",
        fontName=plain,
        fontSize=size,
        leading=size * (1.6 if chinese else 1.38),
        spaceAfter=size * 0.6,
        alignment=0 if chinese else TA_JUSTIFY,
        **extra,
    )
    left = {"alignment": 0}
    heads = {
        f"h{level}": ParagraphStyle(
            f"h{level}",
            text,
            fontName=bold,
            fontSize=size + add,
            textColor=BLUE,
            leading=(size + add) * 1.3,
            spaceBefore=size,
            spaceAfter=size * 0.5,
            keepWithNext=1,
            hyphenationLang="",
            **left,
        )
        for level, add in ((1, 2.5 if narrow else 6), (2, 1 if narrow else 2.5), (3, 0.7))
    }
    return heads | {
        "text": text,
        "first": ParagraphStyle("first", text, firstLineIndent=2 * size if chinese else 0),
        "clause": ParagraphStyle(
            "clause", text, leftIndent=(19 if chinese else 12) * mm, bulletFontName=plain, bulletFontSize=size
        ),
        "item": ParagraphStyle("item", text, leftIndent=6 * mm, bulletIndent=1.5 * mm, spaceAfter=size * 0.3),
        "cell": ParagraphStyle("cell", text, fontSize=size - 1.2, leading=(size - 1.2) * 1.3, spaceAfter=0, **left),
        "figure": ParagraphStyle(
            "figure", text, fontSize=size - 1.2, leading=(size - 1.2) * 1.3, spaceAfter=0, alignment=TA_RIGHT
        ),
        "foot": ParagraphStyle("foot", text, fontSize=size - 2, leading=(size - 2) * 1.4, textColor=GREY),
    }


class _Document(BaseDocTemplate):
    """A document that puts its headings into the outline and the table of contents."""

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802
        level = getattr(flowable, "outline", 0)
        if not level:
            return
        key = f"heading-{self.seq.nextf('heading')}"
        self.canv.bookmarkPage(key)
        title = flowable.getPlainText()
        self.canv.addOutlineEntry(title, key, level - 1, closed=level > 1)
        if level == 1:
            self.notify("TOCEntry", (0, title, self.page, key))


def write(paper: Paper, path: Path | str) -> None:
    """Set a paper as an A4 PDF."""
    style = styles(paper)
    meta, chinese = paper.meta, paper.chinese
    document = _Document(str(path), pagesize=A4, title=meta["title"], author=meta.get("author", ""), invariant=1)
    top = 40 * mm if "cover" not in meta else 0
    document.addPageTemplates(
        [
            PageTemplate("first", _frames(meta, top), onPage=lambda c, d: _first(c, d, paper)),
            PageTemplate("later", _frames(meta, 0), onPage=lambda c, d: _running(c, d, paper)),
        ]
    )
    story: list[Flowable] = [NextPageTemplate("later")]
    if "cover" in meta:
        contents = TableOfContents(levelStyles=[ParagraphStyle("toc", style["text"], spaceAfter=2)])
        contents.dotsMinLevel = 0
        story += [PageBreak(), Paragraph("Contents", style["h1"]), contents, PageBreak()]
    width = _frames(meta, 0)[0]._width
    for block in paper.blocks:
        story += _flowables(block, style, width, chinese)
    document.multiBuild(story)


def _frames(meta: dict[str, str], top: float) -> list[Frame]:
    """One frame, or two beside each other."""
    columns = int(meta.get("columns", "1"))
    gap = 8 * mm
    width = (WIDTH - 2 * MARGIN - gap * (columns - 1)) / columns
    height = HEIGHT - 2 * 24 * mm - top
    return [
        Frame(MARGIN + i * (width + gap), 24 * mm, width, height, 0, 0, 0, 0, id=f"column{i}") for i in range(columns)
    ]


def _first(canvas: Canvas, document: BaseDocTemplate, paper: Paper) -> None:
    """The title of the first page, or the whole cover."""
    meta, chinese = paper.meta, paper.chinese
    canvas.saveState()
    if "cover" in meta:
        canvas.setFillColor(BLUE)
        canvas.rect(0, HEIGHT * 0.42, WIDTH, HEIGHT * 0.58, stroke=0, fill=1)
        _print(canvas, f"**{meta['title']}**", HEIGHT * 0.6, 34, colors.white, chinese)
        _print(canvas, meta["subtitle"], HEIGHT * 0.6 - 28, 15, colors.white, chinese)
        _print(canvas, meta["cover"], 40 * mm, 15, BLUE, chinese)
    else:
        _print(canvas, f"**{meta['title']}**", HEIGHT - 42 * mm, 19, BLUE, chinese)
        _print(canvas, meta["subtitle"], HEIGHT - 50 * mm, 10, GREY, chinese)
        canvas.setStrokeColor(BLUE)
        canvas.line(MARGIN, HEIGHT - 54 * mm, WIDTH - MARGIN, HEIGHT - 54 * mm)
        _running(canvas, document, paper)
    canvas.restoreState()


def _running(canvas: Canvas, document: BaseDocTemplate, paper: Paper) -> None:
    """Running header and footer."""
    meta, chinese = paper.meta, paper.chinese
    canvas.saveState()
    canvas.setStrokeColor(colors.lightgrey)
    canvas.line(MARGIN, HEIGHT - 17 * mm, WIDTH - MARGIN, HEIGHT - 17 * mm)
    _print(canvas, meta["header"], HEIGHT - 15 * mm, 8, GREY, chinese)
    _print(canvas, meta["footer"], 13 * mm, 8, GREY, chinese)
    page = f"第 {document.page} 页" if chinese else f"Page {document.page}"
    _print(canvas, page, 13 * mm, 8, GREY, chinese, TA_RIGHT)
    canvas.restoreState()


def _print(
    canvas: Canvas, text: str, y: float, size: float, color: colors.Color, chinese: bool, alignment: int = 0
) -> None:
    """One line of text outside the running text, with its base line at y."""
    font = CHINESE if chinese else "Helvetica"
    style = ParagraphStyle("line", fontName=font, fontSize=size, leading=size, textColor=color, alignment=alignment)
    line = Paragraph(markup(text, chinese), style)
    line.wrapOn(canvas, WIDTH - 2 * MARGIN, HEIGHT)
    line.drawOn(canvas, MARGIN, y)


def _flowables(block: Block, style: dict[str, ParagraphStyle], width: float, chinese: bool) -> list[Flowable]:
    """What a block becomes on the page."""
    text = markup(block.text, chinese)
    match block.kind:
        case "heading":
            heading = Paragraph(text, style[f"h{block.level}"])
            heading.outline = block.level
            return [CondPageBreak(25 * mm), heading]
        case "text" if clause := CLAUSE.match(block.text):
            return [Paragraph(markup(clause[2], chinese), style["clause"], clause[1])]
        case "text":
            return [Paragraph(text, style["first"])]
        case "bullet":
            return [Paragraph(text, style["item"], "•")]
        case "number":
            return [Paragraph(text, style["item"], f"{block.level}.")]
        case "footnote":
            return [Paragraph(f"<super>{block.level}</super> {text}", style["foot"])]
        case "page":
            return [PageBreak()]
        case "bars":
            return [_bars(block.text, width), Spacer(1, 4 * mm)]
        case "table":
            return [_table(block, style, width, chinese), Spacer(1, 3 * mm)]
    raise ValueError(f"no PDF form for a {block.kind}")


def _is_figure(cell: str) -> bool:
    return bool(re.fullmatch(r"[-–(]?[£¥€]?[\d.,]+[%p)]*|–", cell.strip("*")))


def _table(block: Block, style: dict[str, ParagraphStyle], width: float, chinese: bool) -> Table:
    """A table with rules, or one that is only aligned by columns."""
    count = len(block.rows[0])
    figures = [all(_is_figure(row[i]) or not row[i] for row in block.rows[1:]) for i in range(count)]
    rows = [
        [
            Paragraph(
                markup(f"**{cell}**" if n == 0 and cell else cell, chinese), style["figure" if figures[i] else "cell"]
            )
            for i, cell in enumerate(row)
        ]
        for n, row in enumerate(block.rows)
    ]
    longest = [max(max(_length(row[i]) for row in block.rows), 9) for i in range(count)]
    weights = [min(value, 60) ** 0.75 for value in longest]
    table = Table(rows, [width * weight / sum(weights) for weight in weights], repeatRows=1, hAlign="LEFT")
    commands = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
    ]
    if block.text == "ruled":
        commands += [
            ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
            ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#dfe7f1")),
        ]
    table.setStyle(commands)
    return table


def _length(cell: str) -> int:
    """Width of a cell's text in Latin letters."""
    return sum(2 if ord(letter) > 0x2E00 else 1 for letter in cell)


def _bars(text: str, width: float) -> Drawing:
    """A bar chart from `caption | label=value | label=value`."""
    caption, *pairs = (part.strip() for part in text.split("|"))
    labels, values = zip(*(pair.split("=") for pair in pairs), strict=True)
    drawing = Drawing(width, 58 * mm)
    chart = VerticalBarChart()
    chart.x, chart.y, chart.width, chart.height = 30, 18, width - 40, 42 * mm
    chart.data = [[float(value) for value in values]]
    chart.categoryAxis.categoryNames = list(labels)
    chart.valueAxis.valueMin, chart.valueAxis.valueMax = 0, 100
    chart.bars[0].fillColor = BLUE
    chart.barLabels.nudge = 7
    chart.barLabelFormat = "%.1f"
    drawing.add(chart)
    drawing.add(String(0, 54 * mm, caption, fontName="Helvetica-Bold", fontSize=9))
    return drawing
