"""What a sentence claims, taken apart: its figures, names and negations. Knows no passage and no model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from ..text import HAN
from . import figures
from .figures import Figures
from .numerals import plain

_MARK = re.compile(r"\s*[\[【]\d+(?:\s*[,，]\s*\d+)*[\]】]|\*\*|__|`|^\s*(?:#+\s|[-*•·]\s|\(?\d{1,2}[.)]\s)")
_TOKEN = re.compile(rf"[{HAN}]|[^\W_{HAN}]+(?:[-.,/&'’:][^\W_{HAN}]+)*|[,.;:!?，。；：！？、|\n]")
_WORD = re.compile(rf"[^\W_{HAN}]+(?:[-./&'’][^\W_{HAN}]+)*\.?")
# A capital is one thing in a sentence, and another at its beginning or after a colon or a bracket.
_BEGINS = re.compile(r"(?:\A|[.!?;:|\n])[\s\"'“”‘’(\[-]*\Z")
_HAN = re.compile(f"[{HAN}]")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_CODE = re.compile(r"(?=[^\d]*\d)(?=.*[A-Z])(?!(?:Q[1-4]|H[12]|(?:USD|GBP|EUR|CNY|RMB|DKK|US)\d.*)\Z)[\w/.&-]+")
_NUMERAL = re.compile(r"\d[\d.,]*-?(?:[A-Za-z]{1,3}|[a-z-]+)\.?\Z")
NO_NAMES = frozenset(
    "a about according after all although an and another any as at based because before both but by cannot despite "
    "do does during each either every for from he her here his how however i if in instead into is it its mr mrs ms dr "
    "many may more most much must neither no nobody none nor not of on one only or other our she should since so some "
    "such than that the their them then there these they this those though through thus to two under until up upon "
    "was we were what when where whether which while who whom whose why will with within without would yes you your "
    "additionally also currently finally first further furthermore moreover overall second therefore third yet "
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september "
    "october november december bc ad ce bce am pm i.e e.g no. co inc ltd corp section article clause chapter page "
    "table figure document passage".split()
)
"""Words that are no names though they begin with a capital: at a sentence's beginning, in titles, in references."""

_SHOUTED = frozenset("i a no ad bc ce bce am pm mr mrs ms dr".split())
# What turns a statement round; what only looks so is taken out first. The second group says no without such a word.
_NOT = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|\w+n['’]t)\b|不|没有?|未|无|非|勿", re.IGNORECASE
)
_NO_NOT = re.compile(
    r"\b(?:not only|not just|not least|(?:not|no) (?:later|more|less|fewer|sooner|earlier|longer) than|no doubt|"
    r"whether or not|no\. ?\d+)\b|"
    r"不(?:仅|但|只|同|过|断|少|久|足|超过|低于|高于|多于|得超过|得低于|得少于|满|论|管|锈钢|动产|良|等|一|幸|及|如|由|禁|胜|再是)|"
    r"无(?:论|线|数|锡|疑|名)|非(?:常|洲|凡|典)|除非|是非|南非|北非|东非|西非|未(?:来|婚|必)|(?:差|要|绝|毫)不多?|没收|沉没|出没",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"\b(?:prohibit|forbid|forbad|refus|fail|lack|impossib|exclud|except|deny|denie|absen|hardly|rarely|reject|free of|"
    r"only|solely|limited|instead|rather|contrary|stop|ceas|in(?:valid|eligib|capab)|un(?:able|avail|certain|clear|"
    r"just|known|lawful|less|like|necess|paid|reason|safe|success|true|used|valid|will|chang|limit|affect))|"
    r"禁止|拒绝|严禁|除外|免于|缺乏|仅|只|限|不|没|未|无|非|否|勿|失|缺|难",
    re.IGNORECASE,
)
SCOPE = 4
"""Words (ideographs: twice as many) after a negation that it turns round."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """A name or code in `numerals.plain(text)`; `key` is it without case, accents and a possessive.

    `sure` is false for a word that may have its capital only because a sentence begins there.
    """

    written: str
    key: str
    start: int
    end: int
    sure: bool = True
    code: bool = False
    han: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A word, an ideograph or a stop, and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A sentence, or more of a text, taken apart."""

    text: str
    figures: Figures
    names: tuple[Name, ...]


def cleaned(claim: str) -> str:
    """Return a sentence of an answer without its citations, list mark and emphasis."""
    return _MARK.sub("", claim).strip()


