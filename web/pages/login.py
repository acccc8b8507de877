"""Signing in and out: plain pages that need no script. Knows passwords as typed, one-time links, the session cookie."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from html import escape
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ragbox.box import Box
from ragbox.errors import Busy, NotSignedIn, Unavailable
from ragbox.signin import Opened

from ..guard import AGAIN, address, cookie, session
from ..strings import LANGUAGES, say
from . import shell

router = APIRouter(include_in_schema=False)

Show = Callable[..., Response]
LONGEST = 2000
"""Most characters of a name or password that are looked at: more than either may have."""
BRIEF = 5
"""Seconds after which to try again where others are just being let in, not where one tried too often."""
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
h1 a {{ margin-left: auto; font-size: var(--small); font-weight: 400; }}
h2 {{ margin: 0 0 6px; font-size: var(--large); font-weight: 600; }}
h2 + form {{ margin-top: 16px; }}
p {{ margin: 0 0 14px; }}
section {{ padding: 26px 28px 14px; border: 1px solid var(--line); border-radius: 14px; background: var(--card); }}
section + section {{ margin-top: 14px; }}
section.other {{ padding: 12px 28px 0; border: 0; background: none; color: var(--quiet); font-size: var(--small); }}
code {{ padding: .25em .55em; border-radius: 6px; background: var(--sunk); font: .9em var(--mono); }}
code, li, h2, .note {{ overflow-wrap: anywhere; }}
a {{ color: var(--accent); }}
label {{ display: block; margin: 0 0 4px; font-size: var(--small); color: var(--quiet); }}
input {{ width: 100%; box-sizing: border-box; margin: 0 0 16px; padding: 9px 12px; border: 1px solid var(--edge); }}
input {{ border-radius: 8px; background: var(--card); color: var(--ink); font: inherit; }}
button {{ padding: 9px 18px; border: 0; border-radius: 8px; font: inherit; }}
button {{ background: var(--accent); color: var(--on-accent); cursor: pointer; }}
button:hover {{ background: var(--accent-strong); }}
.wide {{ width: 100%; }}
.button {{ display: block; padding: 8px 18px; border: 1px solid var(--edge); border-radius: 8px; text-align: center; }}
.button {{ color: var(--ink); text-decoration: none; overflow-wrap: anywhere; }}
.button:hover {{ border-color: var(--accent); color: var(--accent); }}
.or {{ display: flex; align-items: center; gap: 12px; color: var(--quiet); font-size: var(--small); }}
.or::before, .or::after {{ content: ""; flex: 1; border-top: 1px solid var(--line); }}
.note {{ color: var(--quiet); font-size: var(--small); }}
:is(input, button, a):focus-visible {{ outline: 2px solid var(--accent); outline-offset: 2px; }}
.problem, .done {{ padding: 12px 16px; border-radius: 8px; }}
.problem {{ background: var(--bad-wash); color: var(--bad); }}
.done {{ background: var(--wash); color: var(--accent-strong); }}
:is(#ended, #done):not(:target) {{ display: none; }}
</style></head><body><main><h1>{mark}ragbox{beside}</h1>{body}</main></body></html>"""


def page(
    body: str, *, title: str, language: str = "en", theme: str = "", width: str = "30rem", beside: str = ""
) -> str:
    """Return a page that needs no script and nobody signed in, in the colours of all others."""
    return PAGE.format(
        body=body, title=title, language=language, theme=theme, width=width, tokens=shell.TOKENS, mark=MARK,
        beside=beside,
    )  # fmt: skip


@router.get("/login")
def login(request: Request, token: str = "", language: str = "") -> Response:
    """Trade a one-time link for a session, having asked where another person is signed in; without one, ask who."""
    if token and not session(request) and request.headers.get("sec-fetch-site") == "cross-site":
        return HTMLResponse(AGAIN)  # the browser kept the strict cookie back, if it has one
    if token:
        return _trade(request, token, agreed=False)
    if language in LANGUAGES:
        chosen = RedirectResponse("/login", 303)
        chosen.set_cookie("ragbox_language", language, max_age=31_536_000, path="/", samesite="lax")
        return chosen
    return front(request)


