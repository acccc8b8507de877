"""The HTTP API's routes for people: list, add and remove them, hand out their tokens and sign-in links.

All are for admins; what else an admin may do is decided in `ragbox/auth.py`.
"""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request
from pydantic import Field

from ragbox.box import Box
from ragbox.owner import from_elsewhere

from .api import Body, Json, OpenBox, Who

router = APIRouter()


class NewUser(Body):
    """A user to be."""

    name: str = Field(max_length=63)
    role: str = Field("reader", description="admin, editor, reader or auditor.")
    collections: list[str] = Field([], max_length=1000, description='Granted collections; "*" for all.')


class NewToken(Body):
    """A token to be."""

    days: int | None = Field(None, ge=1, le=3650, description="Days it works; until it is revoked if left out.")


@router.get("/api/users")
def users(box: OpenBox, actor: Who) -> Json:
    """List people with their roles and what is granted to them."""
    box.auth.require(actor, "manage", None)
    return {"users": [asdict(user) for user in box.auth.users()]}


@router.post("/api/users", status_code=201)
def create_user(body: NewUser, box: OpenBox, actor: Who) -> Json:
    """Add a person."""
    box.auth.require(actor, "manage", None)
    return asdict(box.auth.create_user(body.name, body.role, body.collections))


@router.delete("/api/users/{name}")
def remove_user(name: str, box: OpenBox, actor: Who) -> Json:
    """Remove a person; tokens and sessions end at once."""
    box.auth.require(actor, "manage", None)
    box.auth.remove_user(name)
    return {"removed": name}


@router.post("/api/users/{name}/token", status_code=201)
def new_token(name: str, box: OpenBox, actor: Who, body: NewToken | None = None) -> Json:
    """Make a token for a person's programs; it is shown only now."""
    box.auth.require(actor, "manage", None)
    return {"token": box.auth.new_token(name, days=body.days if body else None)}


@router.post("/api/users/{name}/login", status_code=201)
def new_login(name: str, request: Request, box: OpenBox, actor: Who) -> Json:
    """Make a link that signs a person's browser in, once; `elsewhere` is the same one for another machine."""
    box.auth.require(actor, "manage", None)
    return sign_in_link(request, box, box.auth.new_login(name))


def sign_in_link(request: Request, box: Box, secret: str) -> Json:
    """Return the link that has this sign-in secret, as this machine and as others open it."""
    url = f"{request.base_url}login?token={secret}"
    elsewhere = from_elsewhere(url, box.settings.host)
    return {"url": url} | ({"elsewhere": elsewhere} if elsewhere else {})
