"""However one guesses, an account has ten tries in a quarter of an hour, whether it exists or not."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ragbox import throttle as module
from ragbox.db import Database
from ragbox.errors import Busy
from ragbox.settings import Settings
from ragbox.throttle import SECONDS, Throttle, account, network


@pytest.fixture
def clock() -> list[float]:
    return [1_000_000.0]


@pytest.fixture
def db(tmp_path: Path) -> Database:
    made = Database(tmp_path / "ragbox.db")
    made.load()
    return made


@pytest.fixture
def throttle(settings: Settings, db: Database, clock: list[float]) -> Throttle:
    return Throttle(settings, db, lambda: clock[0])


def tries(throttle: Throttle, name: str, address: str = "10.0.0.1", most: int = 300) -> int:
    """Return how many tries there are before the first refusal."""
    for number in range(most):
        try:
            throttle.look(name, address)
            throttle.count(name, address)
        except Busy:
            return number
    return most


def test_ten_tries_an_account_and_the_next_when_the_first_is_over(throttle: Throttle, clock: list[float]) -> None:
    assert tries(throttle, "lin") == 10
    assert tries(throttle, "nobody-of-this-name") == 10
    with pytest.raises(Busy) as refused:
        throttle.look("lin", "10.0.0.9")
    assert refused.value.retry_after == SECONDS
    clock[0] += SECONDS - 1
    assert tries(throttle, "lin") == 0
    clock[0] += 1
    assert tries(throttle, "lin") == 10


def test_in_no_quarter_of_an_hour_are_there_more(throttle: Throttle, clock: list[float]) -> None:
    made: list[float] = []
    for _ in range(400):
        clock[0] += 7.3
        if tries(throttle, "lin", most=1):
            made.append(clock[0])
    assert max(sum(at - SECONDS < other <= at for other in made) for at in made) == 10


def test_another_spelling_of_a_name_is_the_same_account(throttle: Throttle) -> None:
    assert tries(throttle, "lin") == 10
    unseen = ("l\u034fin", "li\ufe0fn", "li\u1806n", "\ufffclin", "li\u3164n")
    for name in ("LIN", " lin ", "ｌｉｎ", "Lin", "lín", *unseen):
        assert tries(throttle, name) == 0
    assert len({account(name) for name in ("lin", "l.in", "l-in", "李娜", "李静", "\ud800")}) == 6


def test_an_address_cannot_try_one_password_on_everybody(throttle: Throttle) -> None:
    assert sum(tries(throttle, f"user{n}", "10.0.0.1", most=3) for n in range(60)) == 100
    assert tries(throttle, "user999", "10.0.0.2") == 10


def test_the_right_password_clears_the_accounts_tries_and_no_others(throttle: Throttle) -> None:
    assert tries(throttle, "lin", most=9) == tries(throttle, "kim", most=9) == 9
    throttle.forget("lin")
    assert (tries(throttle, "lin"), tries(throttle, "kim")) == (10, 1)


def test_a_restart_forgives_nothing(settings: Settings, db: Database, throttle: Throttle, clock: list[float]) -> None:
    assert tries(throttle, "lin") == 10
    db.close()
    again = Database(db.path)
    again.load()
    assert tries(Throttle(settings, again, lambda: clock[0]), "lin") == 0
    again.close()


def test_many_at_the_same_time_are_no_more(throttle: Throttle, db: Database) -> None:
    let_in: list[int] = []
    threads = [threading.Thread(target=lambda: let_in.append(tries(throttle, "lin", most=4))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(let_in) == len(db.read("SELECT * FROM tries")) == 10


def test_the_table_is_bounded_and_holds_no_name(
    throttle: Throttle, db: Database, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 30)
    assert sum(tries(throttle, f"secret-{n}", f"10.0.1.{n}", most=1) for n in range(40)) == 30
    rows = db.read("SELECT * FROM tries")
    assert not any("secret" in str(tuple(row)) for row in rows)
    clock[0] += SECONDS
    assert tries(throttle, "lin", most=1) == 1
    assert len(db.read("SELECT * FROM tries")) == 1


def test_one_machine_of_ipv6_is_one_address_however_many_it_has() -> None:
    assert network("2001:db8:1:2::7") == network("2001:db8:1:2:ffff::1") != network("2001:db8:1:3::7")
    assert network("::ffff:10.0.0.1") == network("10.0.0.1") == "10.0.0.1"
    assert network("testclient") == "testclient"
    assert len(network("x" * 500)) == 64
