"""A language model behind an OpenAI-compatible server of the company, such as vLLM (port: LanguageModel).

Knows which replica to ask and when to ask again; the format is openai_chat.py's, the breaker replicas.py's, the words
of failure trouble.py's. All requests run in one event loop in a thread of its own, so that one that is cancelled closes
its connection wherever it stands.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadInput, Unavailable
from ..generation import Capabilities, Delta, Message, Request
from ..settings import MASK
from .estimate import Estimate
from .follow import Put, follow
from .loop import Loop
from .openai_chat import Events, Failure, Malformed, base_address, body, listed, read_event
from .remote_http import make_client, post, read, refused
from .remote_lora import RemoteAdapters
from .replicas import Replica, Replicas
from .reply import Reply
from .trouble import Trouble, failure

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)
PAUSES = (0.25, 0.5, 1.0)
"""Seconds before each further attempt, up to half as long again at random, so that many do not come back at once."""
LONGEST_PAUSE = 2.0
"""A server that wants to be left alone for longer is not waited for: the reader is told instead."""
LAST_SECONDS = 2.0
"""For the counts that may follow the end of an answer."""
UNKNOWN_CONTEXT = 8192


class RemoteModel:
    """A model that `urls`, replicas of one another, serve under the name `model`.

    `context` limits the tokens of prompt and answer; 0 takes what the servers say, else UNKNOWN_CONTEXT. `timeout` is
    how many seconds a server may be silent. Proxies of the environment are not used and redirects not followed: a
    question goes nowhere but to these addresses.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        model: str,
        key: str = "",
        context: int = 0,
        parallel: int = 16,
        timeout: float = 60.0,
    ) -> None:
        self._urls, self._model, self._key = urls, model, key
        self._wanted, self._context = context, context or UNKNOWN_CONTEXT
        self._parallel, self._timeout = parallel, timeout
        self._estimate = Estimate()
        self._last = ""
        self._replicas = Replicas(urls)
        self._loop: Loop | None = None
        self._client: httpx.AsyncClient | None = None
        self._adapters: RemoteAdapters

    @property
    def name(self) -> str:
        return self._model

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(context=self._context, parallel=self._parallel, device="remote", adapters=True)

    def load(self) -> None:
        """Ask the servers whether they have the model. One that answers is enough.

        Raises:
            BadInput: an address, the key or the model's name is wrong.
            Unavailable: no server answers.
        """
        if self._loop is not None:
            return
        addresses = [base_address(url) for url in self._urls]
        if not addresses:
            raise BadInput("A remote model needs an address. Set RAGBOX_REMOTE_URLS.")
        if not (self._key.isascii() and self._key.isprintable()):
            raise BadInput("RAGBOX_REMOTE_KEY has characters that no key has, such as a line break. Set it again.")
        self._replicas = Replicas(addresses)
        self._loop = Loop("remote-model")
        try:
            self._loop.run(self._open(addresses))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        loop, self._loop = self._loop, None
        client, self._client = self._client, None
        if loop is not None:
            loop.close(client.aclose if client is not None else None)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self._estimate.count(messages)

    def generate(self, batch: Sequence[Request], more: Callable[[int], Sequence[Request]]) -> Iterator[Delta]:
        del more  # a server makes its own batches
        loop = self._running()
        for request in batch:
            yield from follow(request, partial(self._begin, loop, request))

    @property
    def attached(self) -> tuple[str, ...]:
        return tuple(self._adapters.folders) if self._loop is not None else ()

    def attach(self, name: str, folder: Path) -> None:
        try:
            self._running().run(self._adapters.attach(name, folder))
        except (BadInput, Unavailable) as error:
            raise type(error)(self._masked(error)) from None

    def detach(self, name: str) -> None:
        if self._loop is not None:
            self._loop.run(self._adapters.detach(name))

    def _running(self) -> Loop:
        if self._loop is None:
            raise Unavailable(f"The model {self._model} is not loaded. Load it, or wait until it is.")
        return self._loop

    def _begin(self, loop: Loop, request: Request, put: Put) -> Callable[[], object]:
        closed = f"The model {self._model} was closed while it wrote. Ask again."
        # After the last delta of a request nobody reads any more of it, so this is seen only where none was put.
        return loop.start(self._write(request, put), lambda: put(Delta(id=request.id, end="error", reason=closed)))

    # -- in the loop's thread --------------------------------------------------------------------------------

    async def _open(self, addresses: Sequence[str]) -> None:
        self._client = make_client(self._key, self._parallel)
        self._adapters = RemoteAdapters(partial(post, self._client, seconds=self._timeout), addresses)
        found = await asyncio.gather(*map(self._look, addresses), return_exceptions=True)
        for result in found:
            if isinstance(result, BaseException) and not isinstance(result, Unavailable):
                raise result
        contexts = [result for result in found if isinstance(result, int)]
        if not contexts:
            raise Unavailable(" ".join(str(result) for result in found))
        told = min((c for c in contexts if c), default=0)
        self._context = min(filter(None, (self._wanted, told)), default=UNKNOWN_CONTEXT)

    async def _look(self, address: str) -> int:
        """Return the context that a server tells for the model, 0 where it tells none."""
        import httpx

        try:
            async with asyncio.timeout(self._timeout), self._there().stream("GET", f"{address}/models") as response:
                if response.status_code == 404:
                    log.warning("%s has no list of models; whether it has %s shows later.", address, self._model)
                    return 0
                if response.status_code != 200:
                    raise await refused(address, response)
                models = listed(json.loads(await read(response)))
        except Trouble as trouble:
            raise (Unavailable if trouble.again else BadInput)(self._masked(trouble)) from None  # it may show the key
        except (Malformed, ValueError) as error:
            raise BadInput(f"{address} has no OpenAI-compatible API: {error}. Correct RAGBOX_REMOTE_URLS.") from error
        except (TimeoutError, httpx.HTTPError) as error:
            raise Unavailable(self._masked(failure(address, self._timeout, error))) from error
        if self._model not in models:
            served = ", ".join(sorted(models)[:10]) or "none"
            raise BadInput(f"{address} has no model {self._model}. Set RAGBOX_REMOTE_MODEL to one of: {served}.")
        return models[self._model]

    async def _write(self, request: Request, put: Put) -> None:
        """Put all deltas of one request, unless it is cancelled."""
        try:
            reason, told = await self._attempts(request, put)
        except Exception as error:
            log.exception("The remote model %s failed", self._model)
            told = f"The remote model {self._model} failed. Ask again."
            reason = f"{told} {self._masked(error)}"
        if reason:
            put(Delta(id=request.id, end="error", reason=reason, told=told))

    async def _attempts(self, request: Request, put: Put) -> tuple[str, str]:
        """Ask one replica after another; return why none answered and what readers are told, "" when one did."""
        if request.adapter and request.adapter not in self.attached:
            return f"There is no adapter {request.adapter!r} in this model. Ask without one.", ""
        room = self._context - self.count_tokens(request.messages)
        if room <= 0:
            return (
                f"The prompt is longer than the {self._context} tokens of {self._model}. Ask with fewer passages.",
                "",
            )
        longest = min(room, request.sampling.max_new_tokens)
        until, failed, reason, told = time.monotonic() + self._timeout, set[Replica](), "", ""
        for pause in (0.0, *PAUSES):
            wait = max(pause * random.uniform(1, 1.5), self._replicas.wait(time.monotonic()))
            if wait > LONGEST_PAUSE or (pause and time.monotonic() + wait > until):
                break
            await asyncio.sleep(wait)
            replica = self._replicas.pick(time.monotonic(), failed)
            if replica is None:
                continue
            try:
                await self._attempt(request, replica, longest, put)
                return "", ""
            except Trouble as trouble:
                reason, told = self._masked(trouble), trouble.told
                self._last = reason
                if not trouble.again:
                    break
            failed.add(replica)
        none = f"No server of {self._model} answers for the time being."
        return (reason, told) if reason else (f"{none} {self._last}", none)

    async def _attempt(self, request: Request, replica: Replica, longest: int, put: Put) -> None:
        """Put the deltas of one request. Raises Trouble; nothing was put then where `again` is set."""
        reply = Reply(request, self.count_tokens(request.messages))
        trouble: Trouble | None = Trouble("", well=True)  # so it stays where the request is cancelled
        try:
            await self._adapters.bring(request.adapter, replica.url)
            await self._read_reply(request, replica.url, longest, reply, put)
            trouble = None
        except Trouble as error:
            trouble = None if reply.reason else error  # after its last word nothing can go wrong any more
            if trouble is not None:
                trouble.again = trouble.again and not reply.begun
                raise
        finally:
            self._judge(replica, trouble)
        for delta in reply.finish():
            put(delta)
        if reply.counts[0]:
            self._estimate.learn(request.messages, reply.counts[0])

    def _judge(self, replica: Replica, trouble: Trouble | None) -> None:
        now = time.monotonic()
        if trouble is None:
            self._replicas.succeeded(replica)
        elif trouble.rest:
            self._replicas.busy(replica, now + trouble.rest)
        elif trouble.well:
            self._replicas.left(replica)
        else:
            self._replicas.failed(replica, now)
            self._adapters.forget(replica.url)

    async def _read_reply(self, request: Request, address: str, longest: int, reply: Reply, put: Put) -> None:
        import httpx

        client, clock, events = self._there(), asyncio.get_running_loop(), Events()
        asked = body(request, request.adapter or self._model, longest)
        try:
            async with (
                asyncio.timeout(self._timeout) as limit,
                client.stream("POST", f"{address}/chat/completions", json=asked) as response,
            ):
                if response.status_code == 404 and request.adapter:  # it was started again, without the adapters
                    self._adapters.forget(address)
                    raise Trouble(f"The model server {address} has forgotten {request.adapter}. Ask again.", well=True)
                if response.status_code != 200:
                    raise await refused(address, response)
                if not response.headers.get("content-type", "").startswith("text/event-stream"):
                    raise Malformed("no stream of events")
                async for piece in response.aiter_bytes():
                    for data in events.feed(piece):
                        if data == "[DONE]":
                            return
                        said = read_event(data)
                        reply.reason = said.reason or reply.reason
                        reply.counts = max(reply.counts, said.tokens)
                        for delta in (*reply.feed(said.thinking, thinking=True), *reply.feed(said.text)):
                            put(delta)
                        if reply.over:
                            return
                        limit.reschedule(clock.time() + (LAST_SECONDS if reply.reason else self._timeout))
            raise Malformed("a stream that broke off")
        except (TimeoutError, httpx.HTTPError, Malformed, Failure) as error:
            raise failure(address, self._timeout, error) from error

    def _there(self) -> httpx.AsyncClient:
        assert self._client is not None
        return self._client

    def _masked(self, trouble: object) -> str:
        """Return words of a server without the key, which some repeat."""
        return str(trouble).replace(self._key, MASK) if self._key else str(trouble)
