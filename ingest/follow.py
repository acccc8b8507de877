"""Lets the record follow mirrored folders, one pass at a time. Knows neither parsers nor indexes, nor when to look.

The scan is the truth. Deletions and new names of known bytes are applied by the pass itself; what has to be read goes
to a pool, so that a long file keeps no deletion waiting.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from ragbox.errors import NotFound, RagboxError
from ragbox.library import Library, document_id
from ragbox.mirrors import Entry, Mirror, Mirrors, Stamp
from ragbox.names import MIRROR
from ragbox.originals import Originals
from ragbox.settings import Settings
from ragbox.types import Actor

from .pipeline import Pipeline
from .scan import ALARMS, Found, Place, Scan, being_written, differing, listed, opened, places, plan, scan, stamp_of

ACTOR = Actor(name=MIRROR, role="editor", collections=("*",), writable=("*",))
PATIENCE = (0.5, 30.0)
"""Fewest and most seconds until a file that is being written is looked at again; between them a quarter of its age."""
AGAIN = 30.0
"""Seconds until a mirror that could not be followed is looked at again."""
_log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Sighting:
    """A file that waits to be taken in: since when it stands still, when to look again, its hash where one was made."""

    stamp: Stamp
    since: float
    due: float
    sha256: str = ""


@dataclass(kw_only=True)
class View:
    """A mirror in one pass: the folder, its row in the record if it has one, and what is known of its files."""

    place: Place
    mirror: Mirror | None
    seen: Scan
    known: Mapping[str, Entry] = field(default_factory=dict)
    differing: list[Found] = field(default_factory=list)


class Follower:
    """What the record knows of the folders, made true again at each `look`."""

    def __init__(
        self, settings: Settings, library: Library, originals: Originals, pipeline: Pipeline, record: Mirrors
    ) -> None:
        self._settings = settings
        self._library = library
        self._originals = originals
        self._pipeline = pipeline
        self._record = record
        self._looking = threading.Lock()  # one pass at a time
        self._sharing = threading.Lock()  # what the pool's threads change too: the next two
        self._taking: dict[tuple[str, str], Future[None]] = {}
        self._dirty: set[str] = set()
        self.pool: ThreadPoolExecutor | None = None
        """Takes files in; without one they wait."""
        self.stopped = threading.Event()
        self.places: dict[str, Place] = {}
        self.folders: dict[str, dict[Path, str]] = {}
        """All folders of each mirror with their identities, as they were at its last look."""
        self.waiting: dict[str, dict[str, Sighting]] = {}
        self.loose: dict[str, str] = {}
        self.names: frozenset[str] = frozenset()
        """Why something in the inbox belongs to no mirror, by name."""
        self.failed: dict[str, str] = {}
        """Why a mirror could not be followed at its last look."""
        self._again: dict[str, float] = {}

    @property
    def inbox(self) -> Path:
        """The folder whose folders are collections."""
        return (self._settings.data / "inbox").resolve()

    def taking(self) -> dict[tuple[str, str], Future[None]]:
        """Return what is being taken in, by mirror and file name."""
        with self._sharing:
            return dict(self._taking)

    def due(self) -> set[str]:
        """Return the mirrors that have to be looked at though there is no event, each once."""
        now = monotonic()
        with self._sharing:
            dirty, self._dirty = self._dirty, set()
        failed = {key for key, again in self._again.items() if again <= now}
        return dirty | failed | {k for k, files in self.waiting.items() if any(s.due <= now for s in files.values())}

    def look(self, keys: set[str] | None = None, *, retry: bool = False, confirmed: bool = False) -> None:
        """Scan these mirrors (all if None) and let the record follow; `retry` looks again at what was not taken in."""
        with self._looking:
            rows = {(m.folder, m.name): m for m in self._record.all()}
            recorded = {folder for folder, _ in rows}
            self.names = listed(self.inbox)
            found, self.loose = places(self.inbox, self._settings.mirrors, recorded, self._settings.ignore)
            self.places = {p.key: p for p in found}
            wanted = [p for p in found if keys is None or p.key in keys]
            views = [self._view(p, rows.get((p.key, p.name)), retry) for p in wanted]
            sizes = {e.stamp[0] for v in views for e in v.known.values() if e.sha256}
            moved = {sha256 for v in views for sha256 in self._digest(v, sizes)}
            for view in views:
                key = view.place.key
                try:
                    self._follow(view, moved, confirmed)
                    self.failed.pop(key, None)
                    self._again.pop(key, None)
                except Exception as error:
                    ours = isinstance(error, RagboxError)
                    self.failed[key] = str(error) if ours else f"{key} cannot be mirrored: {error!r}. The log says why."
                    self._again[key] = monotonic() + AGAIN
                    self.waiting.pop(key, None)
                    _log.error("%s cannot be mirrored", key, exc_info=error)

    def _view(self, place: Place, mirror: Mirror | None, retry: bool) -> View:
        seen = scan(place.folder, self._settings.ignore)
        if self.folders.get(place.key) != seen.folders:
            with self._sharing:  # what came between the scan and the new watch is found by one more scan
                self._dirty.add(place.key)
        self.folders[place.key] = seen.folders
        view, now, before = View(place=place, mirror=mirror, seen=seen), monotonic(), self.waiting.get(place.key, {})
        with self._sharing:
            busy = {name for key, name in self._taking if key == place.key}
        view.known = self._record.entries(mirror.id) if mirror else {}  # after that: what ended meanwhile is no news
        again = seen.files if retry else before
        view.differing = [f for f in differing(seen, view.known, again) if f.name not in busy]
        self.waiting[place.key] = {
            f.name: before[f.name]
            if f.name in before and before[f.name].stamp == f.stamp
            else Sighting(stamp=f.stamp, since=now, due=now + self._settings.mirror_settle_seconds)
            for f in view.differing
        }
        return view

    def _digest(self, view: View, sizes: set[int]) -> Iterator[str]:
        """Yield the hashes of files as large as a known one: known bytes are complete, wherever they turn up."""
        for file in view.differing:
            sighting = self.waiting[view.place.key][file.name]
            if file.stamp[0] not in sizes or file.stamp[0] > self._settings.max_file_mb << 20:
                continue
            with suppress(OSError):
                if not sighting.sha256:
                    with opened(file) as (path, _):
                        sighting.sha256 = self._originals.digest(path)[0]
                yield sighting.sha256

    def _follow(self, view: View, moved: set[str], confirmed: bool) -> None:
        mirror, seen = view.mirror or self._bind(view), view.seen
        if mirror is None or not mirror.collection:
            self.waiting.pop(view.place.key, None)
            if mirror is not None and not seen.identity:
                self._forget(mirror)
            return
        made = plan(seen, view.known, mirror.identity, mirror.alarm, moved, confirmed=confirmed)
        if made.alarm != mirror.alarm or (not made.alarm and seen.identity != mirror.identity):
            self._record.judge(mirror.id, mirror.identity if made.alarm else seen.identity, made.alarm)
            if made.alarm:
                _log.warning("%s", ALARMS[made.alarm].format(folder=mirror.folder, files=mirror.files))
        with self._sharing:
            gone = [n for n in made.gone if (view.place.key, n) not in self._taking]
        waiting = self.waiting[view.place.key]
        lost = {view.known[n].sha256 for n in gone} - {""}
        named = {f.name: f for f in view.differing if self._is_known(mirror, f.name, waiting[f.name].sha256, lost)}
        documents = {n: document_id(mirror.collection, waiting[n].sha256) for n in named}
        leave = [n for n in gone if view.known[n].sha256 or not self._record.rival(mirror, n)]
        if documents or leave:
            if not (collection := self._collection(mirror)):
                return
            self._pipeline.rename(ACTOR, collection, documents, leave)
        if named or gone or made.refused:
            entries = [Entry(file=n, stamp=f.stamp, sha256=waiting.pop(n).sha256) for n, f in named.items()]
            self._record.saw(mirror.id, [*entries, *made.refused], gone)
        if not seen.identity and not self._record.entries(mirror.id):
            self._forget(mirror)
        for file in view.differing:
            if file.name not in named:
                self._settle(mirror, file, view.known.get(file.name), waiting)

    def _collection(self, mirror: Mirror) -> str:
        """Return what a mirror's collection is called by now, empty if it is gone: another may have its old name."""
        return next((c.name for c in self._library.collections() if c.id == mirror.collection), "")

    def _forget(self, mirror: Mirror) -> None:
        self._record.forget(mirror.id)
        if mirror.folder.startswith("inbox/"):
            for known in (self.places, self.folders, self.waiting):
                known.pop(mirror.folder, None)

    def _bind(self, view: View) -> Mirror | None:
        """Return a new mirror for a folder that has anything to say, with its collection."""
        if not view.seen.files and not view.seen.refused:
            return None
        name = view.place.name
        shelf = next((c for c in self._library.collections() if c.name == name), None)
        shelf = shelf or self._library.create_collection(name)
        return self._record.bind(view.place.key, name, shelf.id, view.seen.identity)

    def _is_known(self, mirror: Mirror, name: str, sha256: str, lost: set[str]) -> bool:
        """Tell whether a name only has to be put to bytes that the collection has, or had till someone deleted it."""
        if not sha256 or self._record.hindrance(mirror, name, sha256):
            return False
        with suppress(NotFound):
            document = self._library.document(document_id(mirror.collection, sha256))
            return self._pipeline.begun.whole(document) or sha256 in lost
        return sha256 in lost

    def _settle(self, mirror: Mirror, file: Found, known: Entry | None, waiting: dict[str, Sighting]) -> None:
        """Give a file to the pool if it has stood still long enough and nobody is writing it."""
        now, sighting = monotonic(), waiting[file.name]
        if self.pool is None or now < sighting.due:
            return
        if being_written(file):
            fewest, most = PATIENCE
            sighting.due = now + min(max(fewest, (now - sighting.since) / 4), most)
            return
        del waiting[file.name]
        with self._sharing, suppress(RuntimeError):  # the pool is closed: the next start takes it
            self._taking[mirror.folder, file.name] = self.pool.submit(self._take, mirror, file, known)

    # -- one file ------------------------------------------------------------------------------------------

    def _take(self, mirror: Mirror, file: Found, known: Entry | None) -> None:
        entry = None
        try:
            entry = self._entry(mirror, file)
            # What ended because the box is closing is taken in at the next start.
            if entry is not None and entry != known and not self.stopped.is_set():
                self._record.saw(mirror.id, [entry])
        except Exception:
            _log.exception("%s of %s could not be taken in", file.name, mirror.folder)
        finally:
            with self._sharing:
                self._taking.pop((mirror.folder, file.name), None)
                if entry is None or not _is(file.path, entry.stamp):
                    self._dirty.add(mirror.folder)

    def _entry(self, mirror: Mirror, file: Found) -> Entry | None:
        """Take a file in; return how it ended, None where it is no longer what was seen or has no collection."""
        try:
            with opened(file) as (path, stamp):
                held = self._library.find(mirror.collection, file.name)
                digest = self._originals.digest(path)[0] if held else ""
                if reason := self._record.hindrance(mirror, file.name, digest):
                    return Entry(file=file.name, stamp=stamp, reason=reason)
                if not (collection := self._collection(mirror)):
                    return None
                result = self._pipeline.ingest(ACTOR, path, file=file.name, collection=collection)
                sha256 = self._library.document(result.document).sha256 if result.document else ""
                return Entry(file=file.name, stamp=stamp, sha256=sha256, reason="" if sha256 else result.reason)
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = f"{file.name} cannot be opened: {error.strerror}. Check that it may be read."
            return Entry(file=file.name, stamp=file.stamp, reason=reason)
        except RagboxError as error:
            # A person's file of that name, put there while a part of this one was in, is why it was "deleted".
            reason = self._record.hindrance(mirror, file.name, "") if isinstance(error, NotFound) else ""
            return Entry(file=file.name, stamp=file.stamp, reason=reason or str(error))


def _is(path: Path, stamp: Stamp) -> bool:
    try:
        return stamp_of(os.lstat(path)) == stamp
    except OSError:
        return False
