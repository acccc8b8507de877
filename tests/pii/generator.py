"""Puts values into sentences, tables, lists and letters, some of them disguised, and says where they stand.

    texts(seed) -> at least 6,000 values in texts with their places, and 3,100 texts in which nothing may be found

The same seed gives the same texts. Values: values_*.py. Sentences: sentences_*.py. What looks like a value and is
none: negatives.py, words.py, namesakes.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import cycle
from random import Random

from . import namesakes, sentences_en, sentences_held_out, sentences_zh, values_cn, values_world
from .disguise import disguised, suited
from .negatives import KINDS, amount, iso
from .shapes import Place, Text, Value
from .words import WORDS

Make = Callable[[Random], Value]

QUOTAS = {
    "zh": {
        **{"EMAIL": 150, "PHONE": 350, "ID": 350, "PASSPORT": 100, "PERMIT": 150, "CARD": 200, "IBAN": 60, "SSN": 30},
        **{"COMPANY_CODE": 250, "PLATE": 250, "WECHAT": 150, "QQ": 150, "IP": 100, "MAC": 80, "URL": 80, "SECRET": 150},
        **{"PRIVATE_KEY": 40, "BIRTH_DATE": 180, "ADDRESS": 450, "PERSON": 600},
    },
    "en": {
        **{"EMAIL": 150, "PHONE": 300, "ID": 60, "PASSPORT": 100, "PERMIT": 40, "CARD": 200, "IBAN": 220, "SSN": 250},
        **{"COMPANY_CODE": 30, "PLATE": 30, "WECHAT": 60, "QQ": 30, "IP": 150, "MAC": 120, "URL": 150, "SECRET": 250},
        **{"PRIVATE_KEY": 60, "BIRTH_DATE": 180, "ADDRESS": 450, "PERSON": 600},
    },
}
"""At least so many values of each type and language."""
NEGATIVES = 70
"""Texts of each kind of negatives.KINDS; of the sentences of words.py and namesakes.py each stands once."""
DISGUISED = 0.3
"""Share of the values that are disguised, where one of the disguises suits."""

_WORLD: dict[str, Make] = {
    **{"EMAIL": values_world.email, "CARD": values_world.card, "IBAN": values_world.iban, "SSN": values_world.ssn},
    **{"IP": values_world.ip, "MAC": values_world.mac, "URL": values_world.url, "SECRET": values_world.secret},
    **{"SECRET.password": values_world.password, "PRIVATE_KEY": values_world.private_key},
    **{
        "CARD.world": values_world.card,
        "CARD.cn": values_cn.card,
        "PERMIT": values_cn.permit,
        "WECHAT": values_cn.wechat,
    },
    **{"ID": values_cn.resident_id, "ID.hk": values_cn.hong_kong_id, "COMPANY_CODE": values_cn.company_code},
    **{"PLATE": values_cn.plate, "QQ": values_cn.qq, "PERMIT.tw": values_cn.taiwan_permit},
}
VALUES: Mapping[str, Mapping[str, Make]] = {
    "zh": {
        **_WORLD,
        **{"PHONE": values_cn.phone, "PHONE.mobile": values_cn.mobile, "CARD": values_cn.card},
        **{"PASSPORT": values_cn.passport, "BIRTH_DATE": values_cn.birth_date, "ADDRESS": values_cn.address},
        **{"PERSON": values_cn.person, "PERSON.titled": values_cn.titled},
    },
    "en": {
        **_WORLD,
        **{"PHONE": values_world.phone, "PASSPORT": values_world.passport, "BIRTH_DATE": values_world.birth_date},
        **{"ADDRESS": values_world.address, "PERSON": values_world.person, "PERSON.titled": values_world.titled},
        **{"PERSON.reversed": values_world.reversed_name},
    },
}
SENTENCES: Mapping[str, Mapping[str, str]] = {"zh": sentences_zh.TYPE, "en": sentences_en.TYPE}
MIXED = {"zh": sentences_zh.MIXED, "en": sentences_en.MIXED}
FILLERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {"zh": sentences_zh.FILLERS, "en": sentences_en.FILLERS}
_SLOT = re.compile(r"\{([A-Z_]+(?:\.\w+)?|[a-z]+)\}")


class Writer:
    """Fills templates of one language; takes the disguise that it has used least."""

    def __init__(self, language: str, draw: Random, share: float) -> None:
        self._language, self._draw, self._share = language, draw, share
        self._used: Counter[str] = Counter()

    def write(self, template: str, layout: str) -> Text:
        """Return the template with a new value in each of its slots."""
        text, places, end = "", [], 0
        template = template.replace("{{", "\x02").replace("}}", "\x03")
        for slot in _SLOT.finditer(template):
            text += template[end : slot.start()]
            end = slot.end()
            if slot[1].islower():
                text += self._filler(slot[1])
                continue
            entity = slot[1].partition(".")[0]
            value, name, around = self._value(slot[1], entity, layout)
            start = len(text) + len(around)
            text += around + value.text + around
            least = (start + value.inner[0], start + value.inner[1])
            end_of = start + len(value.text)
            places.append(Place(start=start, end=end_of, entity=entity, least=least, disguise=name, kind=value.kind))
        text = (text + template[end:]).replace("\x02", "{").replace("\x03", "}")
        return Text(text=text, language=self._language, places=tuple(places), layout=layout)

    def _value(self, slot: str, entity: str, layout: str) -> tuple[Value, str, str]:
        value = VALUES[self._language][slot](self._draw)
        names = suited(entity, value.kind, value.text[slice(*value.inner)])
        if layout == "table":  # a row ends with its line, and nobody spaces signs in a column
            names = [n for n in names if not n.startswith(("line break", "every sign"))]
        if self._draw.random() > self._share or not names:
            return value, "", ""
        self._draw.shuffle(names)
        name = min(names, key=self._used.__getitem__)
        shown, around = disguised(name, entity, value, self._draw)
        if shown.text == value.text and not around:
            return value, "", ""
        self._used[name] += 1
        return shown, name, around

    def _filler(self, name: str) -> str:
        if name == "date":
            return iso(self._draw)
        if name == "amount":
            return amount(self._draw)
        return self._draw.choice(FILLERS[self._language][name])


def lines(block: str) -> list[str]:
    return block.strip("\n").split("\n")


def positives(seed: int, *, share: float = DISGUISED, scale: float = 1.0) -> list[Text]:
    """Return texts that hold at least `scale` times QUOTAS of each type, `share` of the values disguised."""
    return _filled(seed, SENTENCES, MIXED, share, scale)


def held_out(seed: int = 6, *, share: float = DISGUISED, scale: float = 0.3) -> list[Text]:
    """Return texts like `positives`, of sentences that nothing was tuned on."""
    return _filled(seed, sentences_held_out.TYPE, {}, share, scale)


def _filled(
    seed: int,
    sentences: Mapping[str, Mapping[str, str]],
    mixed: Mapping[str, tuple[tuple[str, str], ...]],
    share: float,
    scale: float,
) -> list[Text]:
    made = []
    for language, quotas in QUOTAS.items():
        writer = Writer(language, Random(f"{seed} {language}"), share)
        seen: Counter[str] = Counter()
        for entity, quota in quotas.items():
            single = [("sentence", t.replace("¶", "\n")) for t in lines(sentences[language][entity])]
            several = [(layout, t) for layout, t in mixed.get(language, ()) if re.search(rf"\{{{entity}[.}}]", t)]
            templates = cycle(single + several)
            while seen[entity] < quota * scale:
                text = writer.write(*reversed(next(templates)))
                seen.update(p.entity for p in text.places)
                made.append(text)
    return made


def negatives(seed: int, *, scale: float = 1.0) -> list[Text]:
    """Return texts without personal data, `scale` times NEGATIVES of each kind, all of words.py and of namesakes.py."""
    made = []
    draw = Random(f"{seed} negatives")
    for kind, (make, *sentences) in KINDS.items():
        for language, templates in zip(("zh", "en"), sentences, strict=True):
            for _, template in zip(range(int(NEGATIVES * scale / 2)), cycle(templates), strict=False):
                text = template.format(v=make(draw))
                made.append(Text(text=text, language=language, negative=kind))
    for kind, both in WORDS.items():
        for language, block in zip(("zh", "en"), both, strict=True):
            made += [Text(text=line, language=language, negative=kind) for line in lines(block)]
    made += [Text(text=text, language=language, negative=kind) for kind, language, text in namesakes.sentences()]
    return made


def texts(seed: int = 6, *, share: float = DISGUISED, scale: float = 1.0) -> list[Text]:
    """Return the texts with values and those without, in a random order."""
    made = positives(seed, share=share, scale=scale) + negatives(seed, scale=scale)
    Random(seed).shuffle(made)
    return made
