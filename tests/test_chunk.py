"""Chunks fit the window, lose nothing, and know where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import chunks
from ingest.pieces import DENSITY
from ragbox.encoders import SentenceEncoder
from ragbox.ports import Encoder
from ragbox.types import CELL, ROW, Block, Chunk, Kind, Mark, Parsed
from tests.fakes import FakeEncoder
from tests.make import parsed

ENGLISH = "Either party may terminate this agreement by giving ninety days' written notice to the other party. "
CHINESE = "员工连续工作满一年后，每年享有十五天带薪年假，未休部分可以结转至下一年度第一季度。"


def cut(found: Parsed, encoder: Encoder | None = None, title: str = "Handbook") -> list[Chunk]:
    return chunks(found, document="d1", title=title, encoder=encoder or FakeEncoder())


def title(text: str, level: int = 1, page: int = 1) -> Block:
    return Block(kind=Kind.TITLE, text=text, level=level, page=page)


def text(words: str, page: int = 1) -> Block:
    return Block(kind=Kind.TEXT, text=words, page=page, marks=(Mark(start=0, end=len(words), page=page),))


def table(rows: list[tuple[str, ...]], header_rows: int = 1, page: int = 1) -> Block:
    lines = [CELL.join(r) for r in rows]
    marks, start = [], 0
    for n, line in enumerate(lines):
        marks.append(Mark(start=start, end=start + len(line), page=page, box=(0, n / 1000, 1, (n + 1) / 1000)))
        start += len(line) + len(ROW)
    return Block(kind=Kind.TABLE, text=ROW.join(lines), page=page, rows=tuple(rows), header_rows=header_rows,
                 marks=tuple(marks))  # fmt: skip


def plain(words: str) -> str:
    return re.sub(r"\s+", "", words)


def check(found: Parsed, made: list[Chunk], encoder: Encoder) -> None:
    """Check what holds for every file: window, order, nothing lost, marks inside the text."""
    for n, tokens in enumerate(encoder.count_tokens([c.indexed_text for c in made])):
        assert tokens <= encoder.window, made[n]
    assert [c.ordinal for c in made] == list(range(len(made)))
    assert len({c.id for c in made}) == len(made)
    whole = "".join(plain(c.text) for c in made)
    for block in found.blocks:
        # A row too long for a chunk is cut, and the header stands between its parts.
        for piece in block.text.split() if block.kind is Kind.TABLE else [block.text]:
            assert plain(piece) in whole
    for c in made:
        assert c.text.strip()
        assert all(0 <= m.start < m.end <= len(c.text) for m in c.marks)
        assert [m.start for m in c.marks] == sorted(m.start for m in c.marks)


HOSTILE: dict[str, Parsed] = {
    "prose": parsed(ENGLISH * 40),
    "chinese": parsed(CHINESE * 40),
    "mixed": parsed(*[ENGLISH + CHINESE] * 20),
    "one sentence of 10,000 characters": parsed("lorem ipsum dolor sit amet " * 370),
    "one chinese sentence": parsed("年" * 10_000),
    "no white space": parsed("a1b2-" * 2_000),
    "thin then dense": parsed("word " * 3_000 + "한국어문장" * 200 + "年假" * 400),
    "dense then thin": parsed("年假" * 400 + " word" * 3_000),
    "emoji": parsed("😀" * 3_000),
    "wide table": parsed(table([tuple(f"column {n}" for n in range(60)), tuple(f"{n:,}" for n in range(1000, 1060))])),
    "long header": parsed(table([("head " * 110,), *[("cell " * 100,)] * 5])),
    "long rows": parsed(table([("Item", "Text"), *[(str(n), ENGLISH * 9) for n in range(4)]])),
    "long title": parsed(title("Title " * 400), text(ENGLISH * 20)),
    "deep titles": parsed(*[title(f"Section {n} of the long agreement " * 6, n) for n in range(1, 9)], text(ENGLISH)),
    "long context, header and rows": parsed(
        title("Terms of delivery and payment " * 9), text(ENGLISH * 3), table([("head " * 120,), *[("c " * 120,)] * 3])
    ),
    "caption and long header": parsed(
        Block(kind=Kind.CAPTION, text="Caption words here " * 20), table([("head " * 60,), *[("cell " * 110,)] * 3])
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_window_is_never_passed_and_nothing_is_lost(name: str, real_encoder: SentenceEncoder) -> None:
    found = HOSTILE[name]
    check(found, cut(found, real_encoder, title="The handbook of the company 员工手册"), real_encoder)


WORDS = st.text(alphabet="ab .。，!?\n字年é|1-", min_size=1, max_size=400)
BLOCKS = st.one_of(
    st.builds(text, WORDS, st.integers(1, 3)),
    st.builds(title, WORDS, st.integers(1, 4), st.integers(1, 3)),
    st.builds(table, st.lists(st.tuples(st.text("ab 字1", max_size=60)), min_size=1, max_size=9), st.integers(0, 2)),
)


@settings(max_examples=150)
@given(st.lists(BLOCKS, max_size=8), st.sampled_from([16, 40, 254]))
def test_any_blocks_make_sound_chunks(blocks: list[Block], window: int) -> None:
    found, encoder = parsed(*blocks), FakeEncoder(window=window)
    check(found, cut(found, encoder, title="T"), encoder)


@given(WORDS)
def test_marks_lead_back_to_the_exact_text(words: str) -> None:
    marks = tuple(Mark(start=n, end=min(n + 7, len(words)), page=1 + n // 70) for n in range(0, len(words), 7))
    found = Parsed(blocks=(Block(kind=Kind.TEXT, text=words, marks=marks),), pages=9)
    for c in cut(found, FakeEncoder(window=30)):
        for m in c.marks:
            piece = c.text[m.start : m.end]
            assert any(piece in words[o.start : o.end] and o.page == m.page for o in marks)


def test_a_table_is_split_by_rows_with_its_header_repeated() -> None:
    rows = [("Item", "Price"), *[(f"Pump number {n}", f"{n:,} pounds sterling") for n in range(100, 160)]]
    made = cut(parsed(text(ENGLISH), table(rows), text(ENGLISH)))
    tables = [c for c in made if c.kind is Kind.TABLE]
    assert len(tables) > 1
    for c in tables:
        lines = c.text.split(ROW)
        assert lines[0] == "Item | Price"
        assert all(line in {CELL.join(r) for r in rows} for line in lines)
        assert [c.text[m.start : m.end] for m in c.marks] == lines
        assert {m.box for m in c.marks} >= {(0, 0.0, 1, 0.001)}  # the header's box too
    body = [line for c in tables for line in c.text.split(ROW)[1:]]
    assert body == [CELL.join(r) for r in rows[1:]]


def test_a_small_table_stays_whole_with_its_caption() -> None:
    made = cut(parsed(Block(kind=Kind.CAPTION, text="Table 4: Prices"), table([("Item", "Price"), ("Pump", "42")])))
    assert [c.text for c in made] == ["Table 4: Prices\nItem | Price\nPump | 42"]


def test_the_label_over_rows_is_said_again_where_they_are_cut_off_from_it() -> None:
    figures = ("60,584", "63,355")
    rows = [
        ("", "July 1, 2023", "June 25, 2022"),
        ("Net sales:", "", ""),
        *[(f"Products of line {n}", *figures) for n in range(40)], ("Total net sales", *figures),
        *[(f"Cost of line {n}", *figures) for n in range(40)],
    ]  # fmt: skip
    made = cut(parsed(table(rows)))
    assert len(made) > 3
    for c in made:
        body = c.text[c.head :].split(ROW)
        assert c.text[: c.head] == CELL.join(rows[0]) + ROW
        assert body.index("Net sales: |  | ") == 0 if "Products" in body[1] else "Net sales: |  | " not in body
        assert [c.text[m.start : m.end] for m in c.marks] == c.text.split(ROW)  # the label has its box on each


def test_units_and_the_sentence_that_announces_a_table_go_with_it() -> None:
    rows = [("", "2023", "2022"), *[(f"Item {n} of the list", "60,584", "63,355") for n in range(60)]]
    units = "(In millions, except per-share amounts)"
    made = cut(parsed(title("Statements of operations"), text(units), table(rows)))
    assert len(made) > 1
    assert {c.text[: c.head] for c in made} == {f"Statements of operations\n\n{units}\n{CELL.join(rows[0])}\n"}
    announced = "The following table shows net sales by category (dollars in millions):"
    before, *made = cut(parsed(text(f"{ENGLISH}{announced}"), table(rows)))
    assert before.text == ENGLISH.strip()
    assert {c.text[: c.head] for c in made} == {f"{announced}\n{CELL.join(rows[0])}\n"}


def test_lines_that_answer_stay_out_of_a_tables_head_and_dates_over_its_columns_stay_in() -> None:
    fields = "Invoice number: 4711", "Payment due 2 weeks from receipt", "Amounts in euros", "Year Ending June 30, 2024"
    before, made = cut(parsed(*map(text, fields), table([("Item", "Price"), ("Pump", "42")])))
    assert before.text.split("\n\n") == [*fields[:2]]
    assert made.text == "Amounts in euros\n\nYear Ending June 30, 2024\nItem | Price\nPump | 42"


def test_a_table_knows_the_headings_in_its_head() -> None:
    (made,) = cut(parsed(title("Prices"), text("Amounts in euros"), table([("Item", "Price"), ("Pump", "42")])))
    assert [made.text[s:e] for s, e in made.titles] == ["Prices"]


def test_a_wide_header_stands_on_each_part_of_its_table(real_encoder: SentenceEncoder) -> None:
    months = [f"{span} Months Ended {day}" for span in ("Three", "Nine") for day in ("July 1, 2023", "June 25, 2022")]
    rows = [("", *months), *[(f"Item {n}", "60,584", "63,355", "21,213", "21,355") for n in range(40)]]
    found = parsed(title("Products and Services Performance"), table(rows))
    made = cut(found, real_encoder)
    check(found, made, real_encoder)
    assert all(CELL.join(rows[0]) in c.text[: c.head] for c in made)


def test_each_chunk_knows_its_section_and_says_it_in_its_context() -> None:
    made = cut(parsed(title("Leave"), text(ENGLISH * 6), title("Sick leave", 2), text(CHINESE * 20)))
    assert [(c.section, c.context) for c in made[:2]] == [("", "Handbook"), ("Leave", "Handbook > Leave")]
    assert made[1].text.startswith("Sick leave\n")  # its own title is in the text, not in the context too
    assert len(made) > 3
    assert {(c.section, c.context) for c in made[2:]} == {("Leave > Sick leave", "Handbook > Leave > Sick leave")}
    assert not any("Handbook" in c.text for c in made)


@pytest.mark.parametrize(
    ("levels", "paths"),
    [
        ([1, 2, 2, 1], ["", "A0", "A0", ""]),
        ([1, 3, 3, 2], ["", "A0", "A0", "A0"]),
        ([2, 2, 1, 2], ["", "", "", "A2"]),
        ([1, 2, 3, 1], ["", "A0", "A0 > A1", ""]),
    ],
)
def test_sections_nest_by_level_even_where_a_level_is_skipped(levels: list[int], paths: list[str]) -> None:
    blocks = [b for n, level in enumerate(levels) for b in (title(f"A{n}", level), text(ENGLISH * 6))]
    sections = [c.section for c in cut(parsed(*blocks)) if re.match(r"A\d\n", c.text)]
    assert sections == paths


def test_the_context_of_deep_sections_keeps_the_title_and_the_nearest() -> None:
    found = parsed(*[title(f"Part {n} " + "long words " * 12, n) for n in range(1, 7)], text(ENGLISH * 9))
    last = cut(found, FakeEncoder(window=120))[-1]
    assert last.context.startswith("Handbook > ")
    assert "Part 6" in last.context + last.text


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.TITLE, Kind.TABLE])
def test_a_word_without_end_is_cut_though_it_is_one_token(kind: Kind, real_encoder: SentenceEncoder) -> None:
    word = "aGVsbG8gd29ybGQh" * 2000
    found = parsed(Block(kind=kind, text=f"Picture {word} end", level=1), text(ENGLISH))
    made = cut(found, real_encoder)
    check(found, made, real_encoder)
    assert max(len(c.indexed_text) for c in made) < 1.1 * DENSITY * real_encoder.window  # it had 32,000


def test_small_sections_run_on_and_pages_never_mix() -> None:
    small = [b for n in range(4) for b in (title(f"Part {n}"), text("A few words."))]
    assert len(cut(parsed(*small))) == 1
    made = cut(parsed(text("First page."), text("Second page.", page=2), text("More.", page=2)))
    assert [(c.page, c.text) for c in made] == [(1, "First page."), (2, "Second page.\n\nMore.")]


def test_chunks_of_one_section_are_of_even_size() -> None:
    encoder = FakeEncoder()
    sizes = encoder.count_tokens([c.text for c in cut(parsed(ENGLISH * 20), encoder)])
    assert min(sizes) > 0.6 * max(sizes)


def test_sentences_are_not_cut_where_they_need_not_be() -> None:
    for sentence in (ENGLISH, CHINESE):
        for c in cut(parsed(sentence * 30)):
            assert c.text.endswith((".", "。"))


def test_a_passage_knows_its_headings() -> None:
    made = cut(parsed(title("Leave"), text("Ten days."), title("Pay"), text("On the 25th.")))[0]
    assert [made.text[s:e] for s, e in made.titles] == ["Leave", "Pay"]
    assert made.text == "Leave\n\nTen days.\n\nPay\n\nOn the 25th."


@pytest.mark.parametrize("blocks", [[], [""], [" \n "], [Block(kind=Kind.TABLE, text="")]])
def test_nothing_makes_no_chunk(blocks: list[Any]) -> None:
    assert cut(parsed(*blocks)) == []


def test_a_note_stands_under_the_rows_that_bear_its_mark_and_in_its_own_place() -> None:
    rows = [("(In millions)", "2023"), *[(f"Line {n} of the cash flow statement", str(n)) for n in range(40)]]
    rows[30] = ("Free cash flow (1)", "7,878")
    note = text("(1) Excludes principal repayments of finance leases.")
    made = cut(parsed(table(rows), note))
    bearing = [c for c in made if c.kind is Kind.TABLE and "(1) Excludes" in c.text]
    assert len([c for c in made if c.kind is Kind.TABLE]) > 1
    assert ["Free cash flow (1)" in c.text for c in bearing] == [True]
    assert bearing[0].text.split(ROW)[-1] == note.text
    assert made[-1].text == note.text
    check(parsed(table(rows), note), made, FakeEncoder())


def test_notes_are_not_looked_for_from_the_documents_beginning() -> None:
    class Counted(tuple[Block, ...]):
        passes = 0

        def __iter__(self) -> Iterator[Block]:
            self.passes += 1
            return super().__iter__()

    blocks = Counted([table([("Item", "2023"), ("Pump", "5")])] * 30)
    assert len(cut(replace(parsed(), blocks=blocks))) == 30
    assert blocks.passes == 2  # one for the notes of running text


def test_a_table_over_two_pages_is_cut_where_the_page_turns() -> None:
    block = table([("Item", "Price"), *[(f"Item {n}", str(n)) for n in range(8)]])
    turned = [replace(m, page=1 if n < 5 else 2) for n, m in enumerate(block.marks)]
    made = cut(parsed(replace(block, marks=tuple(turned))))
    assert [c.page for c in made] == [1, 2]
    assert made[1].text.startswith("Item | Price\nItem 4 | 4")
