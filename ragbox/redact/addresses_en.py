"""Western addresses: "3 Weir Street, Wakefield WF1 2AB", "Hauptstr. 12, 80331 München", "PO Box 12". Knows no stream.

An address begins with a house number, a flat or a box and ends with its town, its state or its postcode, whichever
comes last. A town or a country alone is no address; a postcode needs its town or a label ("zip code").
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from .found import Found
from .words_en import COUNTRIES, LABELS, NOT_NAMES, ROADS, RUES, STATES, STREETS, WEAK_STREETS
from .words_given import GIVEN


def _any(words: tuple[str, ...]) -> str:
    return "|".join(regex.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


_CAP = r"(?:\p{Lu}[\p{L}\p{M}'’-]*+\.?|\d{1,3}(?:st|nd|rd|th))"
_LINK = (
    r"(?:de|la|le|les|du|des|del|della|dello|delle|degli|dei|dalla|di|da|dos|das|do|der|den|van|von|of|the|al|el|y|et|am|an|im|zum"
    r"|zur)"
)
_SIDE = r"(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)"
_HOUSE = r"(?<![\p{L}\d.,/#-])(?:No\.? ?)?\d{1,5}[A-Za-z]?(?:[-/]\d{1,5}[A-Za-z]?)?"
_FLAT = (
    r"(?:(?:Flat|Apt|Apartment|Suite|Ste|Unit|Room|Rm|Floor|Building|Bldg|Block|Studio|Level|Lot|Office)\.? ?#?"
    r"(?:[A-Za-z]?\d{1,5}[A-Za-z]?(?:-\d{1,4})?|[A-Z])(?![\p{L}\d])|\d{1,3}(?:st|nd|rd|th) [Ff]loor|#\d{1,5})"
)
_STREET = (
    rf"(?:{_HOUSE}|(?<![\p{{L}}\d]){_FLAT}),? (?:{_SIDE}\.? )?+(?:{_CAP} ){{1,4}}?"
    rf"(?:(?P<strong>{_any(STREETS)})|{_any(WEAK_STREETS)})(?! (?:{_any(STREETS + WEAK_STREETS)})(?!\p{{L}}))"
    rf"(?![\p{{L}}\d'’-])(?:\.(?=[ ,]))?(?: {_SIDE}(?![\p{{L}}.]))?"
    rf"|{_HOUSE} (?:Avenue|Highway|Broadway)(?: of the Americas| \d{{1,4}}| [A-Z](?!\p{{L}}))?(?!\p{{L}})"
)
_ROAD = (
    rf"(?<![\p{{L}}\d-])(?:{_CAP}[ -]){{0,3}}?(?:\p{{Lu}}[\p{{Ll}}\p{{M}}'’-]*?(?<=\p{{Ll}}{{3}})(?:{_any(ROADS)})"
    rf"|{_CAP}[ -](?i:{_any(ROADS)})) ?\d{{1,4}}[a-zA-Z]?(?![\p{{L}}\d]|[.,]\d)"
)
_NAMED = rf"(?: (?:{_LINK}(?: {_LINK})? |(?:{_LINK} )?[dl]['’])?{_CAP}(?: (?:{_LINK} ){{0,2}}{_CAP}){{0,4}})"
_NUMBER_LAST = tuple(
    r.title() for r in RUES if len(r) > 3 and r not in ("place", "route", "square", "cours", "al.", "ul.")
)
_RUE = (
    rf"{_HOUSE},? (?:bis |ter )?(?i:{_any(RUES)}){_NAMED}(?: \d{{1,4}}(?![\p{{L}}\d]|[.,]\d))?"
    rf"|(?<![\p{{L}}\d])(?:{_any(_NUMBER_LAST)}|Rue|Via|ul\.|al\.)"
    rf"{_NAMED},? \d{{1,4}}(?![\p{{L}}\d]|[.,]\d)"
)
_PLAIN = rf"(?:{_HOUSE} |(?<![\p{{L}}\d]))(?:{_CAP} (?:{_LINK} )?){{1,4}}\d{{1,4}}[a-z]?(?![\p{{L}}\d-]|[.,]\d)"
"""Words and a number: a flat or a label has to tell that it is a street's."""
_BOX = (
    r"(?:(?<!\p{L})(?:P\. ?O\.|PO|P O|Post Office|Postal) ?[Bb]ox \d{1,6}|(?:PSC|CMR|Unit) \d{1,5},? Box \d{1,6}"
    r"|(?<!\p{L})(?:Postfach|Boîte Postale|Apartado) \d{1,6})"
)
_UK = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}"
_STATE = rf"(?:{_any(STATES)})"
_ZIP = rf"{_STATE}\.?,? +\d{{5}}(?:-\d{{4}})?"
_CODE = rf"(?:{_ZIP}|{_STATE} \d{{4}}|{_UK}|[A-Z]\d[A-Z] ?\d[A-Z]\d)(?![\p{{L}}\d-])"
_TOWN = rf"\p{{Lu}}[\p{{L}}\p{{M}}'’.-]*+(?:[ -](?:{_LINK}[ -]){{0,2}}\p{{Lu}}[\p{{L}}\p{{M}}'’-]*+){{0,3}}?"
_ENDS = rf"(?=[,;.)\]?!]|$| +\p{{Ll}}| +{_CODE}| +\d| *[|])"
_START = regex.compile(
    rf"(?P<box>{_BOX})|(?P<flat>(?:(?<![\p{{L}}\d]){_FLAT},? +){{1,3}})?"
    rf"(?:(?P<rue>{_RUE})|(?P<street>{_STREET})|(?P<road>{_ROAD})|(?P<plain>{_PLAIN}))"
)
_NEXT = regex.compile(
    rf"(?P<gap>[ ,\n>?]{{1,6}})(?:(?P<flat>{_FLAT})|(?P<box>{_BOX})|(?P<code>{_CODE})"
    rf"|(?P<post>(?:[A-Z]{{1,2}}-)?\d{{4,6}}(?:-\d{{3,4}})?)(?![\p{{L}}\d]|[.,-]\d)(?: (?P<after>{_TOWN}){_ENDS})?"
    rf"|(?P<town>{_TOWN}){_ENDS})"
)
_TO_CODE = regex.compile(rf",? +{_CODE}")
_TAIL = regex.compile(rf"(?<![\p{{L}}\d-])(?P<town>{_TOWN}),? +(?P<code>{_ZIP}|{_UK})(?![\p{{L}}\d-])")
_COUNTRY = regex.compile(rf",? (?:{_any(COUNTRIES).replace('_', ' ')})(?![\p{{L}}\d])")
_IN_YEAR = regex.compile(
    r"(?i)(?<!\p{L})(?:in|of|since|years?|from|until|by|for|during|fy|january|february|march|april|may|june|july|august"
    r"|september|october|november|december) $"
)
_LABELLED = regex.compile(
    r"(?i:(?<!\p{L})(?:zip ?code|postal code|post ?code|zip))(?: is|:) {1,3}"
    rf"(?P<code>\d{{5}}(?:-\d{{4}})?|{_UK})(?![\p{{L}}\d])"
)
_ADDRESSED = regex.compile(
    r"(?i:(?:address(?:es)?|liv(?:es?|ing) (?:at|in|on)|resid(?:es?|ing) (?:at|in)|letter arrived at"
    r"|(?:located|offices?|branch|it's|meet me) (?:is |are )?(?:at|in)"
    r"|(?:sen[dt]|deliver(?:ed)?|ship|mail|return|taxi)(?: it)? to|, of)(?: is| are|:| to| of)*)\W{0,4}$"
)

