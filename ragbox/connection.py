"""One connection of the server, with bounds: on its headers, on its patience, and on how many an address may begin.

uvicorn bounds none of these. Knows bytes and clocks; no route, nobody who asks.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_BYTES, HEADERS, URL_BYTES = 32 << 10, 100, 8 << 10
"""Most of a request's headers: bytes, number, bytes of the path with its query. Browsers send about 2 KB and 20."""
HEADER_SECONDS = 10.0
"""A request's headers are there within so many seconds from its first byte, or from the connection's begin."""
BODY_SECONDS, BODY_BYTES = 20.0, 10 << 10
"""Of a body that is waited for, so many bytes come in so many seconds: 0.5 KB/s, or it is broken off."""
STUCK_SECONDS = 300.0
"""So long may a reader take nothing of a reply that waits for it: a download that is paused."""
LINGER_SECONDS = 5.0
"""So long is what still comes of a request taken in after its reply: closed at once, the reply might be lost."""
UNFINISHED = 128
"""Most connections of one address on which a request is awaited or under way; a browser has six in all."""

_unfinished: Counter[str] = Counter()


class Connection(HttpToolsProtocol):
    """Speaks HTTP as uvicorn's does, and hangs up on who is slow or endless."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._address = ""
        self._awaited = ""  # what is being waited for: headers, a body, what comes after a reply or a refusal
        self._clock: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None
        self._size = self._count = self._body = 0
        self._refusal = HTTPStatus.BAD_REQUEST

    # -- what asyncio calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for headers."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self._address = str(peer[0]) if peer else ""
        self._await("headers", HEADER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all clocks."""
        self._settle()
        if self._stuck:
            self._stuck.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes in, unless they are refused already."""
        if self._awaited == "refused":
            return
        if not self._awaited:
            self._await("headers", HEADER_SECONDS)
        if self._awaited == "headers":
            self._size += len(data)
        super().data_received(data)
        # A header without an end is kept by the parser and told to nobody.
        if self._awaited == "headers" and self._size > HEADER_BYTES:
            self._refusal = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            self.send_400_response("")

    def pause_writing(self) -> None:
        """Note that the reader takes nothing for now."""
        super().pause_writing()
        self._stuck = self.loop.call_later(STUCK_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Note that the reader goes on."""
        super().resume_writing()
        if self._stuck:
            self._stuck.cancel()

    # -- what the parser calls

    def on_message_begin(self) -> None:
        """Count anew."""
        if not self._awaited:  # sent together with the request before
            self._await("headers", HEADER_SECONDS)
        self._size = self._count = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take a part of the path in."""
        super().on_url(url)
        if len(self.url) > URL_BYTES:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header in."""
        self._count += 1
        self._size += len(name) + len(value)
        if self._count > HEADERS or self._size > 2 * HEADER_BYTES:  # counted as they came, and as they are told
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Have the request answered, and wait for its body."""
        self._body = 0
        self._await("body", BODY_SECONDS)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body in."""
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that nothing more is to come."""
        self._settle()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Let the rest of a request come, for a while."""
        if self._awaited == "body":
            self._await("rest", LINGER_SECONDS)
        super().on_response_complete()

    # -- what they lead to

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read, saying what is wrong with it, and hang up."""
        status = self._refusal
        body = (msg if status is HTTPStatus.BAD_REQUEST else f"{status.phrase}.").encode("ascii")
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: text/plain\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        if self.cycle is not None and not self.cycle.response_complete:  # it reads no more of it, and says nothing
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(head.encode("ascii") + body)
        # Closed while more comes in, a connection is reset and what was said on it is lost.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._await("refused", LINGER_SECONDS)

    def _refuse(self, status: HTTPStatus) -> None:
        self._refusal = status
        raise ValueError(status.phrase)  # the parser makes an error of its own of it, and uvicorn a refusal

    def _await(self, what: str, seconds: float) -> None:
        if not self._awaited:
            _unfinished[self._address] += 1
        elif self._clock:
            self._clock.cancel()
        self._awaited = what
        self._clock = self.loop.call_later(seconds, self._late, what)
        if _unfinished[self._address] > UNFINISHED:
            self.transport.abort()

    def _late(self, what: str) -> None:
        if self.flow.read_paused or (what == "body" and self._body >= BODY_BYTES):
            self._body = 0  # it is we who let it wait, or it comes fast enough
            self._await(what, BODY_SECONDS)
        elif what == "body":
            self.transport.abort()
        else:
            self.transport.close()

    def _settle(self) -> None:
        """Note that the request is whole, or that there will be none."""
        if self._clock:
            self._clock.cancel()
        if self._awaited:
            self._awaited = ""
            _unfinished[self._address] -= 1
            if not _unfinished[self._address]:
                del _unfinished[self._address]
