"""Plain text: the right encoding, paragraphs, items, headings, pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.parsers import Options, parse
from ingest.parsers.text import blocks_of, decode, looks_like_text
from ragbox.errors import Rejected

SIMPLIFIED = "本合同自双方签字之日起生效。甲方应在三十日内付款，否则按日支付违约金。"
TRADITIONAL = "本合約自雙方簽字之日起生效。甲方應於三十日內付款，否則按日支付違約金。"
JAPANESE = "この契約は、両当事者が署名した日から効力を生じるものとする。"
FRENCH = "L'été dernier, la société a signé un contrat à Genève. Où est passé le garçon ?"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "utf-8"), (SIMPLIFIED, "utf-8-sig"), (SIMPLIFIED, "gb18030"), (SIMPLIFIED, "gbk"),
        (SIMPLIFIED + "\r\n123\r\n", "utf-16"), (SIMPLIFIED + "\r\n123, 456\r\n", "utf-16-le"),
        (FRENCH, "utf-16-be"), (FRENCH, "utf-32"), (FRENCH, "utf-32-le"),
        (TRADITIONAL, "big5"), (TRADITIONAL, "gb18030"), (JAPANESE, "shift_jis"), (JAPANESE, "euc_jp"),
        (FRENCH, "latin-1"), (FRENCH, "cp1252"), ("“Smart” – 50 €", "cp1252"), ("plain", "ascii"),
        ("短文", "gb18030"), ("Price list 价格表: 100 元 each, 含税", "gb18030"),
    ],
)  # fmt: skip
def test_the_encoding_is_found(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).strip() == text.strip()


def test_a_declared_encoding_is_believed_where_the_bytes_are_no_utf8() -> None:
    assert decode("Ελλάδα".encode("iso-8859-7"), "iso-8859-7") == "Ελλάδα"
    assert decode("Ελλάδα".encode(), "iso-8859-7") == "Ελλάδα"
    assert decode(b"caf\xe9 noir et th\xe9 vert", "no-such-charset").startswith("caf")


@pytest.mark.parametrize("data", [bytes(range(256)), b"\0" * 64, b"text\0with NUL", b"\x01\x02\x03" * 50])
def test_binary_is_not_text(data: bytes) -> None:
    assert not looks_like_text(data)


def test_paragraphs_items_and_headings() -> None:
    text = (
        "1. Introduction\n\nA paragraph\non two lines.\n\n- first\n- second\n\n2.1 Scope of work\n\n"
        "第三章 付款\n\nTERMS AND CONDITIONS\n\nnot a heading.\n"
    )
    assert [(b.kind.value, b.text, b.level) for b in blocks_of(text)] == [
        ("title", "1. Introduction", 1),
        ("text", "A paragraph\non two lines.", 0),
        ("list_item", "- first", 0),
        ("list_item", "- second", 0),
        ("title", "2.1 Scope of work", 2),
        ("title", "第三章 付款", 1),
        ("title", "TERMS AND CONDITIONS", 1),
        ("text", "not a heading.", 0),
    ]


def test_a_form_feed_turns_the_page(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one\r\n\f\r\ntwo\r\n\f")
    result = parse(path, "text", Options())
    assert [(b.text, b.page) for b in result.blocks] == [("one", 1), ("two", 2)]
    assert result.pages == 2


def test_what_no_encoding_fits_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    import charset_normalizer

    class Nothing:
        def best(self) -> None:
            return None

    monkeypatch.setattr(charset_normalizer, "from_bytes", lambda _: Nothing())
    with pytest.raises(Rejected, match="UTF-8"):
        decode(b"a \x81\x8d\x8f\x90")
