"""Talks to a ragbox server over HTTP: what the CLI and the LangChain retriever use. Knows the API, not the box."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from . import errors, wire
from .certificate import trusting
from .client_people import People
from .client_rules import part
from .owner import Address
from .types import IngestResult, Status

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]
UPLOADS = 3
"""Files under way at once: two parse while one is encoded."""
WATCH_SECONDS = 1.0
"""Between two looks at how far they are."""
IDLE_SECONDS = 2.0
"""For which a connection is kept: the server hangs up after 5, and one that it hangs up on cannot be asked again."""


class Client(People):
    """A signed-in connection. Every method returns the API's JSON and raises the error tree's classes."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection: httpx.Client | None = None

    def __enter__(self) -> Self:
        import httpx

        pinned = self._address.certificate
        # trust_env off: a proxy of the environment must never see a question. A long scan takes hours.
        self._connection = httpx.Client(
            base_url=self._address.url, timeout=httpx.Timeout(10, read=86_400), trust_env=False,
            headers={"Authorization": f"Bearer {self._address.token}"}, verify=trusting(pinned) if pinned else True,
            limits=httpx.Limits(keepalive_expiry=IDLE_SECONDS),
        )  # fmt: skip
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._connection is not None:
            self._connection.close()

    def status(self) -> Json:
        return self._call("GET", "/api/status")

    def search(self, question: str, *, collection: str | None = None, k: int = 8) -> Json:
        return self._call("POST", "/api/search", json={"question": question, "collection": collection, "k": k})

    def ask(self, question: str, *, collection: str | None = None) -> Json:
        return self._call("POST", "/api/ask", json={"question": question, "collection": collection})

    def ask_stream(self, question: str, *, collection: str | None = None) -> Iterator[Json]:
        """Yield the events of an answer as they come."""
        yield from self._stream("/api/ask", {"question": question, "collection": collection, "stream": True})

    def ingest(
        self, found: Iterable[tuple[Path, str]], *, collection: str, watch: Callable[[list[Json]], None] | None = None
    ) -> Iterator[Json]:
        """Upload (path, name) pairs, a few at a time; yields each file's result as it comes.

        `watch` hears from time to time of the collection's jobs.
        """

        def upload(path: Path, name: str) -> Json:
            try:
                stream = path.open("rb")
            except OSError as error:
                reason = f"{name} cannot be opened: {error.strerror}. Check that it exists and may be read."
                return wire.result(IngestResult(file=name, status=Status.REJECTED, reason=reason))
            with stream:
                answer = self._call(
                    "POST", "/api/documents", data={"collection": collection}, files={"files": (name, stream)}
                )
            result: Json = answer["results"][0]
            return result

        with ThreadPoolExecutor(UPLOADS) as pool:
            waiting = {pool.submit(upload, path, name) for path, name in found}
            try:
                while waiting:
                    done, waiting = wait(waiting, WATCH_SECONDS if watch else None, FIRST_COMPLETED)
                    yield from (future.result() for future in done)
                    if watch and waiting:
                        watch([job for job in self.jobs()["jobs"] if job["collection"] == collection])
            finally:
                for future in waiting:
                    future.cancel()

    def documents(self, *, collection: str | None = None, search: str = "", limit: int = 100, offset: int = 0) -> Json:
        """List documents, newest first; `search` looks for a part of the file name or title."""
        query: Json = {"search": search, "limit": limit, "offset": offset}
        return self._call("GET", "/api/documents", params=query | ({"collection": collection} if collection else {}))

    def remove(self, document: str) -> Json:
        return self._call("DELETE", f"/api/documents/{part(document)}")

    def jobs(self) -> Json:
        return self._call("GET", "/api/jobs")

    def label(self, document: str, **said: Any) -> Json:
        """Say what a document is; `said` are the fields of `PATCH /api/documents/{document}`."""
        return self._call("PATCH", f"/api/documents/{part(document)}", json=said)

    def rereading(self, *, collection: str | None = None) -> Json:
        """Return how many documents an older ragbox has read, and how many of them wait to be read again."""
        return self._call("GET", "/api/rereading", params={"collection": collection} if collection else {})

    def reread(self, *, collection: str | None = None) -> Json:
        """Let them wait to be read again."""
        return self._call("POST", "/api/rereading", json={"collection": collection})

    def stop_rereading(self, *, collection: str | None = None) -> Json:
        return self._call("DELETE", "/api/rereading", params={"collection": collection} if collection else {})

    def collections(self) -> Json:
        return self._call("GET", "/api/collections")

    def create_collection(self, name: str) -> Json:
        return self._call("POST", "/api/collections", json={"name": name})

    def drop_collection(self, name: str) -> Json:
        return self._call("DELETE", f"/api/collections/{part(name)}")

    def rebuild(self, *, encode: bool = False) -> Json:
        return self._call("POST", "/api/rebuild", json={"encode": encode})

    def doctor(self) -> Json:
        return self._call("GET", "/api/doctor")

    def confirm(self, folder: str) -> Json:
        return self._call("POST", "/api/mirrors/confirm", json={"folder": folder})

    def feedback(self) -> Json:
        return self._call("GET", "/api/feedback")

    def models(self) -> Json:
        """Return the store, the work on it and the model in use."""
        return self._call("GET", "/api/models")

    def add_model(self, source: str, *, name: str = "", file: str = "") -> Json:
        return self._call("POST", "/api/models", json={"source": source, "name": name, "file": file})

    def practise(self, *, collection: str, questions: str = "", seconds: float = 220.0) -> Json:
        """Begin to train the practice model."""
        body = {"collection": collection, "questions": questions, "seconds": seconds}
        return self._call("POST", "/api/models/practice", json=body)

    def verify_model(self, name: str, version: str) -> Json:
        return self._call("POST", f"/api/models/{part(name)}/{part(version)}/verify")

    def activate_model(self, name: str, version: str) -> Json:
        return self._call("POST", f"/api/models/{part(name)}/{part(version)}/activate")

    def rollback_model(self) -> Json:
        return self._call("POST", "/api/models/rollback")

    def remove_model(self, name: str, version: str) -> Json:
        return self._call("DELETE", f"/api/models/{part(name)}/{part(version)}")

    def adapters(self) -> Json:
        """Return the versions, which one answers, and how far an activation is."""
        return self._call("GET", "/api/adapters")

    def adapter(self, name: str, version: str) -> Json:
        return self._call("GET", f"/api/adapters/{part(name)}/{part(version)}")

    def add_adapter(self, source: str, *, name: str = "") -> Json:
        return self._call("POST", "/api/adapters", json={"source": source, "name": name})

    def activate_adapter(self, name: str, version: str, *, reason: str = "") -> Json:
        """Begin to activate a version."""
        path = f"/api/adapters/{part(name)}/{part(version)}/activate"
        return self._call("POST", path, json={"reason": reason})

    def deactivate_adapter(self, *, reason: str = "", engine: str = "model") -> Json:
        """Let an engine answer as it is: the bare model, or "extractive" with the built-in scorer."""
        return self._call("POST", "/api/adapters/deactivate", json={"reason": reason, "engine": engine})

    def rollback_adapter(self, *, reason: str = "", engine: str = "model") -> Json:
        return self._call("POST", "/api/adapters/rollback", json={"reason": reason, "engine": engine})

    def assign_adapter(self, collection: str, adapter: str) -> Json:
        return self._call("POST", "/api/adapters/assign", json={"collection": collection, "adapter": adapter})

    def gate_questions(self, lines: str) -> Json:
        return self._call("POST", "/api/adapters/questions", json={"lines": lines})

    def compare_adapters(
        self, question: str, *, left: str, right: str, collection: str | None = None
    ) -> Iterator[Json]:
        """Yield the events of two answers as they come, each with its `side`."""
        body = {"question": question, "left": left, "right": right, "collection": collection}
        yield from self._stream("/api/adapters/compare", body)

    def remove_adapter(self, name: str, version: str) -> Json:
        return self._call("DELETE", f"/api/adapters/{part(name)}/{part(version)}")

    def trainings(self) -> Json:
        """Return the trainings of adapters, newest first."""
        return self._call("GET", "/api/trainings")

    def train_adapter(self, **given: Any) -> Json:
        """Begin to train an adapter; `given` are the fields of `POST /api/trainings`."""
        return self._call("POST", "/api/trainings", json=given)

    def cancel_training(self) -> Json:
        return self._call("POST", "/api/trainings/cancel")

    def resume_training(self, training: str) -> Json:
        return self._call("POST", f"/api/trainings/{part(training)}/resume")

    def passages(self, document: str, page: int) -> Json:
        """Return the first passages of a document's page (from 1)."""
        return self._call("GET", f"/api/documents/{part(document)}/passages", params={"page": page, "limit": 500})

    def save_run(self, name: str, run: Json) -> Json:
        return self._call("POST", "/api/admin/quality/runs", json={"name": name, "run": run})

    def quality(self) -> Json:
        """Return the kept runs without their rows, and what questions there are."""
        return self._call("GET", "/api/admin/quality")

    def run(self, name: str) -> Json:
        """Return a kept run of a question file with all its rows."""
        return self._call("GET", f"/api/admin/quality/runs/{part(name)}", params={"failing": False})

    def compare_runs(self, left: str, right: str) -> Json:
        return self._call("GET", "/api/admin/quality/compare", params={"left": left, "right": right})

    @property
    def _open(self) -> httpx.Client:
        if self._connection is None:
            raise errors.Unavailable("The client is not connected. Use it in a with block.")
        return self._connection

    @contextmanager
    def _reached(self) -> Iterator[None]:
        import httpx

        try:
            yield
        except httpx.TransportError as error:
            raise errors.Unavailable(f"{self._address.url} does not answer: {error}. Is the server up?") from error

    def _stream(self, path: str, body: Json) -> Iterator[Json]:
        with self._reached(), self._open.stream("POST", path, json=body) as response:
            if not response.is_success:
                response.read()
                _raise(response)
            for line in response.iter_lines():
                if line.startswith("data:"):
                    event = json.loads(line[5:])
                    if event.get("event") == "error":
                        raise _error(event["error"])
                    yield event

    def _text(self, path: str, params: Json) -> Iterator[str]:
        with self._reached(), self._open.stream("GET", path, params=params) as response:
            if not response.is_success:
                response.read()
                _raise(response)
            yield from response.iter_text()

    def _call(self, method: str, path: str, **options: Any) -> Json:
        with self._reached():
            response = self._open.request(method, path, **options)
        if not response.is_success:
            _raise(response)
        answer: Json = response.json()
        return answer


def _raise(response: httpx.Response) -> None:
    try:
        raise _error(response.json()["error"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise errors.RagboxError(f"{response.url} answered {response.status_code}: {response.text[:200]}") from None


def _error(shape: Json) -> errors.RagboxError:
    kind = getattr(errors, str(shape.get("type")), errors.RagboxError)
    error: errors.RagboxError = kind(shape.get("message", "unknown error"))
    return error
