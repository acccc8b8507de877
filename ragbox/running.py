"""Starts servers: the one that people use, and the short-lived one inside a command. Knows uvicorn and threads."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from . import certificate, logs, silence
from .certificate import Certificate
from .client import Client
from .errors import Conflict, Unavailable
from .owner import Address, find, on_this_machine
from .settings import Settings

if TYPE_CHECKING:
    import uvicorn

    from .box import Box

STOP_SECONDS = 60
"""How long a command waits for its own server to end: requests under way have 5 s, the rest is a busy machine."""


def serve(settings: Settings, ready: Callable[[str, str, str], None]) -> None:
    """Serve until interrupted; calls `ready(url, one-time token, fingerprint)` when questions are answered.

    The fingerprint is that of a certificate that the box made for itself, else "".

    Raises:
        BadInput: the certificate or its key cannot be used.
        Conflict: the data folder or the port is taken.
    """
    silence.keep()
    # uvicorn stops in peace, then raises the signal again: without a handler the process would end there, unclosed. And
    # with asyncio's for Ctrl-C the interrupt once landed in a destructor, which swallows it: the server went on.
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, lambda *_: sys.exit(0))
    from .box import Box

    listener = _listen(settings.host, settings.port)
    box = Box(settings)
    try:
        box.open()
        secure = certificate.of(settings) if settings.https else None
        if secure:
            secure.load()
        url = on_this_machine(settings.host, listener.getsockname()[1], https=secure is not None)
        pinned = str(secure.path.absolute()) if secure else ""
        failure: list[BaseException] = []
        server: uvicorn.Server | None = None
        built = threading.Event()

        def load() -> None:
            try:
                box.load()
                box.mirror.start()
                box.sweep.start()
                box.directory.recheck.start()
                built.wait()  # a link is of no use before there are pages
                box.owner.announce(Address(url=url, token=box.auth.local_token(), certificate=pinned))
                ready(url, box.auth.new_login("admin"), secure.facts().fingerprint if secure and secure.own else "")
                box.privacy.load()  # the rules, 5 s
                box.sparse.names("预热")  # loads the Chinese dictionary, 0.7 s, before the first question needs it
                box.privacy.learn(box.catalogue.names(), lambda: server is not None and server.should_exit)
            except BaseException as error:
                failure.append(error)
                if server is not None:
                    server.should_exit = True

        # Models load while the pages are imported: on two cores that saves about a third of the start.
        loading = threading.Thread(target=load, name="load", daemon=True)
        server = _server(box, pages=True, prepare=loading.start, secure=secure)
        built.set()
        if failure:
            server.should_exit = True
        server.run(sockets=[listener])
        loading.join()
        if failure:
            raise failure[0]
    finally:
        box.close()
        logs.remove()
        listener.close()


@contextmanager
def connect(settings: Settings, *, load: bool = True, start: bool = True) -> Iterator[Client]:
    """Yield a client of the folder's server, or of one started in this process for the time being.

    Raises:
        Conflict: another command owns the folder just now.
        Unavailable: no server runs, and `start` says not to start one.
    """
    silence.keep()
    if address := find(settings.data):
        with Client(address) as client:
            yield client
        return
    if not start:
        raise Unavailable(
            f"No server is ready on the data folder {settings.data}, so a link would lead nowhere. "
            "Start one with `ragbox serve`: it prints a link itself, and this command makes more."
        )
    from .box import Box

    box = Box(settings)
    try:
        box.open()
    except BaseException:  # a command that goes on, as tests do, is not to find the folder taken by itself
        box.close()
        raise
    listener = _listen("127.0.0.1", 0)
    server = _server(box, pages=False)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="server", daemon=True)
    try:
        if load:
            box.load()
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with Client(Address(url=url, token=box.auth.local_token())) as client:
            yield client
    finally:
        server.should_exit = True
        if thread.ident is not None:
            thread.join(STOP_SECONDS)
        box.close()
        logs.remove()
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=128)
    except OSError as error:
        raise Conflict(
            f"Cannot listen on {host}:{port}: {error.strerror}. Stop what listens there, or choose with --port."
        ) from error


def _server(
    box: Box, *, pages: bool, prepare: Callable[[], None] = lambda: None, secure: Certificate | None = None
) -> uvicorn.Server:
    import uvicorn

    from web.app import create_app

    from .connection import Connection

    # Our own lines of the log go to stderr too, not only to the Admin page.
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # It advises at each start to install what downloads code; nothing here goes by it.
    logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
    logs.install(box.privacy.logged)
    prepare()
    config = uvicorn.Config(
        create_app(box, pages=pages), log_level=logging.WARNING, access_log=False, server_header=False,
        timeout_graceful_shutdown=5, http=Connection, ws="none",
        ssl_context_factory=(lambda *_: secure.context()) if secure else None,
    )  # fmt: skip
    logs.install(box.privacy.logged)  # uvicorn's own handlers too, which the line above has made
    return uvicorn.Server(config)
