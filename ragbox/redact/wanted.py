"""Which runs are worth asking about, and what else than the built-in entities they may hold. A cheap test, no finding.

Most words of a text can hold nothing: asking about them all would cost 30 ms per 1,000 characters instead of 2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from .folding import ZERO_WIDTH, fold
from .han import HAN, IS_HAN, speaks_of
from .joints import Phrases
from .names_en import alone

_ALWAYS = re.compile(
    rf"[@＠]|://|:.*:|\S{{20}}|(?:[\da-f]{{2}}-){{5}}|\bdot\b|[\[(]at[\])]|[{ZERO_WIDTH}\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff]",
    re.IGNORECASE | re.DOTALL,
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?:年(?:\d{1,2}月(?:\d{1,2}[日号])?)?|(?!\d))")
_DIGITS, _BORN = re.compile(r"\d(?:\D*\d){3}"), re.compile(r"生|born|birth|dob", re.IGNORECASE)
_CAPITAL = re.compile(r"[A-Z\u00c0-\u00de\u0100-\u024f]")
_CAPITALS, _NUMBER = re.compile(r"(?<![\w'\u2019])[A-Z\u00c0-\u00de\u0100-\u024f]"), re.compile(r"\d")
_INTRODUCED = re.compile(
    r"\b(?:m(?:r|rs|s|iss|adam|x)|dr|prof(?:essor)?|sir|dame|lord|lady|judge|captain|dear|hi|hello|names?|named|called|contact"
    r"|ask|call|email|e-mail|by|attn|attention|manager|employee|director|officer|engineer|signed|from|cc|to|of|with|and|for"
    r"|regards|sincerely|faithfully|thanks|cheers|先生|女士|联系人|姓名|name)[\s.:,：|*_\"'(-]{0,4}$",
    re.IGNORECASE,
)
_LABELS = (
    "password", "passwd", "passcode", "passphrase", "pwd", "secret", "token", "key", "bearer", "密码", "口令", "密钥",
    "私钥", "令牌", "凭证", "wechat", "we chat", "weixin", "微信", "vx", "qq", "username", "user id", "login", "账号",
    "帐号",
)  # fmt: skip
"""Labels after which any word may be a secret or an account."""
_LONG = 20
"""Letters from which a word may be a key."""
_TIMEOUT = 0.05
"""Seconds for one custom pattern on one run; over that, the run is asked about."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Words and patterns that an admin added; `capitals` says that a name model wants to see each capital word."""

    words: tuple[str, ...] = field(default=(), repr=False)
    regexes: tuple[str, ...] = field(default=(), repr=False)
    capitals: bool = False

    @cached_property
    def phrases(self) -> Phrases:
        """Which word may follow which in a Latin phrase, folded and in lower case."""
        followers: dict[str, set[str]] = {}
        for words in (word.split() for word in self._folded):
            for first, second in pairwise(words):
                followers.setdefault(first, set()).add(second)
        return {first: tuple(sorted(seconds)) for first, seconds in followers.items()}

    @cached_property
    def han(self) -> Sequence[str]:
        """The stretches of Han signs of which a word or pattern has one, which begin a run: the longest of each."""
        found = (re.findall(f"[{HAN}]{{2,}}", text) for text in (*self._folded, *self.regexes))
        return tuple({max(stretches, key=len) for stretches in found if stretches})

    def interesting(self, run: str, before: str) -> bool:
        """Tell whether a run could hold anything; `before` is what stands in front of it."""
        if run.islower() and run.isascii() and run.isalpha() and len(run) < _LONG:
            return self._labelled(run, before) or (bool(self.words or self.regexes) and self._added(run, before))
        if not (run.isascii() and run.isalpha() and len(run) < _LONG):
            if _ALWAYS.search(run):
                return True
            if _DIGITS.search(run) and (_DIGITS.search(_YEAR.sub("", run)) or _BORN.search(before[-40:] + run)):
                return True
            if IS_HAN.search(run) and speaks_of(run, before):
                return True
        if _CAPITAL.search(run) and (self.capitals or _named(run) or _INTRODUCED.search(before[-24:])):
            return True
        return self._labelled(run, before) or (bool(self.words or self.regexes) and self._added(run, before))

    @staticmethod
    def _labelled(run: str, before: str) -> bool:
        text = (before[-40:] + run).lower()
        return any(map(text.__contains__, _LABELS))

    @cached_property
    def _folded(self) -> tuple[str, ...]:
        return tuple(fold(word).text.lower() for word in self.words)

    @cached_property
    def _compiled(self) -> tuple[Any, ...]:
        import regex

        return tuple(regex.compile(text) for text in self.regexes)

    def _added(self, run: str, before: str) -> bool:
        text, front = fold(run).text, fold(before).text
        lower = text.lower()
        try:
            return any(word in lower for word in self._folded) or any(
                match.end() > len(front)
                for pattern in self._compiled
                for match in pattern.finditer(front + text, overlapped=True, timeout=_TIMEOUT)
            )
        except TimeoutError:
            return True


def _named(run: str) -> bool:
    """Tell whether a run has two words with capitals, as names do, a given name, or a house number among words."""
    return len(_CAPITALS.findall(run)) > 1 or alone(run) or (_NUMBER.search(run) is not None and len(run.split()) > 2)