_NO_STREET = frozenset("disk hard flash tape test usb belt gear chain motor pump shaft final data".split())
"""Words before "drive" or "road" that make a thing of it."""
_TOWNS = frozenset(
    "new north south east west great old upper lower san santa st los las le la el fort saint lake mount port".split()
)
"""First words of towns that are common words as well."""


def addresses(text: str, before: str = "") -> Iterator[Found]:
    """Yield each address in a folded text from its first to its last part; `before` is what stands in front of it."""
    if not any(map(str.isdigit, text)):
        return
    at, taken = 0, list[tuple[int, int]]()
    while start := _START.search(text, at):
        at, parts = _extended(text, start)
        if country := _COUNTRY.match(text, at):
            at = country.end()
        if score := _score(start, parts, before + text[: start.start()]):
            yield Found(start.start(), at, score)
            taken.append((start.start(), at))
        elif start["plain"]:
            # A street may begin behind the house number (56 Linieweg 350) or with the last (Building 5 High Street).
            words = start.group()
            at = start.start() + (words.index(" ") if words[0].isdigit() else words.rindex(" "))
    whole, offset = before + text, len(before)
    for code in _LABELLED.finditer(whole):
        if code.start("code") >= offset:
            yield Found(code.start("code") - offset, code.end() - offset, 0.6)
    for tail in _TAIL.finditer(text):
        if _town(tail["town"]) and not any(a < tail.end() and tail.start() < b for a, b in taken):
            yield Found(tail.start(), tail.end(), 0.6)


def _extended(text: str, start: regex.Match[str]) -> tuple[int, set[str]]:
    """Return where the address ends that starts here, and the kinds of the parts that follow the street."""
    end, parts, towns, reach = start.end(), set[str](), list[str](), start.end()
    for _ in range(6):
        part = _NEXT.match(text, reach)
        if part is None or part.lastgroup is None:
            break
        kind = next(k for k in ("flat", "box", "code", "post", "town") if part[k])
        if kind == "town" and (len(towns) > 2 or not (_town(part["town"]) or _TO_CODE.match(text, part.end()))):
            break
        if kind == "post" and not (towns or (part["after"] and (start["road"] or start["rue"]))):
            break
        reach = part.end()
        if kind == "town":
            towns.append(part["town"])
            if "," not in part["gap"]:  # "12 High Street Leeds" may go on as a sentence: a postcode has to follow
                continue
        parts.add(kind)
        end = reach
        if kind in ("code", "post"):
            break
    return end, parts


def _town(words: str) -> bool:
    """Tell whether capitalised words could be a town: no given name, no month and no label."""
    first = words.replace("-", " ").split()[0].lower().rstrip(".")
    return first in _TOWNS or not (first in GIVEN or first in NOT_NAMES or first in LABELS)


def _score(start: regex.Match[str], parts: set[str], before: str) -> float:
    """Return how sure it is that a street with these parts after it is one; `before` is what stands in front of it."""
    if start["box"]:
        return 0.8
    if not parts and start.group()[:2] in ("19", "20") and start.group()[4:5] == " " and _IN_YEAR.search(before[-16:]):
        return 0
    if start["plain"]:
        if not {word.lower() for word in start["plain"].split()}.isdisjoint(NOT_NAMES):
            return 0
        return 0.65 if "flat" in parts else 0.55 if _ADDRESSED.search(before[-64:]) else 0
    if parts or start["flat"]:
        return 0.85
    if start["strong"] and start.group().split()[-2].lower() in _NO_STREET:
        return 0
    if start["strong"] or start["rue"] or start["road"]:
        return 0.65
    return 0.5 if _ADDRESSED.search(before[-64:]) else 0.3
