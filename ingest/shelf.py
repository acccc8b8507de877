"""What becomes of documents once they are in: moved, deleted with a way back, collections renamed and deleted.

Knows who may and what the indexes and originals must hear; parses and encodes nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Collection as Collected
from time import monotonic

from ragbox.auth import Auth
from ragbox.decisions import Place
from ragbox.errors import Conflict
from ragbox.indexer import Indexer
from ragbox.library import Library, document_id
from ragbox.shelving import Shelving
from ragbox.types import Actor, Collection

from .keeping import Keeper

STOP_SECONDS = 20.0
_log = logging.getLogger(__name__)


class Shelf:
    """The documents of one box that nothing is read of. Safe to call from several threads."""

    def __init__(
        self, auth: Auth, library: Library, shelving: Shelving, keeper: Keeper, indexer: Indexer,
        dropped: Callable[[], None] = lambda: None, resume: Callable[[Collected[str]], None] = lambda _: None,
    ) -> None:  # fmt: skip
        """`dropped` is told that a collection is gone, `resume` which documents have a place anew: if one is recorded
        only in part, who read it has stopped.
        """
        self._dropped = dropped
        self._resume = resume
        self._auth = auth
        self._library = library
        self._shelving = shelving
        self._keeper = keeper
        self._indexer = indexer
        self._timing = threading.Lock()
        self._due: dict[str, float] = {}
        self._timer: threading.Timer | None = None

    def load(self) -> None:
        """Delete for good what was deleted before the start: nobody calls it back any more."""
        self._forget(self._shelving.hidden())

    def close(self) -> None:
        """Stop waiting; the next start deletes what is left."""
        with self._timing:
            self._due.clear()
            timer = self._timer
        if timer is not None:
            timer.cancel()
            timer.join(STOP_SECONDS)

    def remove(self, actor: Actor, documents: Sequence[str], *, grace: float) -> list[str]:
        """Delete documents: gone from lists, search and both indexes on return, for good after `grace` seconds.

        Returns those that were there.

        Raises:
            NotFound, NotPermitted: no such document for this actor, or no right to write to its collection; then none
                is deleted.
        """
        for document in documents:
            self._auth.require(actor, "write", self._library.document(document))
        hidden = self._shelving.hide(documents)
        self._indexer.apply()
        with self._timing:
            self._due.update(dict.fromkeys(hidden, monotonic() + grace))
            self._wait()
        return hidden

    def finish(self) -> None:
        """Delete for good now what could still be called back."""
        with self._timing:
            self._due.clear()
        self._forget(self._shelving.hidden())

    def restore(self, actor: Actor, documents: Sequence[str]) -> list[str]:
        """Call deleted documents back; returns those that came, under their names as far as these are free.

        Raises:
            NotFound, NotPermitted: as `remove` does, but for those that are gone for good, which are left out.
        """
        hidden = self._shelving.hidden()
        known = [d for d in documents if d in hidden]
        for document in known:
            self._auth.require(actor, "write", Place(id=document, collection=hidden[document][0]))
        back = [d for d in known if self._shelving.restore(d, actor.name)]
        self._indexer.apply()
        self._resume(back)
        return back

    def move(self, actor: Actor, documents: Sequence[str], collection: str) -> dict[str, str]:
        """Put documents into another collection; returns their new ids by the old.

        Raises:
            NotFound, NotPermitted: no such document or collection for this actor, or no right to write to one of them.
            Conflict: another document there has the name of one, or another encoder made the vectors there; those
                before it are moved.
        """
        self._auth.require(actor, "write", collection)
        target = self._library.collection(collection)
        shelves = {c.id: c for c in self._library.collections()}
        known = [self._library.document(d) for d in documents]
        for document in known:
            self._auth.require(actor, "write", document)
        moved = {}
        try:
            for document in known:
                same = document_id(target.id, document.sha256)
                if any(self._auth.withheld(actor, target.id, same, file) for file in document.files):
                    # The same words as for a name that is taken.
                    raise Conflict(f"There is another {document.file} in that collection. Delete it there first.")
                if encoder := shelves[document.collection_id].encoder:
                    self._library.claim_encoder(target.id, encoder)
                moved[document.id] = self._shelving.move(document.id, target.id, actor.name)
        finally:
            self._indexer.apply()
            self._resume(moved.values())
        return moved

    def rename(self, actor: Actor, collection: str, name: str) -> Collection:
        """Give a collection another name; nothing is indexed anew.

        Raises:
            NotFound, NotPermitted: no such collection for this actor, or no right to manage it.
            BadInput, Conflict: it cannot be a name, or another collection has it.
        """
        self._auth.require(actor, "manage", collection)
        self._shelving.rename(self._library.collection(collection).id, name)
        return self._library.collection(name)

    def drop(self, actor: Actor, collection: str) -> None:
        """Delete a collection with all its documents.

        Raises:
            NotFound, NotPermitted: no such collection for this actor, or no right to manage it.
        """
        self._auth.require(actor, "manage", collection)
        shelf = self._library.collection(collection)
        with self._keeper.doubting(self._library.hashes(shelf.id)):
            self._library.drop_collection(shelf.id)
            self._dropped()
            self._indexer.apply()

    def _wait(self) -> None:
        """Let a timer run until the next document is due; the caller holds the lock."""
        if self._timer is not None:
            self._timer.cancel()
        if self._due:
            self._timer = threading.Timer(max(0.0, min(self._due.values()) - monotonic()), self._end)
            self._timer.daemon = True
            self._timer.start()

    def _end(self) -> None:
        with self._timing:
            due = [d for d, at in self._due.items() if at <= monotonic()]
            for document in due:
                del self._due[document]
        try:
            self._forget(due)
        except Exception:  # a full disk: the next start deletes them
            _log.exception("%d deleted documents could not be deleted for good", len(due))
        with self._timing:
            self._wait()

    def _forget(self, documents: Iterable[str]) -> None:
        hidden = self._shelving.hidden()
        going = [d for d in documents if d in hidden]
        if going:
            with self._keeper.doubting({hidden[d][1] for d in going}):
                self._shelving.forget(going)
                self._indexer.apply()