def statement(text: str, chinese: Sequence[str] = ()) -> Statement:
    """Take a text apart; `chinese` are its names in Chinese, which only a dictionary can tell."""
    written = plain(text)
    names = [*_names(written), *_chinese(written, chinese)]
    rest = written
    for name in names:
        if name.code:
            rest = rest[: name.start] + "\x00" * (name.end - name.start) + rest[name.end :]
    return Statement(text=written, figures=figures.read(rest), names=tuple(names))


def key(word: str) -> str:
    """Return a word without case, accents and a possessive."""
    if word.isalpha() and word.isascii():
        return word.lower()  # nearly all words
    bare = _POSSESSIVE.sub("", word.rstrip("."))
    bare = bare.replace(".", "") if re.fullmatch(r"(?:[A-Z]\.)+[A-Z]", bare) else bare
    if not bare.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))
    return bare.casefold()


def words(text: str) -> frozenset[str]:
    """Return the keys of a plain text's Latin words, whole and by their parts, and of the initials of its names."""
    found = set[str]()
    for m in _WORD.finditer(text):
        whole = key(m[0])
        found.add(whole)
        found.update(re.split(r"[-/&.]", whole))
    for run in re.findall(r"(?:\b[A-Z][\w'’-]*(?:\s(?:of|and|the|for|&)\s|\s|-)?){2,}", text):
        found.add("".join(re.findall(r"\b[A-Z]", run)).casefold())
    found.discard("")
    return frozenset(found)


def has(found: Set[str], name: Name) -> bool:
    """Tell whether a name stands among the words: itself, its parts, or but for an ending (German, Germany)."""
    if name.key in found:
        return True
    if name.code:
        return False
    parts = [p for p in re.split(r"[-/&.]", name.key) if p]
    return all(p in found or any(_kin(p, other) for other in found) for p in parts)


def _kin(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and len(long) - len(short) <= 2 and long.startswith(short)


def _names(text: str) -> list[Name]:
    found = list(_WORD.finditer(text))
    capitals = sum(m[0][0].isupper() for m in found)
    chinese = bool(_HAN.search(text))  # there a capital always means a name
    title = len(found) > 3 and capitals >= 0.8 * len(found) and not chinese  # a heading, or all in capitals
    names = list[Name]()
    for n, m in enumerate(found):
        written = m[0]
        if written.islower():
            continue
        bare = key(written)
        if _CODE.fullmatch(written.rstrip(".")) and not _NUMERAL.fullmatch(written):
            names.append(Name(written=written.rstrip("."), key=bare, start=m.start(), end=m.end(), code=True))
        elif written[0].isupper() and len(bare) > 1 and not any(c.isdigit() for c in bare):
            if bare in NO_NAMES and not (written.isupper() and bare not in _SHOUTED):  # the WHO, but not a PM
                continue
            after = found[n + 1] if n + 1 < len(found) else None
            begins = title or not (chinese or not _BEGINS.search(text, max(0, m.start() - 8), m.start()))
            joined = after is not None and after[0][0].isupper() and text[m.end() : after.start()] == " "
            sure = not begins or (not title and (joined or (written.isupper() and len(bare) < 6)))
            names.append(Name(written=_POSSESSIVE.sub("", written.rstrip(".")), key=bare, start=m.start(),
                              end=m.end(), sure=sure))  # fmt: skip
    return names


def _chinese(text: str, names: Sequence[str]) -> Iterator[Name]:
    for name in map(plain, names):
        if _HAN.match(name) and (start := text.find(name)) >= 0:
            yield Name(written=name, key="".join(name.split()).casefold(), start=start, end=start + len(name), han=True)


def tokens(text: str) -> list[Token]:
    """Cut a plain text for comparison: words in small letters, single ideographs, stops."""
    return [Token(text=m[0].casefold(), start=m.start(), end=m.end()) for m in _TOKEN.finditer(text)]


def negations(text: str) -> list[tuple[int, int]]:
    """Return where a plain text has words that turn round what follows them."""
    rest = _NO_NOT.sub(lambda m: "\x00" * len(m[0]), text)
    return [m.span() for m in _NOT.finditer(rest)]


def refuses(text: str) -> bool:
    """Tell whether a plain text says no in any way."""
    return bool(_NOT.search(text) or _REFUSES.search(text))
