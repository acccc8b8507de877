"""Stands before every route, page and file: finds out who asks, and turns everybody else away.

Knows paths and headers, not what a route does: what a signed-in actor may do is decided by `ragbox/auth.py`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ragbox.auth import Auth
from ragbox.errors import BadInput, NotPermitted, NotSignedIn, RagboxError
from ragbox.types import Actor

from .problems import problem

COOKIE = "ragbox_session"
OPEN = frozenset({"/healthz", "/readyz", "/login"})
"""What anybody may GET; matched whole, so nothing below them is open."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    # Gradio's page is built by inline scripts and evaluates its templates; nothing may come from another host.
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
AGAIN = '<!doctype html><meta http-equiv="refresh" content="0"><title>ragbox</title>'


class Guard:
    """ASGI middleware; puts the Actor into `scope["state"]["actor"]`, None on the open paths.

    `scope["state"]["credentials"]` looks at them anew, for what takes long; it raises NotSignedIn once they ended.
    """

    def __init__(
        self, app: ASGIApp, *, auth: Auth, host: str, refused: Callable[[str, str], None] = lambda *_: None
    ) -> None:
        """`refused` is told of each token that was not valid: "token.refused", and the address that it came from."""
        self.app = app
        self._refused = refused
        self._auth = auth
        self._loopback = _is_loopback(host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        try:
            self._check_host(request)
            actor = None if _is_open(scope) else self._actor(request)
        except RagboxError as error:
            if isinstance(error, NotSignedIn) and "authorization" in request.headers:
                self._refused("token.refused", address(request))
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": str(error)[:100]})
            else:
                await _refusal(request, error)(scope, receive, _hardened(send, scope))
            return
        scope.setdefault("state", {}).update(actor=actor, credentials=partial(self._actor, request))
        await self.app(scope, receive, _hardened(send, scope))

    def _check_host(self, request: HTTPConnection) -> None:
        # A page of another site can point its own name at 127.0.0.1 (DNS rebinding); its name gives it away.
        if self._loopback and not _is_loopback(_hostname(request.headers.get("host", ""))):
            raise BadInput(
                f"This box answers on this machine only, not as {request.headers.get('host', '')!r}. "
                "Open it as 127.0.0.1, or let it listen on the network's address (RAGBOX_HOST)."
            )

    def _actor(self, request: HTTPConnection) -> Actor:
        # Two indexed reads of a local file, about 0.1 ms: a thread's round trip would cost more.
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme:
            if scheme.lower() != "bearer":
                raise NotSignedIn(f"{scheme!r} is not understood here. Send `Authorization: Bearer TOKEN`.")
            return self._auth.by_token(token.strip())
        session = request.cookies.get(COOKIE)
        if session is None:
            raise NotSignedIn("Nobody is signed in. Send `Authorization: Bearer TOKEN`, or open a login link.")
        actor = self._auth.by_session(session)
        if request.scope.get("method", "POST") not in SAFE and not _same_origin(request):
            raise NotPermitted("The request comes from another site's page. Use the box's own pages, or a token.")
        return actor


def address(request: HTTPConnection) -> str:
    """Return the address that a request comes from."""
    return request.client.host if request.client else ""


def _is_open(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and scope["path"] in OPEN


def _same_origin(request: HTTPConnection) -> bool:
    # Browsers send Sec-Fetch-Site over https and on this machine, Origin with every POST; a page can forge neither.
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("origin", "")).netloc
    return origin != "" and origin == request.headers.get("host")


def _refusal(request: HTTPConnection, error: RagboxError) -> Response:
    wants_page = (
        request.scope["method"] in ("GET", "HEAD")
        and "text/html" in request.headers.get("accept", "")
        and not request.scope["path"].startswith("/api/")
    )
    if not (isinstance(error, NotSignedIn) and wants_page):
        return problem(error, path=request.scope["path"])
    if request.headers.get("sec-fetch-site") == "cross-site":
        # Someone followed a link of another site: the browser kept the strict cookie back. Asked again by this
        # page, it sends it; and then the request is no longer cross-site, so this happens once.
        return HTMLResponse(AGAIN)
    return RedirectResponse("/login", 303)


def _hardened(send: Send, scope: Scope) -> Send:
    async def hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            kept = headers.get("content-type", "").startswith(("text/html", "application/json"))
            if kept or scope["path"].startswith("/api/"):
                headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return hardened


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
