"""Watches what an adapter does to real questions, and says when it is to be taken back. No clock, no thread, no file.

Two signals: the share of an answer's sentences that no passage supports, and the thumbs. Each answer is one
observation from 0 to 1, for the sentences of one answer go right or wrong together. Each is tested while it comes in,
by betting against "no worse than allowed" (Waudby-Smith and Ramdas, Estimating means of bounded random variables by
betting, 2023): however long one looks on, a key that is no worse is taken back with a probability of at most ALARM.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

ALARM = 0.01
"""The probability of a false alarm, of both signals together, however long a key answers after it was activated."""
_PAST, _TEST = ALARM / 10, ALARM * 4 / 10
"""Of one signal: what the bound of the former key's share may err, and what the test may."""
LEAST_PAST = 100
"""Answers from which the former key is what a key is compared with; before, it is the set limit."""
LEAST = 20
"""Answers before which none is taken back: one person may ask the same bad question over and over."""
SLACK = 0.02
"""How much worse than the former key nobody minds."""
_STAKES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""What is bet, as shares of the most that can be; small ones find small differences, large ones are quick."""
_RUINED, _RICH = 1e-200, 1e200
"""What a number can hold: a stake that is ruined never comes back, one that is rich has long said what it has to."""
SIGNALS = "sentences", "thumbs"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """One signal of one key: `bad` is the sum over `count` answers, 0 to 1 each; the test allows the mean `allowed`."""

    count: int = 0
    bad: float = 0.0
    tested: int = 0
    tested_bad: float = 0.0
    allowed: float = 1.0
    wealth: tuple[float, ...] = (1.0,) * len(_STAKES)
    """What each stake, 1 at first, has become."""
    most: float = 0.0
    """The most that a stake was on average, since `LEAST` answers."""

    def after(self, bad: float) -> Tally:
        """Return the tally with one more answer."""
        won = (bad - self.allowed) / self.allowed
        wealth = tuple(
            min(max(w * (1 + stake * won), _RUINED), _RICH) for w, stake in zip(self.wealth, _STAKES, strict=True)
        )
        tested = self.tested + 1
        most = max(self.most, sum(wealth) / len(wealth)) if tested >= LEAST else self.most
        return Tally(
            count=self.count + 1, bad=self.bad + bad, tested=tested, tested_bad=self.tested_bad + bad,
            allowed=self.allowed, wealth=wealth, most=most,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Why a key is to be taken back: over `answers` the mean of the signal was `found`, and `allowed` was less."""

    signal: str
    answers: int
    found: float
    allowed: float

    def __str__(self) -> str:
        what = "of its sentences are not supported" if self.signal == "sentences" else "of the judged answers are bad"
        return f"{self.found:.0%} {what} (over {self.answers} answers); {self.allowed:.0%} would be allowed."


class Watch:
    """The tallies of each key. Calls are cheap, and not safe from several threads at once."""

    def __init__(self, *, unsupported: float, bad: float, state: Mapping[str, Any] | None = None) -> None:
        """`unsupported` and `bad` are the set limits, above 0; a signal with 1 never takes a key back.

        `state` is what `state()` once returned.
        """
        self._limits = dict(zip(SIGNALS, (unsupported, bad), strict=True))
        self._tallies: dict[tuple[str, str], Tally] = {}
        for key, signals in (state or {}).items():
            for signal, said in signals.items():
                self._tallies[key, signal] = Tally(**said | {"wealth": tuple(said["wealth"])})

    def state(self) -> dict[str, Any]:
        """Return all of it as plain JSON, to go on with after a restart."""
        found: dict[str, Any] = {}
        for (key, signal), tally in self._tallies.items():
            found.setdefault(key, {})[signal] = asdict(tally)
        return found

    def begin(self, key: str, before: str | None = None) -> None:
        """Test a key from now on: against the key that answered before it, or the set limits where that did too little.

        What is allowed is fixed now: the highest mean that the former key's answers leave likely, and SLACK.
        """
        for signal in SIGNALS:
            past = self._tallies.get((before, signal), Tally()) if before is not None else Tally()
            mine = self._tallies.get((key, signal), Tally())
            allowed = self._limits[signal]
            if past.count >= LEAST_PAST and allowed < 1:
                allowed = min(0.95, highest(past.bad / past.count, past.count, _PAST) + SLACK)
            self._tallies[key, signal] = Tally(count=mine.count, bad=mine.bad, allowed=allowed)

    def answered(self, key: str, *, supported: int, unsupported: int) -> None:
        """Count an answer by its checked sentences, those that were held back too; one without any says nothing."""
        if supported + unsupported:
            self._count(key, "sentences", unsupported / (supported + unsupported))

    def judged(self, key: str, *, good: bool) -> None:
        """Count a thumb: one for an answer."""
        self._count(key, "thumbs", 0.0 if good else 1.0)

    def verdict(self, key: str) -> Verdict | None:
        """Return why a key is to be taken back; None as long as it is not."""
        for signal in SIGNALS:
            tally = self._tallies.get((key, signal))
            if tally is not None and tally.most >= 1 / _TEST:
                return Verdict(
                    signal=signal, answers=tally.tested, found=tally.tested_bad / tally.tested, allowed=tally.allowed
                )  # fmt: skip
        return None

    def _count(self, key: str, signal: str, bad: float) -> None:
        tally = self._tallies.get((key, signal)) or Tally(allowed=self._limits[signal])
        self._tallies[key, signal] = tally.after(bad)


def highest(mean: float, count: int, error: float) -> float:
    """Return the bound below which the true mean of values from 0 to 1 lies, but for so small a probability.

    Chernoff's bound with the relative entropy (Hoeffding 1963, theorem 1), which is narrow where the mean is small.
    """
    low, high, most = mean, 1.0, -math.log(error) / count
    for _ in range(40):
        middle = (low + high) / 2
        if _entropy(mean, middle) > most:
            high = middle
        else:
            low = middle
    return high


def _entropy(mean: float, other: float) -> float:
    parts = ((mean, other), (1 - mean, 1 - other))
    return sum(p * math.log(p / q) if q > 0 else math.inf for p, q in parts if p > 0)
