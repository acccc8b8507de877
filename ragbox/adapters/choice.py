"""Which adapter writes an answer: that of the passages' collections, else the active one, or one that was asked for."""

from __future__ import annotations

from collections.abc import Iterable

from ..auth import Auth
from ..errors import NotFound
from ..library import Library
from ..types import Actor
from .pointer import BARE, MODEL
from .store import AdapterStore


class Choice:
    """Chooses for one box. Reads one small file each time, so a switch counts from the next question on."""

    def __init__(self, auth: Auth, library: Library, store: AdapterStore) -> None:
        self._auth = auth
        self._library = library
        self._store = store

    def key_for(self, collections: Iterable[str], wanted: str = "") -> str:
        """Return the key to write with over passages of these collections (ids), "" for the bare model.

        That is their own where all of them have the same, else the active one. `wanted` is what `named` returned.
        """
        if wanted:
            return "" if wanted == BARE else wanted
        active, assigned = self._store.current(), self._store.assigned()
        keys = {assigned.get(c, active) for c in collections}
        return keys.pop() if len(keys) == 1 else active

    def state(self, collections: Iterable[str], wanted: str = "") -> str:
        """Return what `key_for` depends on, over any of these collections (ids)."""
        if wanted:
            return wanted
        assigned = self._store.assigned()
        own = [f"{c}={assigned[c]}" for c in sorted(collections) if c in assigned]
        return " ".join([self._store.current(), *own])

    def usable(self, actor: Actor) -> list[str]:
        """Return the keys that an actor may ask for: the active one and those of collections they may read.

        An adapter may have learnt what stands in documents, so another one is for admins alone; they may use all.
        """
        if self._auth.decide(actor, "manage", None).allowed:
            return [a.key for a in self._store.list() if a.engine == MODEL]
        read = (c for c in self._library.collections() if self._auth.decide(actor, "ask", c.name).allowed)
        assigned = self._store.assigned()
        return list(dict.fromkeys(filter(None, [self._store.current(), *(assigned.get(c.id, "") for c in read)])))

    def named(self, actor: Actor, adapter: str) -> str:
        """Return the key that an actor means by a key or a name, "" by "" and BARE by BARE.

        Of several versions of a name the active one is meant, else the newest that they may use.

        Raises:
            NotFound: there is no such adapter, or the actor may not use it.
        """
        if adapter in ("", BARE):
            return adapter
        usable = self.usable(actor)
        if adapter in usable:
            return adapter
        found = [key for key in usable if key.rpartition("@")[0] == adapter]
        if not found:
            raise NotFound(f"There is no adapter {adapter!r} that you may use. GET /v1/models lists yours.")
        current = self._store.current()
        return current if current in found else found[-1]
