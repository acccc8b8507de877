"""Where Latin parts hang together: which spaces, commas and line breaks a match may step over. Knows no stream.

Whether two parts are joined must not depend on how the text came in pieces: `joins` looks at the left part, which is
complete, and at the right one as far as it is there, and says None until no further sign can change the answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .folding import SPACES, ZERO_WIDTH, fold
from .han import HAN

LETTERS = (
    "0-9A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0300-\u10ff\u1d00-\u1fff"
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff"
)
SIGNS = "@._%+\\-()/:?&=#~'*\\[\\]!$^\"\u2018\u2019\u201c\u201d\u2010-\u2015\u2212＠．＿％＋－（）／＆＝＃～＇＊［］＄"
WORD = re.compile(f"[{LETTERS}{SIGNS}{ZERO_WIDTH}]+")
"""A part from its first sign on."""
MORE = re.compile(f"[{LETTERS}{SIGNS}{ZERO_WIDTH}：？！]+")
"""A part going on: these full-width signs belong to a Latin word only after one, or "电话：" would begin a run."""
IN_HAN = re.compile(f"[{HAN}{LETTERS}{SIGNS.replace('*', '')}{ZERO_WIDTH}]+")
"""A Han run going on; an asterisk is the end of what was set in bold, unless it hides digits."""
OPAQUE = re.compile(rf"[^\s{SPACES}{HAN}|（）【】《》“”，。；！？、]+")
"""A password going on."""
GAP = re.compile(f"[,，]?(?:[{SPACES}]{{0,12}}(?:\r?\n?)[{SPACES}]{{0,12}})")
"""What may stand between two parts as far as it is there: a comma, spaces, one line break."""

_LABEL = re.compile(
    r"(?:pass(?:word|wd|code|phrase)|pwd|secret|token|key|bearer|密码|口令|密钥|私钥|令牌)"
    r"[\s:：=|\"'`*]{0,4}(?:is|as|为|是)?[\s:：=|\"'`*]{0,4}$",
    re.IGNORECASE,
)
_MAY_LABEL = (
    "word", "wd", "code", "phrase", "secret", "token", "key", "bearer", "is", "as",
    *"码令钥为是:：=|\"'`* \t\r\n\u00a0\u3000"
)  # fmt: skip
"""What such a text ends with, to look no further at most others."""
_DIGIT = re.compile(r"\d")
_LONGEST = 16
"""Signs that a part may begin with before its first letter or digit; emphasis and brackets are one to three."""
_DIGITLIKE = frozenset("0123456789+()-")
_OPENS, _ENDS = frozenset("@:=(["), frozenset("@:=)]")
_WRAPPED = frozenset("-_/")
_AT = ("at", "dot")
_LINKS = (
    "of", "de", "la", "du", "des", "del", "di", "da", "dos", "van", "von", "der", "den", "zu", "bin", "bint", "al",
    "el", "le", "ter", "ten", "rue", "avenue", "place", "via", "calle", "street", "road", "&",
)  # fmt: skip
"""Words in the middle of names, addresses and dates: "Anna de la Cruz", "12th of May", "12 rue de la Paix"."""
_SENTENCE = re.compile(r"([^\W\d_]{4,})[\"')\]]*[.!?][\"')\]]*$")
_SHORTENED = ("str", "prof", "blvd", "capt", "bldg", "dept", "corp", "platz", "floor", "suite", "unit")
"""Abbreviations: any other word of four letters with a stop ends a sentence, and what follows is another matter."""
_ITEM = re.compile(r"\d{1,2}[.)]?")
"""The number of a list's item, on a line of its own: no part of a phone number at the end of the line before."""
_AT_BEGUN = frozenset(word[:n] for word in _AT for n in range(1, len(word) + 1))
_LINK_BEGUN = _AT_BEGUN | {word[:n] for word in _LINKS for n in range(1, len(word) + 1)}
_LABELS = (
    "password", "passwd", "pwd", "passcode", "passphrase", "secret", "token", "key", "bearer", "wechat", "weixin", "vx",
    "qq", "user", "username", "login", "id", "account",
)  # fmt: skip
_NO_PROSE_AFTER = frozenset((*_AT, *_LABELS, "is", "was", "now", "as", "no", "number"))
_NO_AT = r"(?=[b-ce-zBCE-Z0-9]|a(?:[a-su-z ]|t[a-z])|d(?:[a-np-z ]|o(?:[a-su-z ]|t[a-z])))"
"""Before a word that is neither "at" nor "dot", so far as it is there."""
_WORD = rf"(?!(?:{'|'.join((*_AT, *_LINKS, *_LABELS))}) )[a-z]{{1,19}} {_NO_AT}"
_LINK = rf"(?:{'|'.join(_LINKS)}) (?=[a-z]{{1,19}} )(?!(?:{'|'.join(_LINKS)}) ){_NO_AT}"
PROSE = re.compile(rf"{_WORD}(?:{_WORD}|{_LINK})*")
"""Words in small letters that neither join another nor can be anything: most of a text, at a third of the cost."""

