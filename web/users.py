"""The HTTP API's routes for people: list, add and remove them, hand out their tokens and sign-in links.

All are for admins; what else an admin may do is decided in `ragbox/auth.py`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import Field

from ragbox.box import Box
from ragbox.credentials import TOKEN_DAYS
from ragbox.owner import from_elsewhere
from ragbox.passwords import MOST_BYTES
from ragbox.types import Actor

from .api import ADMINS_ONLY, Body, Json, OpenBox

router = APIRouter(dependencies=ADMINS_ONLY)


class NewUser(Body):
    """A user to be."""

    name: str = Field(max_length=63)
    role: str = Field("reader", description="admin, editor, reader or auditor.")
    collections: list[str] = Field([], max_length=1000, description='Granted collections; "*" for all.')


class NewToken(Body):
    """A token to be."""

    days: int | None = Field(TOKEN_DAYS, ge=1, le=3650, description="Days it works; null: until it is revoked.")
    scope: str = Field("admin", description="ask, read, write, or admin for all that its user may.")


class Source(Body):
    """Where a user comes from."""

    source: Literal["ldap", "oidc", ""] = Field(description='The directory, the provider, or "" for neither.')


class NewPassword(Body):
    """A password to be."""

    password: str = Field(max_length=MOST_BYTES, repr=False)


@router.get("/api/users")
def users(box: OpenBox) -> Json:
    """List people with their roles and what is granted to them."""
    return {"users": [shown(user) for user in box.auth.users()]}


@router.post("/api/users", status_code=201)
def create_user(body: NewUser, box: OpenBox) -> Json:
    """Add a person."""
    return shown(box.auth.create_user(body.name, body.role, body.collections))


@router.delete("/api/users/{name}")
def remove_user(name: str, box: OpenBox) -> Json:
    """Remove a person; tokens and sessions end at once."""
    box.auth.remove_user(name)
    return {"removed": name}


@router.post("/api/users/{name}/token", status_code=201)
def new_token(name: str, box: OpenBox, body: NewToken | None = None) -> Json:
    """Make a token for a person's programs; it is shown only now."""
    given = body or NewToken.model_validate({})
    return {"token": box.auth.new_token(name, days=given.days, scope=given.scope), **given.model_dump()}


@router.put("/api/users/{name}/password")
def set_password(name: str, body: NewPassword, box: OpenBox) -> Json:
    """Give a person another password; their sessions and unused links end."""
    box.signin.set(name, body.password)
    return {"changed": name}


@router.put("/api/users/{name}/source")
def bind(name: str, body: Source, box: OpenBox) -> Json:
    """Let the next person of the directory or provider who is called so be this user."""
    box.directory.expect(name, body.source)
    return {"name": name, "source": body.source}


@router.post("/api/users/{name}/login", status_code=201)
def new_login(name: str, request: Request, box: OpenBox) -> Json:
    """Make a link that signs a person's browser in, once; `elsewhere` is the same one for another machine."""
    return sign_in_link(request, box, box.auth.new_login(name))


def shown(user: Actor) -> Json:
    """Shape a user; what a token is for is not a user's."""
    return {name: value for name, value in asdict(user).items() if name != "scope"}


def sign_in_link(request: Request, box: Box, secret: str) -> Json:
    """Return the link that has this sign-in secret, as this machine and as others open it."""
    url = f"{request.base_url}login?token={secret}"
    elsewhere = from_elsewhere(url, box.settings.host)
    return {"url": url} | ({"elsewhere": elsewhere} if elsewhere else {})
