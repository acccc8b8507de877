"""Signing in and out: plain pages that need no script. Knows one-time links and the session cookie."""

from __future__ import annotations

from contextlib import suppress
from html import escape
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ragbox.box import Box
from ragbox.errors import NotSignedIn

from ..guard import AGAIN, COOKIE, address
from ..strings import LANGUAGES, say
from . import shell

router = APIRouter(include_in_schema=False)

MARK = (
    '<svg viewBox="0 0 32 32" width="36" height="36" aria-hidden="true">'
    '<rect width="32" height="32" rx="7" fill="#22605c"/>'
    '<path d="M9 9h14M9 15h14M9 21h8" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/></svg>'
)
PAGE = """<!doctype html>
<html lang="{language}"{theme}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="icon" href="data:,"><style>{tokens}
body {{ margin: 0; min-height: 100vh; background: var(--paper); color: var(--ink); font: var(--body)/1.6 var(--sans); }}
main {{ max-width: {width}; margin: 0 auto; padding: clamp(24px, 12vh, 140px) 24px 48px; }}
h1 {{ display: flex; align-items: center; gap: 12px; margin: 0 0 28px; font-size: var(--large); font-weight: 650; }}
h2 {{ margin: 0 0 6px; font-size: var(--large); font-weight: 600; }}
p {{ margin: 0 0 14px; }}
section {{ padding: 26px 28px 14px; border: 1px solid var(--line); border-radius: 14px; background: var(--card); }}
section + section {{ margin-top: 14px; }}
section.other {{ padding: 12px 28px 0; border: 0; background: none; color: var(--quiet); font-size: var(--small); }}
section.other h2 {{ font-size: var(--small); }}
code {{ padding: .25em .55em; border-radius: 6px; background: var(--sunk); font: .9em var(--mono); }}
code, li {{ overflow-wrap: anywhere; }}
a {{ color: var(--accent); }}
button {{ padding: 9px 18px; border: 0; border-radius: 8px; font: inherit; }}
button {{ background: var(--accent); color: var(--on-accent); cursor: pointer; }}
.problem {{ padding: 12px 16px; border-radius: 8px; background: var(--bad-wash); color: var(--bad); }}
#ended:not(:target) {{ display: none; }}
</style></head><body><main><h1>{mark}ragbox</h1>{body}</main></body></html>"""


def page(body: str, *, title: str, language: str = "en", theme: str = "", width: str = "30rem") -> str:
    """Return a page that needs no script and nobody signed in, in the colours of all others."""
    return PAGE.format(
        body=body, title=title, language=language, theme=theme, width=width, tokens=shell.TOKENS, mark=MARK
    )


@router.get("/login")
def login(request: Request, token: str = "") -> Response:
    """Trade a one-time link for a session, having asked where another person is signed in; without one, tell how."""
    if token and COOKIE not in request.cookies and request.headers.get("sec-fetch-site") == "cross-site":
        return HTMLResponse(AGAIN)  # the browser kept the strict cookie back, if it has one
    return _trade(request, token, agreed=False)


@router.post("/login")
def switch(request: Request, token: Annotated[str, Form()]) -> Response:
    """Trade a one-time link for a session in place of another person's."""
    return _trade(request, token, agreed=True)


@router.post("/logout")
def logout(request: Request) -> Response:
    """End the session."""
    box: Box = request.app.state.box
    session = request.cookies.get(COOKIE, "")
    with box.db.write():
        with suppress(NotSignedIn):
            box.audit.note(box.auth.by_session(session).name, "session.close", address=address(request))
        box.auth.sign_out(session)
    reply = RedirectResponse("/login", 303)
    reply.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return reply


def _trade(request: Request, token: str, *, agreed: bool) -> Response:
    box: Box = request.app.state.box
    former, present = request.cookies.get(COOKIE, ""), None
    with suppress(NotSignedIn):
        present = box.auth.by_session(former)
    with suppress(NotSignedIn):
        invited = box.auth.by_login(token)
        if not agreed and present is not None and present.name != invited.name:
            return HTMLResponse(_question(request, present.name, invited.name, token))
        with box.db.write():
            session = box.auth.sign_in(token)
            box.audit.note(invited.name, "session.open", address=address(request))
            box.auth.sign_out(former)
        reply = RedirectResponse("/", 303)
        reply.set_cookie(
            COOKIE, session, max_age=int(box.settings.login_hours * 3600), path="/", httponly=True,
            samesite="strict", secure=request.url.scheme == "https",
        )  # fmt: skip
        return reply
    if token:
        box.audit.refusals.add("session.refused", address(request))
    first = shell.spoken(request)
    others = [name for name in LANGUAGES if name != first]
    ended = f"<p class=problem id=ended role=alert>{say(first, 'login.ended')}</p>"  # seen at /login#ended only
    body = ended + _section(first, "first", failed=bool(token)) + "".join(_section(name, "other") for name in others)
    title = f"{say(first, 'login.title')} · ragbox"
    return HTMLResponse(page(body, title=title, language=first, theme=shell.theme(request)), 401 if token else 200)


def _question(request: Request, present: str, invited: str, token: str) -> str:
    language, names = shell.spoken(request), {"present": escape(present), "invited": escape(invited)}
    body = (
        f"<section><h2>{say(language, 'login.other', **names)}</h2><p>{say(language, 'login.switch', **names)}</p>"
        f'<form method=post action="/login"><input type=hidden name=token value="{escape(token)}">'
        f"<p><button>{say(language, 'login.go', **names)}</button></p></form>"
        f"<p><a href=/>{say(language, 'login.stay', **names)}</a></p></section>"
    )
    title = f"{say(language, 'login.title')} · ragbox"
    return page(body, title=title, language=language, theme=shell.theme(request))


def _section(language: str, kind: str, *, failed: bool = False) -> str:
    problem = f"<p class=problem role=alert>{say(language, 'login.failed')}</p>" if failed else ""
    return (
        f"<section lang={language} class={kind}><h2>{say(language, 'login.title')}</h2>"
        f"{problem}<p>{say(language, 'login.how')}</p><p><code>ragbox user login NAME</code></p></section>"
    )