@router.post("/login")
def enter(
    request: Request, token: Annotated[str, Form()] = "", name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Open a session by a name and a password, or by a one-time link in place of another person's session."""
    if token:
        return _trade(request, token, agreed=True)
    name = name.strip()[:LONGEST]
    if not name or not password:
        return front(request, 400, "login.empty", name=name)
    box: Box = request.app.state.box
    try:
        opened = box.signin.by_password(
            name, password[:LONGEST], address=address(request), former=session(request)
        )  # fmt: skip
    except (NotSignedIn, Unavailable) as error:
        return refused(front, request, error, name=name)
    return welcome(request, opened)


@router.post("/logout")
def logout(request: Request) -> Response:
    """End the session."""
    box: Box = request.app.state.box
    former = session(request)
    with box.db.write():
        with suppress(NotSignedIn):
            box.audit.note(box.auth.by_session(former).name, "session.close", address=address(request))
        box.auth.sign_out(former)
    reply = RedirectResponse("/login", 303)
    reply.delete_cookie(
        cookie(request), path="/", httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    return reply


def welcome(request: Request, opened: Opened, to: str = "/") -> Response:
    """Return the reply that gives the browser its new session and leads to a page of the box."""
    box: Box = request.app.state.box
    reply = RedirectResponse(to, 303)
    reply.set_cookie(
        cookie(request), opened.session, max_age=int(box.settings.login_hours * 3600), path="/", httponly=True,
        samesite="strict", secure=request.url.scheme == "https",
    )  # fmt: skip
    return reply


def refused(show: Show, request: Request, error: NotSignedIn | Unavailable, **shown: str) -> Response:
    """Return a page again with why the password was not taken: the same words whether there is such a user."""
    if isinstance(error, Busy):
        key = "login.often" if error.retry_after > BRIEF else "login.busy"
        reply = show(request, error.http_status, key, minutes=-(-error.retry_after // 60), **shown)
        reply.headers["Retry-After"] = str(error.retry_after)
        return reply
    return show(request, error.http_status, "login.wrong" if isinstance(error, NotSignedIn) else "login.busy", **shown)


def front(request: Request, status: int = 200, problem: str = "", *, name: str = "", **values: object) -> Response:
    """Return the page to sign in on, with what went wrong (a key of the texts) and the name that was typed."""
    first = shell.spoken(request)
    told = f"<p class=problem role=alert>{say(first, problem, **values)}</p>" if problem else ""
    form = (
        f"<section lang={first}><h2>{say(first, 'login.title')}</h2>{told}"
        '<form method=post action="/login">'
        + field(first, "login.name", "name", "username", value=name, focus=not name)
        + field(first, "login.password", "password", "current-password", focus=bool(name))
        + f"<p><button class=wide>{say(first, 'login.enter')}</button></p></form>{_provider(request, first)}</section>"
    )
    ended = f"<p class=problem id=ended role=alert>{say(first, 'login.ended')}</p>"  # seen at /login#ended only
    beside = "".join(
        f'<a href="/login?language={one}" lang={one}>{told}</a>' for one, told in LANGUAGES.items() if one != first
    )
    return HTMLResponse(
        page(
            ended + form + _how(first), beside=beside, language=first,
            title=f"{say(first, 'login.title')} · ragbox", theme=shell.theme(request),
        ), status,
    )  # fmt: skip


def _provider(request: Request, language: str) -> str:
    """Return the way to the company's identity provider, if one is set: a link, as forms lead to the box alone."""
    settings = request.app.state.box.settings
    if not settings.oidc_issuer:
        return ""
    words = say(language, "login.oidc", provider=escape(settings.oidc_name))
    return f'<p class=or>{say(language, "login.or")}</p><p><a class=button href="/login/oidc">{words}</a></p>'


def field(language: str, label: str, name: str, fills: str, *, value: str = "", focus: bool = False) -> str:
    """Return an input with its label; `fills` is what browsers may fill it with."""
    kind = "text" if fills == "username" else "password"
    return (
        f"<label for={name}>{say(language, label)}</label><input id={name} name={name} type={kind} "
        f'autocomplete={fills} autocapitalize=none spellcheck=false required value="{escape(value)}"'
        f"{' autofocus' if focus else ''}>"
    )


def _trade(request: Request, token: str, *, agreed: bool) -> Response:
    box: Box = request.app.state.box
    former, present = session(request), None
    with suppress(NotSignedIn):
        present = box.auth.by_session(former)
    try:
        invited = box.auth.by_login(token)
        if not agreed and present is not None and present.name != invited.name:
            return HTMLResponse(_question(request, present.name, invited.name, token))
        return welcome(request, box.signin.by_link(token, address=address(request), former=former))
    except NotSignedIn:
        box.audit.refusals.add("session.refused", address(request))
        return front(request, 401, "login.failed")


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


def _how(language: str) -> str:
    return (
        f"<section lang={language} class=other><p>{say(language, 'login.how')}</p>"
        "<p><code>ragbox user login NAME</code></p></section>"
    )
