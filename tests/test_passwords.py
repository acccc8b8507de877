"""What may be a password, how it is kept, and that a name without one costs as much as one with it."""

from __future__ import annotations

import threading
from time import sleep

import pytest

from ragbox import passwords as module
from ragbox.auth import Auth
from ragbox.db import Database
from ragbox.errors import BadInput
from ragbox.passwords import Passwords
from ragbox.settings import Settings

GOOD = "four lamps beside windows"


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a hash cost nothing where it is not what is looked at."""
    monkeypatch.setattr(module, "MEMORY_KIB", 64)


@pytest.fixture
def passwords(settings: Settings) -> Passwords:
    db = Database(settings.data / "ragbox.db")
    db.load()
    auth = Auth(settings, db)
    auth.load()
    auth.create_user("lin", "reader")
    return Passwords(settings, db)


@pytest.mark.usefixtures("cheap")
def test_a_password_is_right_for_its_user_alone(passwords: Passwords) -> None:
    passwords.keep("lin", passwords.hashed("lin", GOOD))
    assert passwords.has("lin")
    assert passwords.verify("lin", GOOD) == "lin"
    for name, tried in (("lin", GOOD + " "), ("lin", ""), ("admin", GOOD), ("nobody", GOOD), ("LIN", GOOD)):
        assert passwords.verify(name, tried) is None
    passwords.remove("lin")
    assert passwords.verify("lin", GOOD) is None


@pytest.mark.usefixtures("cheap")
def test_characters_that_look_alike_are_the_same_however_they_are_typed(passwords: Passwords) -> None:
    passwords.keep("lin", passwords.hashed("lin", "Ｃａｆé 窗边四盏灯，晚上亮"))
    assert passwords.verify("lin", "Cafe\u0301 窗边四盏灯,晚上亮") == "lin"
    passwords.keep("lin", passwords.hashed("lin", "lone \ud800 surrogates pass"))
    assert passwords.verify("lin", "lone \ud800 surrogates pass") == "lin"
    assert passwords.verify("lin", "lone ? surrogates pass") is None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        (GOOD, ""), ("窗边四盏灯，晚上亮着呢", "short"), ("窗边四盏灯，晚上一直亮着呢", ""), ("xK9#mQ2$vL7&", ""),
        ("short", "short"), ("x" * 1025, "long"), ("字" * 400, "long"), ("ﷺ" * 100, "long"),
        ("aaaaaaaaaaaaaaaa", "easy"), ("abababababababab", "easy"), ("123456789012", "easy"), ("qwertyuiop123", "easy"),
        ("abcdefghijklmnop", "easy"), ("poiuytrewq432", "easy"), ("passwordpassword", "easy"), ("Password1234", "easy"),
        ("ragbox-ragbox-1", "easy"), ("lin-lin-lin-lin", "easy"), ("LinLinLin123456", "easy"), ("1qaz2wsx3edc", "easy"),
    ],
)  # fmt: skip
def test_what_may_be_a_password(passwords: Passwords, password: str, fault: str) -> None:
    assert passwords.fault("lin", password) == fault
    if fault:
        with pytest.raises(BadInput):
            passwords.hashed("lin", password)


@pytest.mark.usefixtures("cheap")
def test_of_a_password_nothing_but_a_salted_hash_is_kept(passwords: Passwords, settings: Settings) -> None:
    made = [passwords.hashed("lin", GOOD) for _ in range(2)]
    assert made[0] != made[1]
    assert all(m.startswith("$argon2id$v=19$") for m in made)
    passwords.keep("lin", made[0])
    assert not any(GOOD.encode() in p.read_bytes() for p in settings.data.iterdir() if p.is_file())


def test_a_hash_of_before_is_made_anew_with_todays_cost(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MEMORY_KIB", 64)
    passwords.keep("lin", passwords.hashed("lin", GOOD))
    monkeypatch.setattr(module, "MEMORY_KIB", 128)
    assert passwords.verify("lin", "wrong") is None
    assert "m=64," in passwords._db.read("SELECT hash FROM passwords")[0]["hash"]
    assert passwords.verify("lin", GOOD) == "lin"
    assert "m=128," in passwords._db.read("SELECT hash FROM passwords")[0]["hash"]


def test_a_hash_that_is_made_anew_is_not_put_over_another_password(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MEMORY_KIB", 64)
    passwords.keep("lin", passwords.hashed("lin", GOOD))
    monkeypatch.setattr(module, "MEMORY_KIB", 128)
    hashed, other = module._hash, passwords.hashed("lin", "five chairs under clouds")

    def meanwhile(password: str) -> str:
        passwords.keep("lin", other)
        return hashed(password)

    monkeypatch.setattr(module, "_hash", meanwhile)
    assert passwords.verify("lin", GOOD) == "lin"
    assert passwords._db.read("SELECT hash FROM passwords")[0]["hash"] == other


def test_who_is_not_known_costs_the_memory_and_passes_that_others_cost() -> None:
    kept = module._nobodys()
    assert f"m={module.MEMORY_KIB},t={module.PASSES},p={module.LANES}$" in kept
    assert len(kept) == len(module._hash("some password"))
    assert (module.MEMORY_KIB, module.PASSES) >= (47_104, 1), "less than OWASP's least"


def test_two_at_a_time_are_hashed_and_no_more(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import low_level

    running, most, lock, both = [0], [0], threading.Lock(), threading.Barrier(2)

    def verify(*_: object) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        both.wait(60)
        sleep(0.02)  # a third would have come by now
        with lock:
            running[0] -= 1

    monkeypatch.setattr(low_level, "verify_secret", verify)
    threads = [threading.Thread(target=passwords.verify, args=("nobody", "x")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == module.AT_ONCE == 2
