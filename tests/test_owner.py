"""One process owns a data folder."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ragbox.errors import Conflict
from ragbox.owner import ADDRESS, Address, Owner, find, from_elsewhere, on_this_machine

HOLD = """
import sys, time
from pathlib import Path
from ragbox.owner import Owner
Owner(Path(sys.argv[1])).acquire()
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_owner_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    first, second = Owner(tmp_path / "new" / "data"), Owner(tmp_path / "new" / "data")
    first.acquire()
    with pytest.raises(Conflict, match="--data"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()


def test_a_killed_owner_holds_nothing(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == "held\n"
        with pytest.raises(Conflict):
            Owner(tmp_path).acquire()
        child.kill()
        child.wait()
    owner = Owner(tmp_path)
    owner.acquire()
    owner.release()


def test_the_address_is_found_while_there_is_an_owner(tmp_path: Path) -> None:
    assert find(tmp_path) is None
    owner, address = Owner(tmp_path), Address(url="http://127.0.0.1:1", token="hush")
    owner.acquire()
    assert find(tmp_path) is None  # not announced yet
    owner.announce(address)
    assert find(tmp_path) == address
    assert (tmp_path / ADDRESS).stat().st_mode & 0o077 == 0  # nobody else may read the token
    assert "hush" not in repr(address)
    owner.release()
    assert find(tmp_path) is None


def test_the_address_of_a_killed_server_is_not_taken_for_the_next_owners(tmp_path: Path) -> None:
    (tmp_path / ADDRESS).write_text(json.dumps({"url": "http://127.0.0.1:1", "token": "old"}))
    owner = Owner(tmp_path)
    owner.acquire()
    assert find(tmp_path) is None
    owner.release()


def test_releasing_without_owning_leaves_the_owners_address(tmp_path: Path) -> None:
    owner = Owner(tmp_path)
    owner.acquire()
    owner.announce(Address(url="http://127.0.0.1:1", token="t"))
    Owner(tmp_path).release()
    assert find(tmp_path) is not None
    owner.release()


def test_addresses_to_listen_on_become_addresses_to_open() -> None:
    assert on_this_machine("127.0.0.1", 7860) == on_this_machine("0.0.0.0", 7860) == "http://127.0.0.1:7860"
    assert on_this_machine("192.0.2.7", 80) == "http://192.0.2.7:80"
    link = "http://127.0.0.1:7860/login?token=x"
    assert from_elsewhere(link, "0.0.0.0") == f"http://{socket.gethostname()}:7860/login?token=x"
    assert from_elsewhere(link, "127.0.0.1") is None
    assert from_elsewhere("https://box.example/login?token=x", "0.0.0.0") is None  # asked from elsewhere already
