"""Which adapter writes: the collections' own where they agree, else the active one, or one that was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragbox.adapters.choice import Choice
from ragbox.adapters.pointer import BARE
from ragbox.adapters.store import Adapter, AdapterStore
from ragbox.box import Box
from ragbox.errors import NotFound
from tests.adapter_files import lora_folder
from tests.doors import furnish


@pytest.fixture
def store(tmp_path: Path) -> AdapterStore:
    return AdapterStore(tmp_path / "adapters")


@pytest.fixture
def choice(box: Box, store: AdapterStore) -> Choice:
    furnish(box)
    return Choice(box.auth, box.library, store)


def add(store: AdapterStore, tmp_path: Path, name: str, seed: int = 0) -> Adapter:
    return store.add(lora_folder(tmp_path / f"{name}-{seed}", seed=seed), name=name)


def test_collections_with_the_same_own_adapter_get_it_and_others_the_active_one(
    choice: Choice, store: AdapterStore, tmp_path: Path
) -> None:
    formal, short, own = (add(store, tmp_path, name, seed) for seed, name in enumerate(("formal", "short", "own")))
    assert choice.key_for({"a", "b"}) == ""
    store.assign("a", own.key)
    store.assign("b", own.key)
    assert (choice.key_for({"a", "b"}), choice.key_for({"a"}), choice.key_for({"c"})) == (own.key, own.key, "")
    store.activate(formal.key)
    assert (choice.key_for({"a", "b"}), choice.key_for({"a", "c"}), choice.key_for(())) == (
        own.key, formal.key, formal.key,
    )  # fmt: skip
    store.assign("b", short.key)
    assert choice.key_for({"a", "b"}) == formal.key


def test_one_that_was_asked_for_goes_first_and_the_bare_model_too(choice: Choice) -> None:
    assert choice.key_for({"a"}, "short@1") == "short@1"
    assert choice.key_for({"a"}, BARE) == ""


def test_the_state_changes_with_whatever_changes_the_choice(
    choice: Choice, store: AdapterStore, tmp_path: Path
) -> None:
    one, two = add(store, tmp_path, "one", 1), add(store, tmp_path, "two", 2)
    states = [choice.state({"a", "b"})]
    store.activate(one.key)
    states.append(choice.state({"a", "b"}))
    store.assign("a", two.key)
    states.append(choice.state({"a", "b"}))
    store.assign("b", one.key)
    states.append(choice.state({"a", "b"}))
    store.assign("a", one.key)
    store.assign("b", two.key)
    states.append(choice.state({"a", "b"}))
    states += [choice.state({"a", "b"}, BARE), choice.state({"a", "b"}, two.key)]
    assert len(set(states)) == len(states)
    assert choice.state({"c"}) == one.key  # what is assigned elsewhere makes no difference


def test_a_reader_may_ask_for_the_active_one_and_those_of_collections_they_read(
    box: Box, choice: Choice, store: AdapterStore, tmp_path: Path
) -> None:
    live, mine, theirs, other = (add(store, tmp_path, n, i) for i, n in enumerate(("live", "mine", "theirs", "other")))
    store.activate(live.key)
    store.assign(box.library.collection("hr").id, mine.key)
    store.assign(box.library.collection("legal").id, theirs.key)
    rita, admin = box.auth.user("rita"), box.auth.user("admin")
    assert choice.usable(rita) == [live.key, mine.key]
    assert set(choice.usable(admin)) == {live.key, mine.key, theirs.key, other.key}
    assert (choice.named(rita, "mine"), choice.named(rita, mine.key)) == (mine.key, mine.key)
    assert (choice.named(rita, ""), choice.named(rita, BARE)) == ("", BARE)
    for name in ("theirs", theirs.key, "other", "nothing"):
        with pytest.raises(NotFound, match="that you may use"):
            choice.named(rita, name)


def test_a_name_means_its_active_version_else_the_newest(
    box: Box, choice: Choice, store: AdapterStore, tmp_path: Path
) -> None:
    old, new = add(store, tmp_path, "same", 1), add(store, tmp_path, "same", 2)
    admin = box.auth.user("admin")
    assert choice.named(admin, "same") == new.key
    store.activate(old.key)
    assert choice.named(admin, "same") == old.key
