"""HTML and Markdown to blocks: what a reader sees, without menus and scripts. Nothing that a page links is fetched.

Knows how to clean a page and to turn Markdown into one; `elements.py` cuts it into blocks.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from ragbox.types import Block, Parsed

from . import Options
from .blocks import finish, high, line, raised_after
from .elements import CAPTION, NOTE, html_blocks
from .text import decode
from .unseen import hidden
from .web_unseen import Hiding

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
_CHARSET = re.compile(rb"""<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*["']?\s*([\w-]+)""", re.I)
_NOTE = re.compile(r"_?(?:fn|ftn|edn|footnote|endnote)(?:[-_:.]\w+|\d\w*)", re.I)
_NOTE_ROLES = frozenset({"doc-footnote", "doc-endnote"})
_DEFINED = re.compile(r"(?m)^\[\^([^\]\s]+)\]:[ \t]*(.*(?:\n(?!\[\^)[ \t]*\S.*)*)")  # a footnote of Markdown
_CITED = re.compile(r"(?<!^)\[\^([^\]\[\s]{1,99})\]", re.M)
_WORD = re.compile(r"[^\W_]")
_SIGN = re.compile(r"\d{1,3}|[*†‡§]{1,3}")
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
    text = _footnoted(text)
    page = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)
    own, blocks = html(page.replace("<s>", "").replace("</s>", ""))
    return title or own, blocks


def _footnoted(text: str) -> str:
    """Return a Markdown text whose footnotes are paragraphs and begin with their mark, numbered as they are cited."""
    defined = {found[1] for found in _DEFINED.finditer(text)}
    cited = dict.fromkeys(found[1] for found in _CITED.finditer(text) if found[1] in defined)
    numbers = {name: str(n) for n, name in enumerate(cited, start=1)}

    def mark(found: re.Match[str]) -> str:
        number = numbers.get(found[1])
        return raised_after(text[max(0, found.start() - 5) : found.start()], number) if number else found[0]

    def note(found: re.Match[str]) -> str:
        number = numbers.get(found[1])
        return f"\n{NOTE}{high(number)} {found[2]}\n" if number else found[0]

    return _DEFINED.sub(note, _CITED.sub(mark, text))


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
    unseen = _taken(root, page)
    _tidy(root)
    body = root.find("body")
    seen = html_blocks(lxml_html.tostring(body if body is not None else root, encoding="unicode"), page)
    return title, [*seen, *unseen]


def _taken(root: Any, page: int) -> list[Block]:
    """Take out what is not read, and return what no reader of the page sees."""
    from lxml import etree

    hiding, gone = Hiding(root), list[Any]()
    looks = [hiding.first]
    texts: list[tuple[str, list[str]]] = []  # of each hidden stretch, how it is hidden and its pieces
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        if event == "end":
            looks.pop()
            if _unseen_piece(looks[-1].how, node.tail, texts):
                node.tail = " "
            continue
        look = hiding.of(node, looks[-1])
        if (
            node.tag in ("html", "head", "body") and look.how
        ):  # a page that is hidden as a whole is one that is still loading
            look = replace(look, whole="", gone=False, tiny=False)
        looks.append(look)
        if node.tag in _UNSEEN or node.get("role", "").lower() in _MENU_ROLES:
            gone.append(node)
            walk.skip_subtree()
        elif look.whole:
            texts.append((look.whole, [node.text_content()]))
            gone.append(node)
            walk.skip_subtree()
        elif _unseen_piece(look.how, node.text, texts):
            node.text = " "
    for node in gone:
        node.drop_tree()
    return [block for how, pieces in texts for block in hidden(how, "".join(pieces), page)]


def _unseen_piece(how: str, text: str | None, texts: list[tuple[str, list[str]]]) -> bool:
    """Say whether a text is hidden; if so, it goes on what was hidden the same way right before it."""
    if not text or not (how or text.strip()):
        return False
    if not texts or texts[-1][0] != how:
        texts.append((how, []))
    if how:
        texts[-1][1].append(text)
    return bool(how)


def _tidy(root: Any) -> None:
    """Mark up what unstructured would otherwise run together."""
    for node in root.iter("figcaption"):
        _begin(node, CAPTION)
    _mark_notes(root)
    for node in root.iter(*_PLAIN):
        node.tag = _PLAIN[node.tag]
    for node in root.iter("br"):
        node.tail = "\n" + (node.tail or "")  # else unstructured joins the last word of a line to the next line's first
    for ordered in root.iter("ol"):
        start = ordered.get("start", "")
        for number, item in enumerate(ordered.findall("li"), start=int(start) if start.isdecimal() else 1):
            if not next(item.itertext(), "").startswith(NOTE):
                _begin(item, f"{number}. ")
    for grid in list(root.iter("table")):
        _tidy_table(grid)


def _begin(node: Any, text: str) -> None:
    """Put a text before a node's own, in the paragraph it begins with if it does."""
    while len(node) and node[0].tag in ("p", "div") and not (node.text or "").strip():
        node = node[0]
    node.text = text + (node.text or "").lstrip()


def _mark_notes(root: Any) -> None:
    """Raise the marks of footnotes, which are links to them, and begin each note with its mark."""
    notes = {
        node.get("id"): node
        for node in root.iter("li", "p", "div", "aside")
        if node.get("role", "") in _NOTE_ROLES or _NOTE.fullmatch(node.get("id", ""))
    }
    links = list(root.iter("a")) if notes else []
    citing: dict[str, set[str]] = {}  # of each note, the places that cite it
    for link in links:
        around = [link, link.getparent()] if link.getparent().tag in ("sup", "span") else [link]
        citing.setdefault(link.get("href", ""), set()).update(
            f"#{node.get(key)}" for node in around for key in ("id", "name") if node.get(key)
        )
    for link in links:
        if link.getparent() is None:  # taken out of a note as its way back
            continue
        note, sign = notes.get(link.get("href", "").removeprefix("#")), line(link.text_content()).strip("[]()")
        if note is None or not _SIGN.fullmatch(sign):
            continue
        parent, above = link.getparent(), link.getprevious()
        if parent.tag == "sup" and len(parent) == 1:
            parent.text, link.tail, above = "", "", parent.getprevious()
            parent, place = parent.getparent(), parent
        else:
            place = link
        before = (parent.text if above is None else above.tail) or ""
        link.text = raised_after(before, sign) if sign.isdecimal() else sign
        for child in list(link):
            child.drop_tree()
        place.drop_tag()
        if not next(note.itertext(), "").startswith(NOTE):
            for back in list(note.iter("a")):
                target, words = back.get("href", ""), line(back.text_content())
                if target in citing[link.get("href")] or (target.startswith("#") and not _WORD.search(words)):
                    back.drop_tree()
            said = line(note.text_content()).lstrip("[(").startswith(sign)
            _begin(note, NOTE if said else f"{NOTE}{high(sign)} ")


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
