"""Who was turned away is recorded once a minute and address, also where nobody comes again; and is turned away."""

from __future__ import annotations

from ragbox.audit_refusals import EVERY_SECONDS, Refusals
from ragbox.errors import Unavailable


def test_who_guesses_for_less_than_a_minute_and_stops_is_recorded_with_their_number() -> None:
    now = [0.0]
    found: list[dict[str, object]] = []
    refusals = Refusals(lambda *_, **told: found.append(told), lambda: now[0])
    for _ in range(50):
        refusals.add("token.refused", "10.0.0.7")
    refusals.settle()
    assert found == [{"address": "10.0.0.7"}]
    now[0] = EVERY_SECONDS
    for _ in range(2):
        refusals.settle()
    assert found[1:] == [{"address": "10.0.0.7", "more": 49}]


def test_a_refusal_that_cannot_be_recorded_is_still_one() -> None:
    def full(*_: str, **__: object) -> None:
        raise Unavailable("10,000 events wait")

    refusals = Refusals(full)
    for _ in range(2):
        refusals.add("token.refused", "10.0.0.7")
    refusals.close()
