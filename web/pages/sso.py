"""Signing in by the company's identity provider: the way there and the way back. Knows the cookie, not the protocol."""

from __future__ import annotations

import logging
from html import escape

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ragbox.box import Box
from ragbox.directory.oidc import LIFE_SECONDS
from ragbox.errors import Busy, NotSignedIn, RagboxError, Unavailable

from ..guard import AGAIN, address, cookie, session
from . import login

router = APIRouter(include_in_schema=False)
START, BACK = "/login/oidc", "/login/oidc/back"
COOKIE = "ragbox_oidc"
"""Holds a sign-in that has begun. Lax, as the provider's page sends the browser back; the session's own is strict.

Over https with the prefix __Host- (so for the whole box): no other host of the domain can set one, and have somebody
sign in as another."""
_log = logging.getLogger(__name__)


@router.get(START)
def start(request: Request, next: str = "/") -> Response:
    """Send the browser to the provider, to come back and go on to the page `next` of the box."""
    box: Box = request.app.state.box
    try:
        begun = box.directory.oidc.begin(_back(request), next)
    except RagboxError as error:
        return _failed(request, error)
    reply = RedirectResponse(begun.url, 303)
    reply.set_cookie(
        cookie(request, COOKIE), begun.cookie, max_age=LIFE_SECONDS, path="/", httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return reply


@router.get(BACK)
def back(request: Request) -> Response:
    """Open a session for whom the provider vouches for."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        return HTMLResponse(AGAIN)  # the browser kept the session's cookie back, which ends with the new session
    box: Box = request.app.state.box
    name = cookie(request, COOKIE)
    try:
        who, page = box.directory.oidc.finish(request.query_params, request.cookies.get(name, ""), _back(request))
        actor = box.directory.admit(who)
        opened = box.signin.open(actor.name, who.source, address=address(request), former=session(request))
        reply = login.welcome(request, opened, page)
    except RagboxError as error:
        reply = _failed(request, error)
    if name in request.cookies:
        reply.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return reply


def _back(request: Request) -> str:
    box: Box = request.app.state.box
    return (box.settings.oidc_url or str(request.base_url)).rstrip("/") + BACK


def _failed(request: Request, error: RagboxError) -> Response:
    """Return the page to sign in on with what went wrong; details are for the log, as others may have caused them."""
    box: Box = request.app.state.box
    provider = box.settings.oidc_name
    _log.warning("somebody was not signed in by %s: %s", provider, error)
    if isinstance(error, Busy):
        return login.front(request, error.http_status, "login.busy")
    if isinstance(error, NotSignedIn):
        words, status = "login.oidc.failed", 401
    elif error.http_status in (403, 404, 409):
        words, status = "login.oidc.out", 403
    else:
        words, status = "login.oidc.down", Unavailable.http_status
    if status < 500:
        box.audit.refusals.add("session.refused", address(request))
    return login.front(request, status, words, provider=escape(provider))
