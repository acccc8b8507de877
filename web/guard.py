"""Stands before every route, page and file: finds out who asks, and turns everybody else away.

Knows paths and headers, not what a route does: what a signed-in actor may do is decided by `ragbox/auth.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ragbox.auth import Auth
from ragbox.errors import BadInput, NotPermitted, NotSignedIn, RagboxError
from ragbox.hosts import Hosts
from ragbox.types import Actor

from .problems import problem

COOKIE = "ragbox_session"
"""The session's; over https with the prefix __Host-, so that no other host of the domain can set one."""
OPEN = frozenset({"/healthz", "/readyz", "/login", "/login/oidc", "/login/oidc/back"})
"""What anybody may GET; matched whole, so nothing below them is open."""
FRONT = "/login"
"""To where anybody may POST, from its own page: another site's page must not sign somebody in as another."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SHUT = "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
PAGE = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; "
    f"img-src 'self' data: blob:; font-src 'self' data:; manifest-src 'self'; {_SHUT}"
)
"""What pages may load: nothing of other hosts, no script that stands in the page. `web/fence.py` adds to it."""
DATA = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""What anything else may load, opened as a page: nothing."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{right}=()"
        for right in ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")
    ),
}
LASTING = "max-age=31536000"
AGAIN = '<!doctype html><meta http-equiv="refresh" content="0"><title>ragbox</title>'


class Guard:
    """ASGI middleware; puts the Actor into `scope["state"]["actor"]`, None on the open paths.

    `scope["state"]["credentials"]` looks at them anew, for what takes long; it raises NotSignedIn once they ended.
    """

    def __init__(
        self, app: ASGIApp, *, auth: Auth, hosts: Hosts, lasting: bool = False,
        refused: Callable[[str, str], None] = lambda *_: None,
    ) -> None:  # fmt: skip
        """`lasting` tells browsers to use https alone for a year.

        `refused` is told of each token that was not valid: "token.refused", and the address that it came from.
        """
        self.app = app
        self._refused = refused
        self._auth = auth
        self._hosts = hosts
        self._lasting = lasting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        try:
            self._check_host(request)
            actor: Actor | None = None
            if _is_open(scope):
                _check_origin(request)
            else:
                actor = self._actor(request)
        except RagboxError as error:
            if isinstance(error, NotSignedIn) and "authorization" in request.headers:
                self._refused("token.refused", address(request))
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": str(error)[:100]})
            else:
                await _refusal(request, error)(scope, receive, self._hardened(send, scope))
            return
        scope.setdefault("state", {}).update(actor=actor, credentials=partial(self._actor, request))
        await self.app(scope, receive, self._hardened(send, scope))

    def _hardened(self, send: Send, scope: Scope) -> Send:
        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in [name for name in headers if name.startswith("access-control-")]:
                    del headers[name]  # Gradio's own: no other site's page has any business here
                headers.update(HEADERS)
                kind = headers.get("content-type", "").partition(";")[0]
                headers.setdefault("Content-Security-Policy", PAGE if kind == "text/html" else DATA)
                if self._lasting and scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = LASTING
                if kind in ("text/html", "application/json") or scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return hardened

    def _check_host(self, request: HTTPConnection) -> None:
        # A page of another site can point its own name at the box (DNS rebinding); its name gives it away.
        said = request.headers.getlist("host")
        if len(said) != 1 or not self._hosts.known(said[0]):
            raise BadInput(self._hosts.foreign(", ".join(said)[:100]))

    def _actor(self, request: HTTPConnection) -> Actor:
        # Two indexed reads of a local file, about 0.1 ms: a thread's round trip would cost more.
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme:
            if scheme.lower() != "bearer":
                raise NotSignedIn(f"{scheme!r} is not understood here. Send `Authorization: Bearer TOKEN`.")
            return self._auth.by_token(token.strip())
        if not session(request):
            raise NotSignedIn("Nobody is signed in. Send `Authorization: Bearer TOKEN`, or open a login link.")
        actor = self._auth.by_session(session(request))
        _check_origin(request)
        return actor


def address(request: HTTPConnection) -> str:
    """Return the address that a request comes from."""
    return request.client.host if request.client else ""


def cookie(request: HTTPConnection, name: str = COOKIE) -> str:
    """Return the name of a cookie, by default of the one that holds the session."""
    return f"__Host-{name}" if request.scope["scheme"] in ("https", "wss") else name


def session(request: HTTPConnection) -> str:
    """Return the session that a browser says it has, "" for none."""
    return request.cookies.get(cookie(request), "")


def _is_open(scope: Scope) -> bool:
    if scope["type"] != "http":
        return False
    method, path = scope["method"], scope["path"]
    return path in OPEN if method in ("GET", "HEAD") else (method, path) == ("POST", FRONT)


def _check_origin(request: HTTPConnection) -> None:
    if request.scope.get("method", "POST") not in SAFE and not _same_origin(request):
        raise NotPermitted("The request comes from another site's page. Use the box's own pages, or a token.")


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
