"""What one kind of structured personal data looks like: a row of the table. Knows no row, and no stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import regex

THRESHOLD = 0.5
"""The score from which a finding counts."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A pattern in folded text, the check that its match passes, and how sure we are without and with its context.

    A rule with a group named `value` finds that group, and its label may stand before the run. The others are asked
    from the run's first sign on, their look-behinds see what stands before it.
    """

    entity: str
    name: str
    regex: str
    check: Callable[[str], bool] | None = None
    score: float
    context: tuple[str, ...] = ()
    """Words of which one stands at most 40 signs before the match; needed where `score` is below the threshold."""
    with_context: float = 0.0
    digits: int = 0
    """A run with fewer digits between two Chinese signs is not asked about: it costs 5 us to ask one rule."""
    latin: bool = True
    """Whether each match has a Latin letter or a digit: most Chinese runs have none and cost nothing then."""
    needs: tuple[str, ...] = ()
    """Lower case; of these one must stand in the run or before it, or it is not asked about."""
    wary: bool = False
    """Whether the label of another kind of number right in front ("order no.") says that it is none of ours."""
    clipped: bool = False
    """Whether a match may begin before the run, and is what the run has of it: an admin's pattern knows of no runs."""


def in_context(words: tuple[str, ...], text: str) -> bool:
    """Tell whether one of the words stands in the text: English ones as whole words, Chinese ones anywhere."""
    return bool(words) and _any_of(words).search(text) is not None


def labelled_otherwise(rule: Rule, before: str) -> bool:
    """Tell whether the text in front of a wary rule's match ends with the label of another kind of number."""
    if not rule.wary or not (label := _OTHER_NUMBERS.search(before[-40:])):
        return False
    return not in_context(rule.context, label.group())


@cache
def _any_of(words: tuple[str, ...]) -> regex.Pattern[str]:
    edges = (f"(?<![a-z]){regex.escape(w)}(?![a-z])" if w.isascii() else regex.escape(w) for w in words)
    return regex.compile("|".join(edges), regex.IGNORECASE)


_OTHER_NUMBERS = regex.compile(
    r"(?:(?<![a-z])(?:orders?|invoices?|parts?|articles?|items?|sku|serial|s/n|sn|imei|imsi|iccid|isbn|issn|ean|upc|gtin"
    r"|asin|doi|tracking|parcel|shipments?|waybill|tickets?|cases?|refs?|reference|po|p\.o\.|vin|batch|lot|models?"
    r"|transactions?|txn|contracts?|quotes?|versions?|ver|v|builds?|release|firmware|upgrade[ds]?(?: from| to)?"
    r"|timestamp|ts|epoch|uuid|guid|hash|commit|request|trace|session|job|process|pid|port|size|bytes|offset"
    r"|amount|total|sum|price|balance|revenue|eur|usd|gbp|cny|rmb|hkd|section|clause|chapter|id"
    r"|(?:bar|material|product|asset|project)(?: ?code)?)"
    r"|[编货型批单序工票案件运条][号码]|订单|单据|发票|流水|合同|批次|序列|快递|运单|物流|版本|固件|升级[到至]?|章节?|条款"
    r"|零件|物料|产品|商品|项目|资产|工单|交易|凭证|时间戳|金额|总额|合计|总价|价格|人民币|单价|[$€£¥])"
    r"(?: {0,2}(?:no\.?|nos\.?|nr\.?|number|num|code|id|号码|号|编号|代码|\#))?"
    r"(?: {0,2}(?:is|was|of|为|是))?[ :#=.|]{0,4}$",
    regex.IGNORECASE,
)
