"""Cuts a text that comes in pieces into runs, in which personal data could lie, and inert text. Knows no entity.

Maximal munch from left to right: where a run begins and ends depends on the text alone, never on how it came. A run is
handed on when its end is certain, inert text at once. Kinds of run: Latin (`joints.py`), Han (`han.py`), and a private
key in PEM, which goes on to its END line. A long run is handed on in windows that overlap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .folding import SPACES, ZERO_WIDTH
from .han import COUNTED, HANS, IS_HAN, NEAR, PLACED, PLATES, armed, begins, called, loud, short_name
from .joints import GAP, IN_HAN, MORE, OPAQUE, WORD, Phrases, after_label, joins, prose
from .pieces import Kind, Piece
from .words_zh import SURNAMES

BEFORE = 64
"""Characters in front of a run that are told with it."""
LATIN, LONG_HAN = 256, 80
"""Characters after which a run is cut, half a window at a time: a match that is no longer than half is seen whole."""
_PEM = r"-----{} [A-Z0-9 ]{{0,40}}PRIVATE KEY(?: BLOCK)?-----"
_KEY, _KEY_END = re.compile(_PEM.format("BEGIN")), re.compile(_PEM.format("END"))
_KEY_SIGNS = re.compile(r"[A-Za-z0-9+/=\s:,.()_\\-]+")
_UNSEEN = re.compile(f"[{ZERO_WIDTH}]")
_BREAK = re.compile(rf"[\s{SPACES}]")


class Lexer:
    """Takes a text in pieces, gives its stretches in order. One object a stream."""

    def __init__(self, phrases: Phrases | None = None, words: Sequence[str] = (), *, skips: bool = True) -> None:
        self._phrases, self._words = phrases or {}, tuple(words)
        self._skips = skips  # whether prose is inert: not where an admin wants words of it
        self._near = max([NEAR, *map(len, words)])
        self._reset()

    @property
    def held(self) -> int:
        """How many characters have come and were not handed on."""
        return sum(map(len, (self._run, self._gap, self._right, *self._pending)))

    def feed(self, text: str) -> list[Piece]:
        """Take the next piece of the text, return what is certain by now."""
        at = 0
        while at < len(text):
            at = self._step(text, at)
        return self._given()

    def cut(self) -> list[Piece]:
        """Return the rest; what comes next stands after it all the same."""
        pieces = self._rest()
        self._reset(self._before, self._key)
        return pieces

    def flush(self) -> list[Piece]:
        """Return the rest; the object is then as new."""
        pieces = self._rest()
        self._reset()
        return pieces

    def _rest(self) -> list[Piece]:
        if self._right:
            self._decide(done=True)
        self._end()
        self._settle()
        return self._given()

    def _reset(self, before: str = "", key: str | None = None) -> None:
        self._out: list[Piece] = []
        self._inert: list[str] = []
        self._before = before
        self._pending: list[str] = []  # Han signs of which it is not certain yet whether they begin a run
        self._whole = True  # the stretch of Han signs is all in _pending
        self._run, self._part, self._han = "", 0, False  # a run, where its last part begins, whether it is Han
        self._gap = self._right = ""  # what follows it, as long as it is not certain that it belongs to it
        self._opaque = False  # the part is a password, in which any sign may stand
        self._key = key  # the end of what was swallowed, inside a private key

    def _given(self) -> list[Piece]:
        if self._inert:
            self._out.append(Piece(Kind.INERT, "".join(self._inert)))
            self._inert = []
        out, self._out = self._out, []
        return out

    def _step(self, text: str, at: int) -> int:
        """Take some of the text from a place on, return where the rest begins."""
        if self._key is not None:
            return self._swallow(text, at)
        if self._run:
            return self._in_han(text, at) if self._han else self._in_latin(text, at)
        if hans := HANS.match(text, at):
            return at + self._on_hans(hans.group())
        if self._pending and self._clings(text[at]):
            self._pending[-1] += text[at]
            return at + 1
        if word := WORD.match(text, at):
            plate = self._pending and self._pending[-1][0] in PLATES and text[at].isalpha()
            start = self._pending.pop() if plate else ""
            self._settle(alone=not plate)
            self._begin(start, han=bool(start))
            return self._grow(text, at, ((self._opaque and OPAQUE.match(text, at)) or word).end())
        self._settle()
        self._show(text[at])
        return at + 1

    def _clings(self, sign: str) -> bool:
        """Tell whether a sign belongs to the Han sign before it: it is invisible, or a space in a plate or a name."""
        last = self._pending[-1]
        spaced = last in PLATES or (len(self._pending) == 1 and self._whole and last in SURNAMES)
        return len(last) < 4 and bool(_UNSEEN.match(sign) or (sign in " \u3000" and spaced))

    def _on_hans(self, hans: str) -> int:
        """Take Han signs up to one with which a run or a label may be known, that one by itself; return how many."""
        if not self._pending and armed(self._before, hans[0]):
            self._begin(hans[0], han=True)
            return 1
        known = "".join(s[0] for s in self._pending)
        if not self._words and (end := loud(known + hans, len(known) or 1) - len(known)):
            self._wait(hans[:end])
            return end
        self._han_sign(known, hans[0])
        return 1

    def _han_sign(self, known: str, sign: str) -> None:
        self._pending.append(sign)
        signs = known + sign
        word = next((w for w in self._words if signs.endswith(w)), "")
        if word or begins(signs[-NEAR - 1 :]):
            start = len(signs) - len(word) if word else max(0, len(signs) - NEAR - 1)
            run, self._pending = "".join(self._pending[start:]), self._pending[:start]
            self._settle(alone=False)
            self._begin(run, han=True)
        elif called(signs):
            self._settle(alone=False)
        else:
            self._wait("")

    def _wait(self, signs: str) -> None:
        """Keep Han signs for as long as they may yet begin a run."""
        self._pending += signs
        if (over := len(self._pending) - self._near) > 0:
            self._show("".join(self._pending[:over]))
            del self._pending[:over]
            self._whole = False

    def _settle(self, *, alone: bool = True) -> None:
        """Show the Han signs that begin nothing, now that no further one follows them."""
        signs, self._pending = self._pending, []
        text = "".join(signs)
        name = text.rstrip()
        if alone and self._whole and short_name("".join(s[0] for s in signs)):
            self._hand_on(Kind.RUN, name)
            text = text[len(name) :]
        if text:
            self._show(text)
        self._whole = alone

    def _begin(self, run: str, *, han: bool) -> None:
        self._run, self._part, self._han, self._whole = run, 0, han, True
        self._opaque = not han and after_label(self._before)

    def _in_latin(self, text: str, at: int) -> int:
        if self._gap and not self._right:
            if self._gap in (" ", ", ") and self._skips and (end := prose(self._run[self._part :], text, at)) > at:
                self._end()
                self._show(text[at:end])
                return end
            self._opaque = after_label((self._before + self._run)[-24:])
        begun = self._right or not self._gap
        word = WORD.match(text, at) if not begun else None
        if begun or (word and self._opaque):
            word = (OPAQUE if self._opaque else MORE).match(text, at)
        if word:
            if not self._gap:
                return self._grow(text, at, word.end())
            self._right += word.group()
            self._decide(done=False)
            return word.end()
        if self._right:
            self._decide(done=True)
            return at
        if not self._gap and text[at] in COUNTED and _UNSEEN.sub("", self._run[-8:])[-1:].isdecimal():
            self._han = True
            return at
        if GAP.fullmatch(self._gap + text[at]):
            self._gap += text[at]
            return at + 1
        self._end()
        return at

    def _decide(self, *, done: bool) -> None:
        """Join the next part to the run, or end the run before it, once that is certain."""
        # A table's next row has cells of its own.
        row = "\n" in self._gap and "|" in (self._before + self._run).rpartition("\n")[2]
        joined = not row and joins(self._run[self._part :], self._gap, self._right, done=done, phrases=self._phrases)
        if joined is None:
            return
        gap, right = self._gap, self._right
        self._gap = self._right = ""
        if joined:
            self._part = len(self._run) + len(gap)
            self._run += gap
        else:
            self._gap = gap
            self._end()
            self._begin("", han=False)
        at = self._grow(right, 0, len(right))
        while at < len(right):  # a private key began in it
            at = self._step(right, at)

    def _grow(self, text: str, start: int, end: int) -> int:
        """Add to the run, cut it where it is too long, stop where a private key begins; return how far that is."""
        limit = LONG_HAN if self._han else LATIN
        while start < end:
            room = max(1, limit + 1 - len(self._run))
            taken, known = text[start : min(end, start + room)], len(self._run)
            self._run += taken
            if "-----" in self._run and (key := _KEY.search(self._run)):
                start += key.end() - known
                head, self._run, self._han = self._run[: key.start()], "", False
                self._hand_on(Kind.RUN, head)
                self._hand_on(Kind.KEY, key.group())
                self._key = ""
                return start
            start += len(taken)
            while len(self._run) > limit:
                self._cut(limit)
        return end

    def _cut(self, limit: int) -> None:
        """Hand on the first half of a window, up to its last gap where it has one."""
        half = limit // 2
        cut = max((m.end() for m in _BREAK.finditer(self._run, half // 2, half)), default=half)
        self._hand_on(Kind.RUN, self._run[:cut], self._run[cut:limit])
        self._run, self._part = self._run[cut:], max(0, self._part - cut)

    def _in_han(self, text: str, at: int) -> int:
        bold = text[at] == "*" and IS_HAN.match(self._run[-1])
        if not bold and (word := IN_HAN.match(text, at) or WORD.match(text, at)):
            gap = self._gap
            if not self._goes_on(gap, text[at]):
                self._end()
                return at
            self._gap = ""
            self._grow(gap, 0, len(gap))
            return self._grow(text, at, word.end())
        if text[at] != "，" and GAP.fullmatch(self._gap + text[at]):
            self._gap += text[at]
            return at + 1
        self._end()
        return at

    def _goes_on(self, gap: str, sign: str) -> bool:
        """Tell whether a Han run goes on over a gap: a line break belongs to an address, a date, a number."""
        if "," in gap:
            return gap == "," and self._run[-1].isdecimal() and sign.isdecimal()
        if "\n" in gap or "\r" in gap:
            return not PLACED.isdisjoint(self._run) or (self._run[-1].isdecimal() and sign.isdecimal())
        return len(gap) <= 2

    def _end(self) -> None:
        """The run is at its end: hand it on, and show the gap after it."""
        run, gap = self._run, self._gap
        self._run, self._gap, self._han = "", "", False
        self._hand_on(Kind.RUN, run)
        if gap:
            self._show(gap)

    def _swallow(self, text: str, at: int) -> int:
        """Take what belongs to a private key: all up to its END line, or to a sign that no key has."""
        signs = _KEY_SIGNS.match(text, at)
        if signs is None:
            self._key = None
            return at
        known = self._key or ""
        if end := _KEY_END.search(known + signs.group()):
            stop = at + end.end() - len(known)
            self._hand_on(Kind.SWALLOWED, text[at:stop])
            self._key = None
            return stop
        self._key = (known + signs.group())[-80:]
        self._hand_on(Kind.SWALLOWED, signs.group())
        return signs.end()

    def _hand_on(self, kind: Kind, text: str, ahead: str = "") -> None:
        if not text:
            return
        if self._inert:
            self._out.append(Piece(Kind.INERT, "".join(self._inert)))
            self._inert = []
        self._out.append(Piece(kind, text, self._before, ahead))
        self._before = (self._before + text)[-BEFORE:]

    def _show(self, text: str) -> None:
        self._inert.append(text)
        self._before = (self._before + text)[-BEFORE:]
