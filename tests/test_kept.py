"""A bounded store: what was used lately stays."""

from __future__ import annotations

from ragbox.kept import Kept


def test_the_one_unused_longest_goes() -> None:
    kept = Kept[str, int](2)
    kept.keep("a", 1)
    kept.keep("b", 2)
    assert kept.seen("a") == 1
    kept.keep("c", 3)
    assert (kept.seen("a"), kept.seen("b"), kept.seen("c")) == (1, None, 3)
    assert len(kept) == 2


def test_a_value_is_made_once() -> None:
    kept, made = Kept[str, int](2), []
    for _ in range(2):
        assert kept.get("a", lambda: made.append(1) or 7) == 7
    assert made == [1]
    kept.clear()
    assert kept.seen("a") is None
