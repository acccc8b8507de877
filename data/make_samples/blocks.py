"""Reads the small markup in which the texts under content/ are written.

A file opens with `key: value` lines and an empty line. After that every line is one block:
`# ` to `### ` headings, `- ` bullets, `1. ` list items, `|` table rows (the first row is the head),
`!plain` or `!ruled` before a table sets its look, `!bars` a bar chart, `---` a page break,
`> ` a speaker note, `[^1]: ` a footnote, anything else a paragraph.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

CONTENT = Path(__file__).parent / "content"


@dataclass
class Block:
    """One paragraph, heading, list item, table, chart, note or page break."""

    kind: str
    text: str = ""
    level: int = 0
    rows: list[list[str]] = field(default_factory=list)


@dataclass
class Paper:
    """A text with its head lines (title, running header and the like)."""

    meta: dict[str, str]
    blocks: list[Block]

    @property
    def chinese(self) -> bool:
        return self.meta.get("lang") == "zh"


def read(name: str) -> Paper:
    """Parse content/<name>."""
    return parse((CONTENT / name).read_text(encoding="utf-8"))


def parse(text: str) -> Paper:
    """Split a text into its head lines and its blocks."""
    head, _, body = text.partition("\n\n")
    meta = dict(line.split(": ", 1) for line in head.splitlines())
    blocks: list[Block] = []
    look = "ruled"
    for line in body.splitlines():
        line = line.strip()
        if not line:
            continue
        if line in ("!plain", "!ruled"):
            look = line[1:]
        elif line.startswith("|"):
            row = [cell.strip() for cell in line.strip("|").split("|")]
            if blocks and blocks[-1].kind == "table" and blocks[-1].text:
                blocks[-1].rows.append(row)
            else:
                blocks.append(Block("table", look, rows=[row]))
        else:
            blocks.append(_line(line))
            look = "ruled"
    return Paper(meta, blocks)


def _line(line: str) -> Block:
    """The block of a line that is not part of a table."""
    if heading := re.match(r"(#+) (.*)", line):
        return Block("heading", heading[2], len(heading[1]))
    if line == "---":
        return Block("page")
    if line.startswith("- "):
        return Block("bullet", line[2:])
    if line.startswith("> "):
        return Block("note", line[2:])
    if line.startswith("!bars "):
        return Block("bars", line[6:])
    if footnote := re.match(r"\[\^(\d+)\]: (.*)", line):
        return Block("footnote", footnote[2], int(footnote[1]))
    if item := re.match(r"(\d+)\. (.*)", line):
        return Block("number", item[2], int(item[1]))
    return Block("text", line)
