"""Sets a short Markdown text (headings, paragraphs, lists, bold) as a PDF. The only file that knows reportlab.

English is set in Helvetica, Chinese in STSong-Light: PDF readers supply both themselves, neither is part of the file.
A reader on a machine without any Chinese font shows blanks for Chinese alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from io import BytesIO

LATIN, BOLD, HAN = "Helvetica", "Helvetica-Bold", "STSong-Light"
SIZES = {"# ": 18, "## ": 13}
COLOUR = "#8a2b0f"
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_OTHER = re.compile(r"[^\x00-\xff–—‘’“”…]+")  # what Helvetica has no signs for


def pdf(text: str, colours: Mapping[str, str] | None = None) -> bytes:
    """Return an A4 document; its title is the first line. `colours` are those of bold words, as "#8a2b0f"."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    registerFont(UnicodeCIDFont(HAN))
    wrap = "CJK" if _OTHER.search(text) else None  # Chinese has no spaces at which lines could break
    plain = ParagraphStyle("plain", fontName=LATIN, fontSize=10, leading=15, spaceAfter=5, wordWrap=wrap)
    point = ParagraphStyle("point", plain, leftIndent=12, bulletIndent=2)
    head = ParagraphStyle("head", plain, fontName=BOLD, keepWithNext=True)
    heads = {
        mark: ParagraphStyle(mark, head, fontSize=size, leading=size * 1.4, spaceBefore=size / 2)
        for mark, size in SIZES.items()
    }
    story = []
    blocks = text.strip().split("\n\n")
    for block in blocks:
        mark = next((m for m in SIZES if block.startswith(m)), "")
        style = heads.get(mark) or (point if block.startswith("- ") else plain)
        words = _BOLD.split(block.removeprefix(mark).removeprefix("- ").replace("`", ""))
        made = (_bold(word, colours or {}) if at % 2 else _faces(word) for at, word in enumerate(words))
        story.append(Paragraph("".join(made), style, bulletText="•" if style is point else None))
    paper = BytesIO()
    SimpleDocTemplate(
        paper, pagesize=A4, title=blocks[0].removeprefix("# "), leftMargin=22 * mm, rightMargin=22 * mm,
        topMargin=20 * mm, bottomMargin=20 * mm,
    ).build(story)  # fmt: skip
    return paper.getvalue()


def _bold(words: str, colours: Mapping[str, str]) -> str:
    # The Chinese font has no bold face, so a colour tells these words too.
    return f'<font name="{BOLD}" color="{colours.get(words, COLOUR)}">{_faces(words)}</font>'


def _faces(words: str) -> str:
    return _OTHER.sub(rf'<font name="{HAN}">\g<0></font>', escape(words))
