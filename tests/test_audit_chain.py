"""The chain of the audit trail: whatever is done to its entries, a check finds it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from ragbox.audit_chain import Check, Entry, Head, check


def faults(found: Check) -> set[str]:
    return {fault for _, fault in found.faults}


def entries(count: int, seed: int = 0) -> list[Entry]:
    """Return a whole chain, made by the box's own hand but without a database."""
    found: list[Entry] = []
    chance, head = random.Random(seed), Head()
    for seq in range(1, count + 1):
        given = {"actor": chance.choice(["", "kim"]), "act": "user.make", "object": f"u{chance.randrange(9)}"}
        blank = Entry(seq=seq, at=f"2026-01-{seq:02}", detail="{}", previous=head.hash, hash="", **given)
        head = Head(count=seq, hash=blank.sealed())
        found.append(Entry(**{n: getattr(blank, n) for n in Entry.__slots__} | {"hash": head.hash}))
    return found


def altered(entry: Entry, **given: object) -> Entry:
    return Entry(**{n: getattr(entry, n) for n in Entry.__slots__} | given)


def edit(chance: random.Random, chain: list[Entry]) -> list[Entry]:
    at = chance.randrange(len(chain))
    name = chance.choice(["at", "actor", "act", "object", "detail", "previous", "hash"])
    chain[at] = altered(chain[at], **{name: getattr(chain[at], name) + "x"})
    return chain


def edit_and_seal(chance: random.Random, chain: list[Entry]) -> list[Entry]:
    at = chance.randrange(len(chain))
    changed = altered(chain[at], object="other")
    chain[at] = altered(changed, hash=changed.sealed())
    return chain


def delete(chance: random.Random, chain: list[Entry]) -> list[Entry]:
    del chain[chance.randrange(len(chain))]
    return chain


def cut(chance: random.Random, chain: list[Entry]) -> list[Entry]:
    return chain[: chance.randrange(len(chain))]


def behead(chance: random.Random, chain: list[Entry]) -> list[Entry]:
    return chain[chance.randrange(1, len(chain)) :]


def swap(chance: random.Random, chain: list[Entry]) -> list[Entry]:
    one, two = chance.sample(range(len(chain)), 2)
    first, second = chain[one], chain[two]
    chain[one], chain[two] = altered(second, seq=first.seq), altered(first, seq=second.seq)
    return chain


def insert(chance: random.Random, chain: list[Entry]) -> list[Entry]:
    at = chance.randrange(len(chain))  # at its end the box itself finds it, as below
    before = chain[at - 1] if at else None
    new = altered(chain[0], seq=at + 1, object="new", previous=before.hash if before else Head().hash)
    later = [altered(e, seq=e.seq + 1) for e in chain[at:]]
    return [*chain[:at], altered(new, hash=new.sealed()), *later]


def make_anew(_: random.Random, chain: list[Entry]) -> list[Entry]:
    """Return another chain that is whole in itself."""
    return entries(len(chain), seed=1)


@pytest.mark.parametrize("attack", [edit, edit_and_seal, delete, cut, behead, swap, insert, make_anew])
def test_any_edit_deletion_insertion_or_other_order_is_found(
    attack: Callable[[random.Random, list[Entry]], list[Entry]],
) -> None:
    chain = entries(12)
    kept = Head(count=12, hash=chain[-1].hash)
    assert check(chain, kept).whole
    for seed in range(100):
        found = check(attack(random.Random(seed), list(chain)), kept)
        assert not found.whole, (seed, attack.__name__)


def test_whoever_makes_chain_and_anchor_anew_is_found_by_a_hash_that_was_noted() -> None:
    chain, anew = entries(12), entries(12, seed=1)
    kept = Head(count=12, hash=anew[-1].hash)
    assert check(anew, kept).whole
    assert faults(check(anew, kept, chain[6].hash)) == {"noted"}
    assert check(anew, kept, anew[6].hash).whole
