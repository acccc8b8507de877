"""Which of several servers of one model is asked next: a pure state machine that is told the time. Knows no network.

Each has a circuit breaker (Nygard 2007, Release It!): after FAILURES in a row its server is left alone for a while,
then one request tries it, and its success closes the breaker.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

FAILURES = 3
REST_SECONDS = 5.0
"""How long a server is left alone after the last of FAILURES; twice as long after each further one."""
LONGEST_REST = 60.0


class Replica:
    """One server as it stands; only `Replicas` changes it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.running = 0
        self.failures = 0
        self.rests_until = 0.0
        self.probed = False
        self.turn = 0

    @property
    def broken(self) -> bool:
        """Whether its breaker is open: it is left alone, or tried by one request."""
        return self.failures >= FAILURES


class Replicas:
    """All servers of one model. Times are seconds of one clock; not safe to call from several threads."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._all = [Replica(url) for url in urls]
        self._turns = 0

    def pick(self, now: float, failed: Container[Replica] = ()) -> Replica | None:
        """Return the one with the least to do, those that failed this request last; None where all are left alone.

        Whoever picks one must tell how it went, by `succeeded`, `failed`, `busy` or `left`.
        """
        free = [r for r in self._all if now >= r.rests_until and not (r.broken and r.probed)]
        if not free:
            return None
        found = min(free, key=lambda r: (r in failed, r.running, r.turn))
        self._turns += 1
        found.turn = self._turns
        found.running += 1
        found.probed = found.broken
        return found

    def wait(self, now: float) -> float:
        """Return in how many seconds one may be picked, as far as is known now."""
        return max(0.0, min(r.rests_until for r in self._all) - now)

    def succeeded(self, replica: Replica) -> None:
        """Take an answer as sign that the server is well."""
        self._ended(replica)
        replica.failures = 0

    def failed(self, replica: Replica, now: float) -> None:
        """Take a failure that is the server's own."""
        self._ended(replica)
        replica.failures += 1
        if replica.broken:
            rest = REST_SECONDS * 2 ** min(replica.failures - FAILURES, 10)
            replica.rests_until = now + min(rest, LONGEST_REST)

    def busy(self, replica: Replica, until: float) -> None:
        """Leave a server alone that says it has too much to do, which is no failure."""
        self._ended(replica)
        replica.rests_until = max(replica.rests_until, until)

    def left(self, replica: Replica) -> None:
        """Take that the request was given up, which says nothing about the server."""
        self._ended(replica)

    def _ended(self, replica: Replica) -> None:
        replica.running -= 1
        replica.probed = False
