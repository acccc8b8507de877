"""HTML and Markdown to blocks: what a reader sees, without menus and scripts. Nothing that a page links is fetched.

Knows how to clean a page and to turn Markdown into one; `elements.py` cuts it into blocks.
"""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

from ragbox.types import Block, Parsed

from . import Options
from .blocks import finish, line
from .elements import html_blocks
from .text import decode

_UNSEEN = (
    "script", "style", "noscript", "template", "nav", "svg", "iframe", "object", "embed", "audio", "video", "canvas",
    "button", "select", "input", "textarea", "link", "del",
)  # fmt: skip
# unstructured leaves out what these hold; some pages stand in one <form> as a whole.
_PLAIN = {
    "details": "div", "figure": "div", "form": "div", "fieldset": "div", "summary": "p", "figcaption": "p",
    "label": "span", "ins": "span", "font": "span",
}  # fmt: skip
MOST_SPANNED = 64
"""Rows or columns that a merged cell is taken to cover; a page may say a million."""
_MENU_ROLES = frozenset({"navigation", "search", "menu", "menubar", "toolbar", "tablist"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_CHARSET = re.compile(rb"""<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*["']?\s*([\w-]+)""", re.I)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FRONT_TITLE = re.compile(r"""(?m)^title:\s*["']?(.+?)["']?\s*$""")


def parse(path: Path, options: Options) -> Parsed:
    """Parse an HTML or Markdown file."""
    data = path.read_bytes()
    if options.kind == "markdown":
        title, blocks = markdown(decode(data))
    else:
        declared = _CHARSET.search(data[:4096])
        title, blocks = html(decode(data, declared[1].decode("ascii") if declared else ""))
    return finish(blocks, title=title)


def markdown(text: str) -> tuple[str, list[Block]]:
    """Return the title from the front matter, if any, and the blocks of a Markdown text (CommonMark with tables)."""
    from markdown_it import MarkdownIt

    text = text.replace("\r\n", "\n").lstrip("\n")
    title = ""
    if front := _FRONT_MATTER.match(text):
        found = _FRONT_TITLE.search(front[1])
        title, text = found[1] if found else "", text[front.end() :]
    # Not unstructured's own Markdown: that one takes "Note:\n- a\n- b" for one paragraph.
    page = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)
    own, blocks = html(page.replace("<s>", "").replace("</s>", ""))
    return title or own, blocks


def html(text: str, page: int = 1) -> tuple[str, list[Block]]:
    """Return the title element's text and the blocks of an HTML text."""
    from lxml import etree
    from lxml import html as lxml_html

    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    # UTF-8 bytes, because a str with an encoding declaration is refused.
    data = text.encode("utf-8", "replace")
    try:
        root = lxml_html.document_fromstring(data, parser=parser)
    except etree.ParserError:  # nothing but comments or white space
        return "", []
    title = line(root.findtext(".//title") or "")
    _tidy(root)
    body = root.find("body")
    return title, html_blocks(lxml_html.tostring(body if body is not None else root, encoding="unicode"), page)


def _tidy(root: Any) -> None:
    """Take out what is not read, and mark up what unstructured would otherwise run together."""
    from lxml import etree

    for node in list(root.iter(etree.Element)):
        unseen = (
            node.tag in _UNSEEN
            or node.get("role", "").lower() in _MENU_ROLES
            or "hidden" in node.attrib
            or node.get("aria-hidden", "").lower() == "true"
            or _HIDDEN.search(node.get("style", "")) is not None
        )
        if unseen and node.tag not in ("html", "body") and node.getparent() is not None:
            node.drop_tree()
    for node in root.iter(*_PLAIN):
        node.tag = _PLAIN[node.tag]
    for node in root.iter("br"):
        node.tail = "\n" + (node.tail or "")  # else unstructured joins the last word of a line to the next line's first
    for ordered in root.iter("ol"):
        start = ordered.get("start", "")
        for number, item in enumerate(ordered.findall("li"), start=int(start) if start.isdecimal() else 1):
            first = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
            first.text = f"{number}. {(first.text or '').lstrip()}"
    for grid in list(root.iter("table")):
        _tidy_table(grid)


def _tidy_table(grid: Any) -> None:
    # A table around tables, or of one column, is layout (most HTML mail): its cells are paragraphs.
    if grid.find(".//table") is not None or not any(len(row) > 1 for row in grid.iter("tr")):
        for node in list(grid.iter("thead", "tbody", "tfoot", "tr", "td", "th", "caption")):
            if next(node.iterancestors("table")) is grid:
                node.tag = "div"
        grid.tag = "div"
        return
    # unstructured forgets spans: empty cells keep the columns in line, and a cell over several rows is said in each.
    falling: dict[int, tuple[int, Any]] = {}
    for row in grid.iter("tr"):
        column, waiting, falling = 0, falling, {}
        for cell in [*row.iterchildren("td", "th"), None]:
            while column in waiting:
                left, above = waiting.pop(column)
                copy = deepcopy(above)
                copy.tail = None
                row.insert(row.index(cell) if cell is not None else len(row), copy)
                if left > 1:
                    falling[column] = (left - 1, above)
                column += 1
            if cell is None:
                break
            if (down := _span(cell, "rowspan")) > 1:
                falling[column] = (down - 1, cell)
            for _ in range(_span(cell, "colspan") - 1):
                cell.addnext(cell.makeelement(cell.tag, {}))
                column += 1
            column += 1


def _span(cell: Any, name: str) -> int:
    text = cell.get(name, "")
    return min(int(text), MOST_SPANNED) if text.isdecimal() else 1
