"""Texts that are hard to cut into runs, and what cuts them: for the tests of `ragbox/redact/`."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Protocol

from ragbox.redact.findings import Finding

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA+/=\n-----END RSA PRIVATE KEY-----"
PIECES = [
    "Write to anna.li+hr@mail.example.com today.",
    "请发邮件到zhang.wei@example.cn或致电13812345678联系。",
    "电话138 1234 5678，卡号6228480000000123455。",
    "联系人：张伟，住北京市朝阳区建国路88号 5栋",
    "张伟、李雷，王芳",
    "京A·12345 和 沪 AD12345",
    f"{KEY} and more",
    "-----BEGIN PRIVATE KEY-----MIIabc",
    "password: P@ss,w;ord! next",
    "anna (at) example (dot) com, anna at example dot com",
    "Mr Smith of 12 High Street,\nLondon SW1A 1AA",
    "1985年3月12日出生",
    "Anna de la Cruz and days (90) of the period at which it was made",
    "IBAN it84 f302 3460 7245 4392 2469 701",
    "阿卜杜拉·买买提",
    "由王先生负责，密码是swordfish，",
    "１３８１２３４５６７８ and 1\u200b3\u200b8 12345678",
    "9" * 300,
    "1 " * 200,
    "a@" * 150,
    "中" * 100 + "市" + "华" * 120,
    "((((((" * 10 + " \n  x",
]
ALPHABET = "0123456789 +-()@.axATI中。\n１９（＠ａ\u00a0\u2011\u3000\u200b王市号年姓名：京·,，:tdo-"


class Stream(Protocol):
    """What takes a text in pieces."""

    def feed(self, text: str) -> str: ...
    def flush(self) -> str: ...


def made(chance: random.Random) -> str:
    """Return a text of hard pieces, noise and what joins or parts them."""

    def part() -> str:
        noise = "".join(chance.choices(ALPHABET, k=chance.randint(1, 60)))
        return chance.choice((chance.choice(PIECES), noise, chance.choice((" ", "\n", "，", ". ")), "9" * 200))

    return "".join(part() for _ in range(chance.randint(1, 5)))


def split(stream: Stream, text: str, chance: random.Random | None = None, longest: int = 1) -> list[str]:
    """Return what a stream shows at each piece and at the end; without chance the text is one piece."""
    shown, start = [], 0
    while start < len(text):
        end = start + (chance.randint(1, longest) if chance else len(text))
        shown.append(stream.feed(text[start:end]))
        start = end
    return [*shown, stream.flush()]


_FAKE = re.compile(r"\d{5,}|[\w.]+@[\w.]+|(?<=\b[A-Z])\w+ [A-Z]\w+|[王张]\w|swordfish")


def find(run: str, before: str) -> Sequence[Finding]:
    """Find digits, addresses with an @ and a few names, where nothing of it stands in front (a stand-in)."""
    del before
    return [Finding(start=m.start(), end=m.end(), entity="X", score=1.0) for m in _FAKE.finditer(run)]
