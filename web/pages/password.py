"""The page where one changes one's own password; it needs no script. Knows the form, not what a password may be."""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from ragbox.box import Box
from ragbox.errors import NotPermitted, NotSignedIn, Unavailable
from ragbox.types import Actor

from ..guard import address, session
from ..strings import say
from . import shell
from .login import LONGEST, field, page, refused, welcome

router = APIRouter(include_in_schema=False)


@router.get("/password")
def show(request: Request) -> Response:
    """Ask for the old and the new password."""
    return _page(request)


@router.post("/password")
def change(
    request: Request, new: Annotated[str, Form()] = "", again: Annotated[str, Form()] = "",
    old: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Change the password of who is signed in; their other sessions end."""
    box: Box = request.app.state.box
    actor = _who(request)
    new, again, old = new[:LONGEST], again[:LONGEST], old[:LONGEST]
    if new != again:
        return _page(request, 400, "password.differ")
    if fault := box.signin.passwords.fault(actor.name, new):
        return _page(request, 400, f"password.{fault}")
    try:
        opened = box.signin.change(actor.name, old, new, address=address(request), session=session(request))
    except NotSignedIn:
        return _page(request, 403, "password.wrong")
    except Unavailable as error:
        return refused(_page, request, error)
    return welcome(request, opened, "/password#done")


def _who(request: Request) -> Actor:
    actor: Actor = request.state.actor
    # The actor is the token's where both are sent, and the session may be another's.
    if "authorization" in request.headers or not session(request):
        raise NotPermitted("A token changes no password. Sign in with a browser, or run `ragbox user password NAME`.")
    return actor


def _page(request: Request, status: int = 200, problem: str = "", **values: object) -> Response:
    box: Box = request.app.state.box
    language, actor = shell.spoken(request), _who(request)
    values["least"] = box.settings.password_length
    told = f"<p class=problem role=alert>{say(language, problem, **values)}</p>" if problem else ""
    done = f"<p class=done id=done role=status>{say(language, 'password.done')}</p>"  # seen at /password#done only
    head = (
        f"<section lang={language}><h2>{say(language, 'password.title')}</h2>"
        f"<p class=note>{say(language, 'password.whose', name=escape(actor.name))}</p>"
    )
    if box.signin.belongs(actor.name):
        form = f"<p>{say(language, 'password.elsewhere')}</p>"
    else:
        asks = not box.signin.may_set(actor.name, session(request))
        form = told + done + _form(language, actor.name, values, asks=asks)
    back = f"<p><a href=/{language}/>{say(language, 'password.back')}</a></p></section>"
    title = f"{say(language, 'password.title')} · ragbox"
    return HTMLResponse(
        page(head + form + back, title=title, language=language, theme=shell.theme(request)), status
    )  # fmt: skip


def _form(language: str, name: str, values: dict[str, object], *, asks: bool) -> str:
    """Return the form; the name is for programs that keep passwords."""
    old = field(language, "password.old", "old", "current-password", focus=True)
    return (
        f'<form method=post action="/password"><input type=hidden autocomplete=username value="{escape(name)}">'
        + (old if asks else f"<p>{say(language, 'password.link')}</p>")
        + field(language, "password.new", "new", "new-password", focus=not asks)
        + field(language, "password.again", "again", "new-password")
        + f"<p class=note>{say(language, 'password.lead', **values)}</p>"
        f"<p><button class=wide>{say(language, 'password.set')}</button></p></form>"
    )
