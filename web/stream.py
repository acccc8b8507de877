"""Sends a generator as server-sent events, and closes it when the reader goes away. Knows no event by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from typing import Any

import anyio
from anyio.to_thread import run_sync
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ragbox.errors import RagboxError

from .problems import log, shape, told

Json = dict[str, Any]
CHECK_SECONDS = 0.5
"""Between two looks at whether the reader still may read on."""


class EventStream(Response):
    """One server-sent event for each item; an error in the middle is sent as the event "error".

    Starlette's StreamingResponse leaves its iterator open until it is collected: an engine would go on writing.
    """

    media_type = "text/event-stream"

    def __init__(
        self, items: Generator[Any, None, None], shape: Callable[[Any], Json], check: Callable[[], None] = lambda: None
    ) -> None:
        """Take the first item at once: an error before it still gets an HTTP status of its own.

        `check` is called twice a second; what it raises breaks the stream off, also while an item is being made. So
        does the end of the session or token that asked.
        """
        self.status_code = 200
        self.background = None
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._shape = shape
        self._check = check
        self._ended = False
        self._items = items
        self._first = next(items, None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._telling = anyio.Lock()

        async def listen() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        async def watch() -> None:
            # Not in a thread: answers may hold them all. And not between items: a model may think long about one.
            credentials = scope.get("state", {}).get("credentials", lambda: None)
            while True:
                await anyio.sleep(CHECK_SECONDS)
                try:
                    self._check()
                    credentials()
                except Exception as error:
                    if not self._ended:
                        await self._fail(send, error)
                        group.cancel_scope.cancel()
                    return

        try:
            async with anyio.create_task_group() as group:
                group.start_soon(listen)
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                group.start_soon(watch)
                await self._send(send)
                async with self._telling:  # `watch` may be in the middle of telling why it breaks off
                    group.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await run_sync(self._items.close)

    async def _send(self, send: Send) -> None:
        item = self._first
        while item is not None and not self._ended:
            await send({"type": "http.response.body", "body": self.frame(self._shape(item)), "more_body": True})
            try:
                item = await run_sync(next, self._items, None)
            except Exception as error:
                if not self._ended:
                    await self._fail(send, error)
        if not self._ended:
            self._ended = True
            await send({"type": "http.response.body", "body": self.end})

    async def _fail(self, send: Send, error: Exception) -> None:
        """End with an error: what is being made is not sent any more."""
        self._ended = True
        async with self._telling:
            # In a lane of its own: the threads may all be held by answers, and the rules may not be loaded yet.
            failure = await run_sync(self._failure, error, limiter=anyio.CapacityLimiter(1))
            await send({"type": "http.response.body", "body": self.frame(failure), "more_body": True})
            await send({"type": "http.response.body", "body": self.end})

    end = b""
    """What stands after the last event."""

    def frame(self, item: Json) -> bytes:
        """Write one event."""
        return f"event: {item['event']}\ndata: {json.dumps(item, ensure_ascii=False)}\n\n".encode()

    def failed(self, error: RagboxError, message: str) -> Json:
        """Shape an error as an event."""
        return {"event": "error", **shape(error, message)}

    def _failure(self, error: Exception) -> Json:
        if not isinstance(error, RagboxError):
            log.error("a stream failed", exc_info=error)
            error = RagboxError("Something failed inside ragbox. The server's log says what.")
        return self.failed(error, told(self._scope, error))
