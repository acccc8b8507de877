"""Lines of financial statements: what stands for one another, and tables that have the line a question asks for.

People ask for R&D expenditure, the statement says "Research and development". Knows no index and no record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache

from .text import HAN
from .types import CELL, ROW, Chunk, Kind
from .wording import Entry, Expansion, Wording

LINES = """
revenue | revenues | net sales | total revenue | total net sales | net revenue | turnover
R&D | research and development | R&D expenditure | R&D expenses | R&D spending | R&D investment
operating cash flow | cash flow from operations | cash from operations | net cash provided by operating activities
cost of sales | cost of revenue | cost of goods sold | COGS
capital expenditure | capital expenditures | capex | purchases of property and equipment
earnings per share | EPS | net income per share
net income | net profit | net earnings | profit for the year | profit for the period
operating income | operating profit | income from operations
operating expenses | operating costs | opex
selling, general and administrative | SG&A | marketing, general and administrative
gross margin | gross profit
inventory | inventories
borrowings | term debt | long-term debt | notes payable
shareholders' equity | stockholders' equity | total equity
share repurchases | stock buyback | share buyback | repurchases of common stock
income taxes | provision for income taxes | income tax expense
accounts receivable | trade receivables
accounts payable | trade payables
depreciation and amortization | depreciation and amortisation | D&A
营业收入 | 营收 | 销售收入 | 主营业务收入
研发费用 | 研发投入 | 研发支出 | 研发开支
净利润 | 净收益 | 纯利
营业利润 | 经营利润
毛利 | 毛利率 | 毛利润
营业成本 | 销售成本
存货 | 库存商品
经营现金流 | 经营性现金流 | 经营活动产生的现金流量净额
资本支出 | 资本开支 | 购建固定资产
每股收益 | 每股盈利 | EPS
应收账款 | 应收款项
应付账款 | 应付款项
股东权益 | 所有者权益 | 净资产
所得税费用 | 所得税
销售费用 | 营销费用
"""
"""One line of a statement a row, by the names that annual and quarterly reports and those who read them give it."""
LONGEST = 6
"""Words of a row's label at most, two Chinese signs to a word: a longer one is a sentence and has words of anything."""
LABELS = 50_000
"""Labels whose words are kept, some 300 bytes each: statements share theirs, and to cut 60 anew takes 5 to 11 ms."""
PLAIN = "total", "net", "consolidated"
"""Words that a label has and a question for it leaves out, and the other way round."""
_FIGURE = re.compile(r"\d")
_HAN, _LETTERS = re.compile(f"[{HAN}]"), re.compile(f"[^\\W\\d_{HAN}]+")


class Statements:
    """Reads questions and tables by the terms of a lexicon."""

    def __init__(self, terms: Callable[[str], Sequence[str]], keywords: Callable[[str], Sequence[str]]) -> None:
        self._terms = terms
        self._keywords = lru_cache(LABELS)(keywords)
        self._wording: Wording | None = None

    def find(self, question: str) -> tuple[Expansion, ...]:
        """Return the lines that a question names, with what else they are called."""
        if self._wording is None:
            rows = [[name.strip() for name in row.split("|")] for row in LINES.strip().splitlines()]
            entries = [Entry(term=term, names=tuple(names)) for term, *names in rows]
            self._wording = Wording(entries, self._terms, lambda _: False)
        return self._wording.find(question)

    def asked(self, question: str, renamed: Sequence[Expansion]) -> Callable[[Chunk], float]:
        """Return what tells how well a table's rows are labelled as a question asks, 0 to 1; 0 for what is no table.

        1 for a row that is called what is asked for; less for a label whose words are all in the question, for one
        word is chance.
        """
        words = frozenset(self._keywords(question))
        names = {self._terms_of(name) for one in renamed for name in (one.written, *one.others)}

        def fits(label: str) -> float:
            terms = self._terms_of(label)
            if terms in names:
                return 1.0
            size = len(_HAN.findall(label)) / 2 + len(_LETTERS.findall(label))
            return min(1.0, 0.4 + 0.3 * size) if terms and terms <= words and size <= LONGEST else 0.0

        return lambda chunk: max(map(fits, _labels(chunk)), default=0.0)

    @cached_property
    def _plain(self) -> frozenset[str]:
        return frozenset(self._keywords(" ".join(PLAIN)))

    def _terms_of(self, name: str) -> frozenset[str]:
        return frozenset(self._keywords(name)) - self._plain


def _labels(chunk: Chunk) -> Iterator[str]:
    """Yield the labels of a table's rows that have a figure."""
    if chunk.kind is Kind.TABLE:
        for row in chunk.text[chunk.head :].split(ROW):
            label, *cells = row.split(CELL)
            if any(map(_FIGURE.search, cells)):
                yield label
