"""Which runs of a Word document no reader sees: marked as hidden, in the colour of what is behind, too small."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ragbox.types import Block

from .numbering import W, value
from .unseen import hidden

TINY = 4
"""Half points; smaller letters are there for programs, not for readers."""
NEAR = 16
"""Steps of 256 by which two colours may differ and are still the same to the eye."""
_WHITE = "FFFFFF"
_UNKNOWN = "unknown"  # is like no colour
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_VML = "{urn:schemas-microsoft-com:vml}"


class Hiding:
    """What is hidden in one document; asked run by run, in order."""

    def __init__(self, styles: Mapping[str | None, Any], root: Any) -> None:
        self._styles = styles
        self._paper = next((b.get(W + "color") for b in root.iterchildren(W + "background")), None) or _WHITE
        if _behind_text(root):
            self._paper = _UNKNOWN
        self._last: Any = None
        self._taken: list[tuple[str, str, int]] = []  # how, words, page

    @property
    def found(self) -> list[Block]:
        """Return what was hidden."""
        return [made for taken in self._taken for made in hidden(*taken)]

    def takes(self, run: Any, page: int) -> bool:
        """Tell whether a run is hidden, and take its words.

        Of one that is marked Word shows nothing; of another all but the words is still to be read: breaks, pictures.
        """
        if not (how := self._how(run)):
            return False
        texts = list(run.iter(W + "t") if how == "marked" else run.iterchildren(W + "t"))
        words = "".join(t.text or "" for t in texts)
        if self._taken and self._last is run.getprevious() and self._taken[-1][0] == how:
            words = self._taken.pop()[1] + words
        self._taken.append((how, words, page))
        self._last = run
        if how == "marked":
            return True
        for text in texts:
            run.remove(text)
        return False

    def _how(self, run: Any) -> str:
        paragraph = next(run.iterancestors(W + "p"), None)
        given = [
            *self._chain(run, "rPr/rStyle"),
            *(self._chain(paragraph, "pPr/pStyle") if paragraph is not None else ()),
        ]
        said = [node for node in (source.find(W + "rPr") for source in (run, *given)) if node is not None]
        if not said:
            return ""
        vanish = next((found for node in said if (found := node.find(W + "vanish")) is not None), None)
        if vanish is not None and vanish.get(W + "val") not in ("0", "false", "off"):
            return "marked"
        if run.find(W + "t") is None:
            return ""  # a break, a note's mark, a picture
        size = next((v for node in said if (v := value(node, "sz")) is not None), "")
        if size.isdecimal() and int(size) < TINY:
            return "tiny"
        colour = next((v for node in said if (v := value(node, "color")) is not None), "auto")
        if colour == "auto" or any(value(node, "highlight") not in (None, "none") for node in said):
            return ""
        behind = next(_fills(said, paragraph, given), None) or self._around(run)
        return "colour" if behind and _alike(colour, behind) else ""

    def _around(self, run: Any) -> str | None:
        """Return the colour of the cell or page that a run stands on; None where a frame or a style decides it."""
        for above in run.iterancestors(W + "tc", W + "tr", W + "tbl", W + "txbxContent"):
            if above.tag == W + "txbxContent":
                return None
            if above.tag == W + "tc" and (fill := _fill(above.find(W + "tcPr"))):
                return fill
            if above.tag == W + "tr" and _fill(above.find(W + "tblPrEx")):
                return None
            if above.tag == W + "tbl":
                if _fill(above.find(W + "tblPr")):
                    return None
                styles = self._chain(above, "tblPr/tblStyle")
                if any(node.get(W + "fill", "auto") != "auto" for style in styles for node in style.iter(W + "shd")):
                    return None
        return self._paper

    def _chain(self, node: Any, path: str) -> list[Any]:
        """Return the style that a node names and those it is based on."""
        chain: list[Any] = []
        style = value(node, path)
        while style in self._styles and self._styles[style] not in chain:
            chain.append(self._styles[style])
            style = value(chain[-1], "basedOn")
        return chain


def _fills(said: list[Any], paragraph: Any, given: list[Any]) -> Iterator[str]:
    """Yield the colours that letters and paragraph lie on, the nearest first."""
    nodes = [*said, *(source.find(W + "pPr") for source in (paragraph, *given) if source is not None)]
    yield from (fill for node in nodes if (fill := _fill(node)))


def _fill(node: Any) -> str | None:
    shade = node.find(W + "shd") if node is not None else None
    if shade is None:
        return None
    pattern, fill = shade.get(W + "val", "clear"), shade.get(W + "fill", "auto")
    if pattern == "solid":
        return str(shade.get(W + "color", "auto"))
    if pattern not in ("clear", "nil"):
        return _UNKNOWN
    return None if fill == "auto" else str(fill)


def _behind_text(root: Any) -> bool:
    """Say whether a picture or shape lies behind the text, as on a cover, where white letters are seen."""
    return any(anchor.get("behindDoc") in ("1", "true") for anchor in root.iter(_DRAWING + "anchor")) or any(
        "z-index:-" in shape.get("style", "").replace(" ", "") for shape in root.iter(_VML + "*")
    )


def _alike(one: str, other: str) -> bool:
    try:
        pairs = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
        return all(abs(a - b) <= NEAR for a, b in pairs)
    except ValueError:  # a name, or nonsense
        return False
