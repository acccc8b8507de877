"""The English rules of `ragbox/followup.py`: "And in 2024?", "How long is it?", "Why?". Closed lists, no tagger."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 30
"""Words from which on a question is taken to say all it needs."""

_WH = "what which who whom whose when where why how".split()
_COPULA = "is are was were be been being isn't aren't wasn't weren't 's".split()
_DO = "do does did can could will would shall should must may might has have had don't doesn't didn't can't".split()
_PREPOSITIONS = (
    "about above across against along among around at before behind below beneath beside between beyond by despite "
    "down during for from in inside into near of off on onto out outside over per through to toward under until up "
    "upon with within without since"
).split()
# Words at which another clause begins: what stands before them may be what a pronoun after them stands for.
_CLAUSES = frozenset(
    "and or but when if whether before after because while since until which who whose as once unless than so".split()
)
_DETERMINERS = "a an the our your my any each every all no some both either".split()
_PERSONAL = "i we you us me someone somebody anyone anybody people one".split()
_POINTING = frozenset("this that these those".split())
_SUBJECTS = frozenset("it they them he she him".split())
_POSSESSIVES = frozenset("its their theirs his her hers".split())
# Verbs and adverbs of questions: they name nothing. A word that is as often a noun is not among them, but for `cost`.
_VERBS = (
    "happen happens happened apply applies applied take takes took taken cost costs mean means meant make makes made "
    "get gets got go goes went give gives gave given need needs needed pay pays paid say says said tell get hold holds "
    "held keep keeps kept provide provides provided become becomes come comes came set sets expire expires "
    "start starts started begin begins began end ends ended stop stops stopped receive receives received sign signed "
    "include includes included contain contains allow allows allowed require requires required exist exists work works "
    "worked last lasts use uses used find found last change changed belong owe owes own owns choose chosen decide "
    "decides decided send sent buy bought sell sold know known cover covers covered weigh weighs run runs ran"
).split()
_MODIFIERS = (
    "much many often soon quickly not never ever also only just exactly still already yet again now then too else here "
    "there more less most least possible"
).split()
_ADJECTIVES = "long far old big large high late early fast tall wide heavy deep short small low new".split()
# Nouns that say what is asked, never about what: a question with nothing else in it has its subject before it.
_GENERIC = frozenset(
    "cost costs price prices fee fees amount deadline date dates time times reason reasons address phone number name "
    "names length duration term terms limit limits penalty penalties exception exceptions condition conditions day "
    "days week weeks month months year years hour hours minute minutes percent percentage rate total maximum minimum "
    "example examples detail details page document source kind type thing things way case person responsible "
    "difference consequence consequences requirement requirements cheaper better other others same first second".split()
)
_FUNCTION = frozenset(
    (*_WH, *_COPULA, *_DO, *_PREPOSITIONS, *_CLAUSES, *_DETERMINERS, *_PERSONAL, *_VERBS, *_MODIFIERS, *_ADJECTIVES,
     *_POINTING, *_SUBJECTS, *_POSSESSIVES, "please", "it's", "that's", "they're")
)  # fmt: skip
# After these a pronoun is most often the one who says it: "why does Ostermoor think it may terminate".
_SAYING = frozenset(
    "say says said think thinks thought believe believes believed claim claims claimed announce announced decide "
    "decides decided feel feels felt know knows knew expect expects expected mean means meant".split()
)
_TIMES = frozenset("year month week quarter morning afternoon evening time day spring summer autumn winter".split())

_WORD = re.compile(r"[^\W_][\w'’./&-]*[^\W_]|[^\W_]|[,;:?!–—]")
_OPENER = re.compile(r"(?:(?:and|but|so|or|also|ok(?:ay)?|well|then|thanks?|great|sorry)\b[\s,.!]*)+", re.I)
_ABOUT = re.compile(r"(?:what|how)\s+(?:about|of)\s+(.+)", re.I)
_END = re.compile(r"[\s?？.!。！]+\Z")
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"(?:(?:Q[1-4]|Jan\w*|Feb\w*|Mar(?:ch)?|Apr\w*|May|June?|July?|Aug\w*|Sep\w*|Oct\w*|Nov\w*|Dec\w*)\s+)?\b{_YEAR}\b"
    r"|\bQ[1-4]\b|\b(?:January|February|March|April|June|July|August|September|October|November|December)\b"
)
_CODE = re.compile(r"\b(?=[\w/-]*\d)(?=[\w/-]*[A-Za-z])[A-Za-z0-9][\w/-]*")
_NUMBERED = re.compile(r"\b([A-Za-z]+) (\d[\d.]*)")
_ARTICLE = re.compile(r"(?:the|a|an|our|your|my|its|their)\s+", re.I)
_EMPTY_IT = re.compile(r"\bit\b(?:\s+(?!the\b)[\w-]+){1,3}?\s+(?:to|that|for|if)\s+(.+)", re.I)
_ONES = re.compile(
    r"\b(?:which|this|that|these|those|the(?:\s+\w+)?)\s+ones?\b"
    r"|\bthe (?:former|latter)\b(?=\s*(?:\Z|,|(?:one|is|are|was|were|do|does|did|has|have|can|will|must)\b))",
    re.I,
)


@dataclass(frozen=True, kw_only=True)
class _Phrase:
    """A noun and what stands before it; `chained` to the one before by "of", "in"."""

    start: int
    end: int
    words: tuple[str, ...]
    before: str
    determined: bool
    chained: bool


def resolve(asked: str, before: str) -> str:
    """Return the question made whole by the one before it, or "" where it is whole."""
    body = _END.sub("", asked)
    rest = _OPENER.sub("", body, count=1) if _OPENER.match(body) else body
    words = [w.casefold() if w != "May" or not n else w for n, w in enumerate(_WORD.findall(rest))]
    if not words or len(words) > LONGEST:
        return ""
    named = _ABOUT.fullmatch(rest)
    piece = named[1] if named else _piece(rest, words, opened=rest != body)
    if piece and not set(piece.casefold().split()) & _POSSESSIVES:
        return _put(piece, before)
    told = [w for w in words if w not in _FUNCTION]  # what it says itself
    bare = rest != body and len(words) < 3 and words[0] in ("why", "how", "when", "where", "who")
    if bare or not (set(told) - _GENERIC or {*_POINTING, *_SUBJECTS, *_POSSESSIVES} & set(words)):
        if told or len(words) > 4:
            return f"{rest} ({_thing(before)})?"
        return f"{before}, and {rest[0].lower()}{rest[1:]}?"
    return _named(rest, before)


def _piece(rest: str, words: Sequence[str], *, opened: bool) -> str:
    """Return the question if it is one of a piece, without a verb: "in 2024", "for contractors", after "and" more."""
    bare = not set(words) & {*_WH, *_COPULA, *_DO, *_SUBJECTS, *_VERBS}
    short = len(words) <= (7 if opened else 4 if words[0] in _PREPOSITIONS else 0)
    return rest if bare and short else ""


def _put(piece: str, before: str) -> str:
    """Return the former question with the piece in the place of its like; added where there is none."""
    inner = _bare(piece)
    plain = _ARTICLE.sub("", inner)
    for like in (_DATE, _CODE, _NUMBERED):
        new, places = like.fullmatch(plain), list(like.finditer(before))
        if like is _NUMBERED and new:
            places = [m for m in places if m[1].casefold() == new[1].casefold()]
        if new and places:
            return f"{before[: places[-1].start()]}{plain}{before[places[-1].end() :]}?"
    if old := _likeness(piece, inner, _phrases(before), before):
        return f"{before[: old.start]}{inner}{before[old.end :]}?"
    joined = " " if piece.split()[0].casefold() in _PREPOSITIONS else ": "
    return f"{before}{joined}{piece}?"


def _likeness(piece: str, inner: str, here: Sequence[_Phrase], before: str) -> _Phrase | None:
    """Return the phrase whose place a piece takes: same noun, same preposition, the only name, the only thing."""
    head = _stem(inner.split()[-1])
    if same := [p for p in here if _stem(p.words[-1]) == head]:
        return same[-1]
    preposition = piece.split()[0].casefold()
    if preposition in _PREPOSITIONS:
        numeric = any(c.isdigit() for c in inner)
        same = [p for p in here if p.before == preposition and numeric == any(c.isdigit() for c in " ".join(p.words))]
        return same[-1] if same else None
    named = [p for p in here if _is_name(before[p.start : p.end])]
    if _is_name(inner):
        return _narrow(named[0], before) if len(named) == 1 else None
    determined = bool(_ARTICLE.match(inner))
    things = [p for p in here if p.determined == determined and p not in named]
    last = [p for p in things if determined and (p.before in _PREPOSITIONS or p.before in _COPULA)]
    if len(things) == 1:
        return things[0]
    return last[-1] if last else None


def _narrow(phrase: _Phrase, text: str) -> _Phrase:
    """Return of a phrase the part that is the name."""
    found = list(re.finditer(r"[A-Z0-9][\w&./-]*", text[phrase.start : phrase.end]))
    start, end = phrase.start + found[0].start(), phrase.start + found[-1].end()
    return _Phrase(start=start, end=end, words=phrase.words, before="", determined=False, chained=False)


def _named(rest: str, before: str) -> str:
    """Return the question with its pronoun replaced, or what it points to added; "" where it points nowhere outside."""
    if _ONES.search(rest):
        return f"{rest} ({_thing(before)})?"
    nouns, clause, earlier = 0, 0, 0  # in the question so far, in this clause, in the clauses before
    tokens = [(m[0], m[0].casefold(), m.start(), m.end()) for m in _WORD.finditer(rest)]
    for n, (written, word, start, end) in enumerate(tokens):
        following = tokens[n + 1][1] if n + 1 < len(tokens) else ""
        former = tokens[n - 1][1] if n else ""
        if word in _POINTING:
            points = word != "that" or not former or former in _FUNCTION or following in ("", "?", ",")
            if not points:
                earlier, clause = earlier + clause, 0  # "a site that it shuts down"
            elif not earlier and following not in _TIMES and following not in ("who", "of", "whose"):
                # "That pump" is a thing, "that" alone may be all that was said.
                return f"{rest} ({about(before) if following in _FUNCTION or not following else _thing(before)})?"
        elif word in _SUBJECTS and written != "IT" and not earlier and not (clause and former in _SAYING):
            if word != "it" or not _says_nothing(rest[start:]):
                return f"{rest[:start]}{_thing(before)}{rest[end:]}?"
        elif word in _POSSESSIVES and not nouns:
            return f"{rest[:start]}{_owner(_thing(before))}{rest[end:]}?"
        if word in _CLAUSES or word in ",;:–—":
            earlier, clause = earlier + clause, 0
        elif word not in _FUNCTION and word not in _GENERIC:
            nouns, clause = nouns + 1, clause + 1
    return ""


def _says_nothing(text: str) -> bool:
    """Tell whether "it" only fills its place: "how long does it take to ship a pump"."""
    found = _EMPTY_IT.match(text)
    return found is not None and any(w not in _FUNCTION for w in _WORD.findall(found[1].casefold()))


def about(before: str) -> str:
    """Return what the former question is about: all of it but the question word and its verb."""
    tokens = list(_WORD.finditer(before))
    starts = [
        m.start()
        for m in tokens
        if m[0].casefold() not in {*_WH, *_COPULA, *_DO, *_MODIFIERS, *_ADJECTIVES, *_PERSONAL}
    ]
    return before[starts[0] :] if starts else before


def _thing(before: str) -> str:
    """Return the thing the former question named last, with what it is of or in; else the first it is about."""
    chains: list[list[_Phrase]] = []
    for phrase in _phrases(before):
        if phrase.chained and chains:
            chains[-1].append(phrase)
        else:
            chains.append([phrase])
    named = [c for c in chains if any(_is_name(before[p.start : p.end]) for p in c)]
    chosen = named[-1:] or [c for c in chains if c[0].determined][:1] or chains[-1:]
    return before[chosen[0][0].start : chosen[0][-1].end] if chosen else about(before)


def _owner(thing: str) -> str:
    return f"{thing}'" if thing.endswith("s") else f"{thing}'s"


def _phrases(text: str) -> list[_Phrase]:
    """Return the noun phrases of a question in order, as far as closed classes of words tell them."""
    found: list[_Phrase] = []
    tokens = [(m[0], m[0].casefold(), m.start(), m.end()) for m in _WORD.finditer(text)]
    n, asking = 0, False
    while n < len(tokens):
        asking |= tokens[n][1] in _DO
        first = n
        while n < len(tokens) and tokens[n][1] in _DETERMINERS:
            n += 1
        led = n > first or (n and tokens[n - 1][1] in _PREPOSITIONS)
        while led and n < len(tokens) and tokens[n][1] in _ADJECTIVES:
            n += 1
        if n and n < len(tokens) and tokens[n - 1][1] == "who" and tokens[n][1] not in _FUNCTION:
            n += 1  # a verb: who | approves
            first = n
        inside = n
        while n < len(tokens) and tokens[n][1] not in _FUNCTION and tokens[n][0] not in ",;:?!–—":
            n += 1
        if n == inside:
            n = max(n, first + 1)
            continue
        end = n
        # After "does" or "must" the last word of the first phrase is the verb: what does the pump | weigh.
        follows = tokens[n][1] if n < len(tokens) else ""
        verb = asking and follows not in _COPULA and follows not in _VERBS
        if (verb or tokens[end - 1][1].endswith("ed")) and end - inside > 1:
            end -= 1
        asking = False
        before = tokens[first - 1][1] if first else ""
        chained = bool(found) and before in _PREPOSITIONS and tokens[first - 1][2] - found[-1].end <= 1
        found.append(
            _Phrase(
                start=tokens[first][2], end=tokens[end - 1][3], words=tuple(t[1] for t in tokens[inside:end]),
                before=before, determined=tokens[first][1] in _DETERMINERS, chained=chained,
            )
        )  # fmt: skip
    return found


def _is_name(text: str) -> bool:
    return bool(re.search(r"(?<![\w-])[A-Z0-9][\w-]*", text))


def _bare(piece: str) -> str:
    """Return a piece without the prepositions it begins with."""
    words = piece.split()
    while len(words) > 1 and words[0].casefold() in (*_PREPOSITIONS, "same"):
        words.pop(0)
    return " ".join(words)


def _stem(word: str) -> str:
    word = word.casefold()
    return word[:-1] if len(word) > 3 and word.endswith("s") else word
