"""No text is encoded twice: not in a file, not in a part of it before, not in its version before."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from ingest.encoding import Encoding, pieces
from ragbox import begun
from ragbox.box import Box
from tests.fakes import FakeEncoder
from tests.make import drop

PAGES = [" ".join([f"page{n}", *["pump"] * 200]) + "." for n in range(12)]


def test_equal_texts_share_a_vector_and_keep_their_places() -> None:
    encoder = FakeEncoder()
    texts = ["pump", "valve", "pump", "seal", "valve"]
    made = Encoding(encoder, threading.Lock()).vectors(texts)
    assert encoder.encoded == ["pump", "valve", "seal"]
    assert np.array_equal(made, FakeEncoder().encode(texts))
    assert made.dtype == np.float32


def test_what_is_known_is_not_encoded_and_the_count_is_of_the_rest() -> None:
    encoder, told = FakeEncoder(), list[tuple[int, int]]()
    (known,) = FakeEncoder().encode(["pump"])
    encoding = Encoding(encoder, threading.Lock(), {"pump": known})
    encoding.vectors(["pump", "valve"], lambda *given: told.append(given))
    assert (encoder.encoded, told) == (["valve"], [(0, 1)])
    encoding.vectors(["pump", "valve", "seal"])
    assert encoder.encoded == ["valve", "seal"]
    assert encoding.vectors([]).shape == (0, 256)


def test_parts_after_the_first_pages_grow_from_them() -> None:
    assert [end for _, end, part in pieces(2500, 80) if part] == [256, 1280]
    assert list(pieces(200, 80)) == [(0, 200, False)]


def test_of_a_changed_file_only_what_changed_is_encoded(box: Box, tmp_path: Path) -> None:
    drop(box, tmp_path, {"long.txt": "\f".join(PAGES)})
    before = len(box.encoder.encoded)
    changed = [*PAGES[:5], PAGES[5].replace("pump.", "valve."), *PAGES[6:]]
    document = drop(box, tmp_path, {"long.txt": "\f".join(changed)})["long.txt"].document
    assert [text[-6:] for text in box.encoder.encoded[before:]] == ["valve."]
    chunks = box.library.chunks_of(document)
    assert len(chunks) == 12
    _, vectors = box.library.vectors_of(document)
    assert np.array_equal(vectors, FakeEncoder().encode([c.indexed_text for c in chunks]))


def test_a_document_read_anew_is_encoded_where_its_text_is_another(box: Box, tmp_path: Path) -> None:
    document = drop(box, tmp_path, {"a.txt": "\f".join(PAGES)})["a.txt"].document
    before = len(box.encoder.encoded)
    box.pipeline.reread(box.auth.local(), document)
    assert len(box.encoder.encoded) == before
    with box.db.write() as db:
        db.execute("UPDATE chunks SET context = 'Another title' WHERE ordinal < 2")
    box.pipeline.reread(box.auth.local(), document)
    assert len(box.encoder.encoded) == before + 2


def test_other_collections_and_what_is_beyond_the_most_are_not_looked_at(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = drop(box, tmp_path, {"a.txt": "\f".join(PAGES)})["a.txt"].document
    before = len(box.encoder.encoded)
    drop(box, tmp_path, {"a.txt": "\f".join(PAGES)}, collection="others")
    assert len(box.encoder.encoded) == before + 12
    monkeypatch.setattr(begun, "MOST", 5)
    assert len(box.begun.encoded([document, "no such document"])) == 5
