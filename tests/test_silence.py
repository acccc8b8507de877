"""The box calls nobody, and counts what tries."""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter

import pytest

from ragbox import silence
from tests.conftest import outside


@pytest.fixture(autouse=True)
def count(monkeypatch: pytest.MonkeyPatch) -> None:
    silence.keep()
    monkeypatch.setattr(silence, "_tried", Counter())


@pytest.mark.parametrize(
    "event",
    [
        ("socket.connect", None, ("192.0.2.7", 443)),
        ("socket.connect", None, ("2001:db8::1", 443, 0, 0)),
        ("socket.sendto", None, ("192.0.2.7", 53)),
        ("socket.getaddrinfo", "example.com", 443, 0, 0, 0),
        ("socket.gethostbyname", "example.com"),
    ],
)
def test_an_attempt_to_reach_another_machine_is_counted(event: tuple[object, ...]) -> None:
    for _ in range(2):
        sys.audit(*event)  # type: ignore[arg-type]
    assert list(silence.tried().values()) == [2]


@pytest.mark.parametrize(
    "event",
    [
        ("socket.connect", None, ("127.0.0.1", 80)),
        ("socket.connect", None, ("127.8.9.1", 80)),
        ("socket.connect", None, ("::1", 80, 0, 0)),
        ("socket.connect", None, "/run/some.sock"),
        ("socket.getaddrinfo", "localhost", 80, 0, 0, 0),
        ("socket.getaddrinfo", None, 80, 0, 0, 0),
        ("socket.bind", None, ("192.0.2.7", 80)),
    ],
)
def test_this_machine_itself_is_not(event: tuple[object, ...]) -> None:
    sys.audit(*event)  # type: ignore[arg-type]
    assert silence.tried() == {}


def test_nor_is_what_a_thread_reaches_that_means_to() -> None:
    def reach() -> None:
        silence.mean()
        sys.audit("socket.getaddrinfo", "vllm.example", 8000, 0, 0, 0)

    thread = threading.Thread(target=reach)
    thread.start()
    thread.join()
    assert silence.tried() == {}
    sys.audit("socket.getaddrinfo", "vllm.example", 8000, 0, 0, 0)
    assert silence.tried() == {"vllm.example": 1}


def test_everything_that_calls_home_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in silence.SWITCHES:
        monkeypatch.delenv(name, raising=False)
    silence.keep()
    assert {n: os.environ[n] for n in silence.SWITCHES} == silence.SWITCHES


def test_keeping_twice_counts_once() -> None:
    silence.keep()
    sys.audit("socket.getaddrinfo", "example.com", 1, 0, 0, 0)
    assert silence.tried() == {"example.com": 1}


@pytest.mark.parametrize(
    ("address", "expected"),
    [(("127.0.0.1", 1), False), (("::1", 1, 0, 0), False), (("192.0.2.7", 1), True), ("example.com", True)],
)
def test_the_tests_own_guard_tells_inside_from_outside(address: object, expected: bool) -> None:
    assert outside(address) is expected


def test_a_thread_that_meant_to_call_somebody_is_counted_again_afterwards() -> None:
    with silence.meant():
        sys.audit("socket.connect", None, ("192.0.2.7", 443))
        with silence.meant():
            pass
        sys.audit("socket.connect", None, ("192.0.2.7", 443))
    assert silence.tried() == {}
    sys.audit("socket.connect", None, ("192.0.2.7", 443))
    assert silence.tried() == {"192.0.2.7": 1}
