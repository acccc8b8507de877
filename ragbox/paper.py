"""Sets a short Markdown text (headings, paragraphs, lists, bold) as a PDF. The only file that knows reportlab.

Chinese is set in STSong-Light, one of the fonts that PDF readers supply themselves: it is not part of the file.
"""

from __future__ import annotations

import re
from html import escape
from io import BytesIO

FONT = "STSong-Light"
SIZES = {"# ": 18, "## ": 13}
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def pdf(text: str) -> bytes:
    """Return an A4 document; its title is the first line."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    registerFont(UnicodeCIDFont(FONT))
    plain = ParagraphStyle("plain", fontName=FONT, fontSize=10, leading=15, spaceAfter=5, wordWrap="CJK")
    point = ParagraphStyle("point", plain, leftIndent=12, bulletIndent=2)
    heads = {
        mark: ParagraphStyle(mark, plain, fontSize=size, leading=size * 1.4, spaceBefore=size / 2, keepWithNext=True)
        for mark, size in SIZES.items()
    }
    story = []
    blocks = text.strip().split("\n\n")
    for block in blocks:
        mark = next((m for m in SIZES if block.startswith(m)), "")
        style = heads.get(mark) or (point if block.startswith("- ") else plain)
        # The font has no bold face: its words are coloured.
        words = _BOLD.sub(
            r'<font color="#8a2b0f">\1</font>', escape(block.removeprefix(mark).removeprefix("- ").replace("`", ""))
        )
        story.append(Paragraph(words, style, bulletText="•" if style is point else None))
    made = BytesIO()
    SimpleDocTemplate(
        made, pagesize=A4, title=blocks[0].removeprefix("# "), leftMargin=22 * mm, rightMargin=22 * mm,
        topMargin=20 * mm, bottomMargin=20 * mm,
    ).build(story)  # fmt: skip
    return made.getvalue()
