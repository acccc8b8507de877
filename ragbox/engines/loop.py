"""An event loop in a thread of its own, for those who otherwise know threads only. Knows no request."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from .. import silence

CLOSE_SECONDS = 5.0
RESOLVERS = 4
T = TypeVar("T")


class Loop:
    """Runs coroutines until it is closed. What they reach counts as meant: the admin named it."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        # Names are looked up in threads, which know nothing of the one they work for.
        self._loop.set_default_executor(ThreadPoolExecutor(RESOLVERS, f"{name}-names", initializer=silence.mean))
        self._pending = set[Future[None]]()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what the work returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def start(self, work: Coroutine[Any, Any, None], over: Callable[[], None]) -> Callable[[], object]:
        """Begin the work and return what cancels it; `over` is called at its end, even if it never began."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        future.add_done_callback(lambda _: over())
        return future.cancel

    def close(self, last: Callable[[], Awaitable[None]] | None = None) -> None:
        """Cancel all work, then do the last, for at most CLOSE_SECONDS."""
        for future in self._pending.copy():
            future.cancel()
        asyncio.run_coroutine_threadsafe(self._end(last), self._loop)
        self._thread.join(CLOSE_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()

    async def _end(self, last: Callable[[], Awaitable[None]] | None) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if last is not None:
            await last()
        self._loop.stop()

    def _serve(self) -> None:
        silence.mean()
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
