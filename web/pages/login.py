"""Signing in and out: plain pages that need no script. Knows one-time links and the session cookie."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ragbox.box import Box
from ragbox.errors import NotSignedIn

from ..guard import COOKIE
from ..strings import LANGUAGES, preferred, say

router = APIRouter(include_in_schema=False)

PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>ragbox</title><link rel="icon" href="data:,"><style>
:root {{ color-scheme: light dark; --paper: #faf9f6; --ink: #22262a; --quiet: #6a6f73; --line: #e3e0d8; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --paper: #17191b; --ink: #e4e2dc; --quiet: #9a9c9b; --line: #303438; }} }}
body {{ margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.65 system-ui, -apple-system, "Segoe UI",
  "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }}
main {{ max-width: 30rem; margin: 18vh auto 0; padding: 0 2rem; }}
h1 {{ font-size: 1.1rem; letter-spacing: .02em; margin: 0 0 2rem; }}
h2 {{ font-size: 1rem; font-weight: 600; margin: 0; }}
section {{ border-top: 1px solid var(--line); padding: 1.2rem 0; }}
code {{ background: color-mix(in srgb, var(--ink) 7%, transparent); padding: .25em .5em; border-radius: 5px; }}
.problem {{ color: #a8442f; }}
</style></head><body><main><h1>ragbox</h1>{body}</main></body></html>"""


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
    first = preferred(request.headers.get("accept-language", ""))
    languages = [first, *(name for name in LANGUAGES if name != first)]
    body = "".join(_section(language, failed=failed) for language in languages)
    return HTMLResponse(PAGE.format(language=first, body=body), 401 if failed else 200)


@router.post("/logout")
def logout(request: Request) -> Response:
    """End the session."""
    box: Box = request.app.state.box
    box.auth.sign_out(request.cookies.get(COOKIE, ""))
    reply = RedirectResponse("/login", 303)
    reply.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return reply


def _section(language: str, *, failed: bool) -> str:
    problem = f"<p class=problem>{say(language, 'login.failed')}</p>" if failed else ""
    return (
        f"<section lang={language}><h2>{say(language, 'login.title')}</h2>{problem}<p>{say(language, 'login.how')}</p>"
        "<p><code>ragbox user login NAME</code></p></section>"
    )
