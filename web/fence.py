"""Stands between the guard and Gradio: lets through what the pages use of it, and frames its pages.

Knows Gradio's paths and that its pages are HTML; what the frame looks like is `web/pages/shell.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from secrets import token_urlsafe

from anyio.to_thread import run_sync
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ragbox.box import Box
from ragbox.errors import NotFound

from .guard import PAGE
from .home import home
from .pages import shell
from .problems import problem

NEEDED = re.compile(
    r"/|/documents|/admin|/config/?|/theme\.css|/(assets|static|svelte)/.+|/favicon\.ico|/manifest\.json"
    r"|/gradio_api/(queue/(join|data)|cancel|reset|heartbeat/\w+|startup-events)"
)
"""What the pages use of Gradio. It has much more, some of it without a thought of who asks: files by path, uploads,
a proxy, recorded runs."""

_SCRIPT = re.compile(r"<script(?=[\s>])")


class Fence:
    """Lets through to Gradio only what the pages need, to the Admin page only admins and auditors; frames pages."""

    def __init__(self, app: ASGIApp, language: str, box: Box, contents: dict[str, str]) -> None:
        """`contents` is each page's own HTML by its name."""
        self.app = app
        self._contents = contents
        self._language = language
        self._box = box

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(f"/{self._language}")
        if scope["type"] != "http" or not NEEDED.fullmatch(path):
            await problem(NotFound(f"There is no {scope['path']}. /docs lists the routes."))(scope, receive, send)
            return
        name = next((name for name, at in shell.PAGES if path == f"/{at}"), None)
        if name is None:
            await self.app(scope, receive, send)
            return
        actor = scope["state"]["actor"]
        if name == "admin" and not self._box.auth.decide(actor, "audit", None).allowed:
            await RedirectResponse(f"/{self._language}/", 303)(scope, receive, send)
            return
        known = await run_sync(home, self._box, actor, self._language)
        theme = shell.theme(HTTPConnection(scope))
        nonce = token_urlsafe(16)
        dress = partial(
            shell.dress, language=self._language, name=name, home=known, content=self._contents[name], theme=theme
        )
        # A compressed page could not be read here.
        plain = {**scope, "headers": [h for h in scope["headers"] if h[0] != b"accept-encoding"]}
        # The nonce comes first: all that stands in the page then is Gradio's own.
        dressed = Dressed(send, {"Content-Security-Policy": _policy(nonce)}, lambda page: dress(_marked(page, nonce)))
        await self.app(plain, receive, dressed)


def _policy(nonce: str) -> str:
    return PAGE.replace("script-src 'self'", f"script-src 'self' 'nonce-{nonce}'")


def _marked(page: str, nonce: str) -> str:
    return _SCRIPT.sub(rf'<script nonce="{nonce}"', page)


class Dressed:
    """Holds a page back until it is whole, changes it, sends it on with more headers."""

    def __init__(self, send: Send, headers: dict[str, str], change: Callable[[str], str]) -> None:
        self._send = send
        self._headers = headers
        self._change = change
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":  # what a test client asks for beside the reply
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        if self._start["status"] == 200:
            self._body = self._change(self._body.decode()).encode()
            length = {"Content-Length": str(len(self._body))}
            MutableHeaders(scope=self._start).update(self._headers | length)
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": self._body})
