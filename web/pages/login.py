"""Signing in and out: plain pages that need no script. Knows one-time links and the session cookie."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ragbox.box import Box
from ragbox.errors import NotSignedIn

from ..guard import COOKIE
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
.problem {{ padding: 12px 16px; border-radius: 8px; background: var(--bad-wash); color: var(--bad); }}
</style></head><body><main><h1>{mark}ragbox</h1>{body}</main></body></html>"""


def page(body: str, *, title: str, language: str = "en", theme: str = "", width: str = "30rem") -> str:
    """Return a page that needs no script and nobody signed in, in the colours of all others."""
    return PAGE.format(
        body=body, title=title, language=language, theme=theme, width=width, tokens=shell.TOKENS, mark=MARK
    )


@router.get("/login")
def login(request: Request, token: str = "") -> Response:
    """Trade a one-time link for a session; without one, tell how to get it."""
    box: Box = request.app.state.box
    failed = False
    if token:
        try:
            session = box.auth.sign_in(token)
        except NotSignedIn:
            failed = True
        else:
            if former := request.cookies.get(COOKIE):
                box.auth.sign_out(former)
            reply = RedirectResponse("/", 303)
            reply.set_cookie(
                COOKIE, session, max_age=int(box.settings.login_hours * 3600), path="/", httponly=True,
                samesite="strict", secure=request.url.scheme == "https",
            )  # fmt: skip
            return reply
    first = shell.spoken(request)
    others = [name for name in LANGUAGES if name != first]
    body = _section(first, "first", failed=failed) + "".join(_section(name, "other") for name in others)
    title = f"{say(first, 'login.title')} · ragbox"
    return HTMLResponse(page(body, title=title, language=first, theme=shell.theme(request)), 401 if failed else 200)


@router.post("/logout")
def logout(request: Request) -> Response:
    """End the session."""
    box: Box = request.app.state.box
    box.auth.sign_out(request.cookies.get(COOKIE, ""))
    reply = RedirectResponse("/login", 303)
    reply.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return reply


def _section(language: str, kind: str, *, failed: bool = False) -> str:
    problem = f"<p class=problem role=alert>{say(language, 'login.failed')}</p>" if failed else ""
    return (
        f"<section lang={language} class={kind}><h2>{say(language, 'login.title')}</h2>"
        f"{problem}<p>{say(language, 'login.how')}</p><p><code>ragbox user login NAME</code></p></section>"
    )