Phrases = Mapping[str, tuple[str, ...]]
"""For a word of a wanted phrase the words that may follow it, folded and in lower case."""


def after_label(text: str) -> bool:
    """Tell whether a text ends with the label of a secret, such as "password: " or "密码是"."""
    return text.lower().endswith(_MAY_LABEL) and bool(_LABEL.search(text[-24:]))


def prose(left: str, text: str, at: int) -> int:
    """Return where words end that are neither joined to the part on their left nor can be anything; `at` if none."""
    if left[-1] in _ENDS or left.lower() in _NO_PROSE_AFTER:
        return at
    words = PROSE.match(text, at)
    return words.end() if words else at


def joins(left: str, gap: str, right: str, *, done: bool, phrases: Phrases) -> bool | None:
    """Tell whether a run goes on from a part over a gap to the next part; None if that is not certain yet."""
    broken = "\n" in gap or "\r" in gap
    if not broken and len(gap.lstrip(",，")) > 2:
        return False
    left = left if left.isascii() else fold(left).text
    right = right if right.isascii() else fold(right).text
    if not left or not right:
        return False if done or not left else None
    first, last = right[0], left[-1]
    if broken and _ITEM.fullmatch(right) and (not done or not right[-1].isdecimal()):
        return False if done else None
    if first in _DIGITLIKE and last in _DIGITLIKE:
        return True
    if gap[0] not in ",，" and (first in _OPENS or last in _ENDS or (broken and last in _WRAPPED)):
        return True
    return _words(left, right, done, phrases)


def _words(left: str, right: str, done: bool, phrases: Phrases) -> bool | None:
    """Go by the words: a link, a phrase, or two that both begin with a capital or a digit."""
    word, after = left.lower().lstrip("'\"([*_"), right.lower()
    capital = _capital(left)
    linked = capital or word in _LINKS
    wanted = phrases.get(word, ()) if phrases else ()
    if word in _AT or any(after.startswith(w) for w in wanted):
        return True
    begun = _LINK_BEGUN if linked else _AT_BEGUN
    if not done and (after in begun or any(w.startswith(after) for w in wanted)):
        return None
    if after in _AT or (linked and after in _LINKS):
        return True
    if (end := _SENTENCE.search(left)) and not end[1].lower().endswith(_SHORTENED):
        return False
    if _DIGIT.search(left) and not _capital(right[:_LONGEST]):  # "it84 f302 3460": a later digit joins it too
        return bool(_DIGIT.search(right[:_LONGEST])) or (False if done or len(right) >= _LONGEST else None)
    if not linked:
        return False
    second = _capital(right[:_LONGEST])
    if second is None and not done and len(right) < _LONGEST:
        return None
    return bool(second)


def _capital(part: str) -> bool | None:
    """Tell whether a part's first letter or digit is a capital or a digit; None if it has neither."""
    for sign in part:
        if sign.isalnum():
            return not sign.islower()
    return None
