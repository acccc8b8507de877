"""A server of OpenAI's chat API that fails as the test tells it to; on this machine, one thread a connection."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ragbox.engines.remote import RemoteModel
from ragbox.generation import Delta

from .fake_model import words
from .model_contract import ask, write

LONGEST = 60.0
"""Seconds that a handler hangs at most: a test that fails does not wait for ever."""


class Call:
    """One request and the connection it came by."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        connection.settimeout(LONGEST)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        self.method, self.path, _ = first.split(" ")
        self.headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
        while len(body) < int(self.headers.get("content-length", 0)):
            body += self._more()
        self.body: dict[str, Any] = json.loads(body or b"{}")

    def _more(self) -> bytes:
        if not (piece := self._connection.recv(1 << 16)):
            raise ConnectionError
        return piece

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self._connection.sendall(piece)

    def head(self, status: int = 200, **headers: str) -> None:
        """Send a head; the body ends where the connection does."""
        given = {"Content-Type": "text/event-stream", "Connection": "close"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        lines = [f"HTTP/1.1 {status} Told", *(f"{name}: {value}" for name, value in given.items()), "", ""]
        self.send("\r\n".join(lines).encode())

    def event(self, text: str = "", *, reason: str | None = None, **rest: Any) -> None:
        """Send a piece of an answer."""
        delta = rest.pop("delta", {"content": text})
        choices = [{"index": 0, "delta": delta, "finish_reason": reason}]
        made = {"object": "chat.completion.chunk", "choices": choices, **rest}
        self.send(f"data: {json.dumps(made, ensure_ascii=False)}\n\n".encode())

    def json(self, status: int, made: object, **headers: str) -> None:
        self.head(status, Content_Type="application/json", **headers)
        self.send(json.dumps(made).encode())

    def hang(self) -> None:
        """Wait until the client goes away."""
        with suppress(OSError, ConnectionError):
            self._more()


Handler = Callable[[Call], None]


def echo(call: Call) -> None:
    """Say the last message again, a word at a time, as a good server does."""
    asked = call.body
    said = asked["messages"][-1]["content"]
    cut = min([len(said), *(at for stop in asked.get("stop", ()) if (at := said.find(stop)) >= 0)])
    found = words(said[:cut])
    call.head()
    call.event(delta={"role": "assistant", "content": ""})
    for word in found[: asked["max_tokens"]]:
        call.event(word)
        time.sleep(0.002)
    call.event(reason="length" if len(found) > asked["max_tokens"] else "stop")
    prompt = sum(len(words(m["content"])) for m in asked["messages"])
    usage = {"prompt_tokens": prompt, "completion_tokens": min(len(found), asked["max_tokens"])}
    call.send(f"data: {json.dumps({'choices': [], 'usage': usage})}\n\ndata: [DONE]\n\n".encode())


class ChatServer:
    """`script` holds what each further chat is answered with, `otherwise` what comes after; `calls` what was asked."""

    def __init__(self, *script: Handler, otherwise: Handler = echo) -> None:
        self.script, self.otherwise = list(script), otherwise
        self.models: list[dict[str, Any]] = [{"id": "tiny", "object": "model"}]
        self.look: Handler = lambda call: call.json(200, {"object": "list", "data": self.models})
        self.calls: list[Call] = []
        self.gone: list[float] = []
        """When each chat's connection was over."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(LONGEST)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            call = Call(connection)
            if call.path.endswith("/models"):
                self.look(call)
                return
            self.calls.append(call)
            try:
                (self.script.pop(0) if self.script else self.otherwise)(call)
            finally:
                self.gone.append(time.monotonic())


@contextmanager
def serving(*script: Handler, otherwise: Handler = echo) -> Iterator[ChatServer]:
    """Run a server for as long as the block takes."""
    server = ChatServer(*script, otherwise=otherwise)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def loaded(*servers: ChatServer, **options: Any) -> Iterator[RemoteModel]:
    """Run a model behind these servers."""
    model = RemoteModel([s.url for s in servers], **({"model": "tiny", "timeout": 5.0} | options))
    model.load()
    try:
        yield model
    finally:
        model.close()


def answered(server: ChatServer, **options: Any) -> list[Delta]:
    """Return what comes of asking a model behind this server to say "one two three"."""
    with loaded(server, **options) as model:
        return write(model, ask("one two three"))


def fails(status: int, words: str = "it broke", **headers: str) -> Handler:
    """Return what answers with this status."""
    return lambda call: call.json(status, {"error": {"message": words}}, **headers)
