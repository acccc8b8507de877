"""The HTTP API's routes for groups, grants and hidden documents. Groups and grants are for admins."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from .api import ADMINS_ONLY, Body, Json, OpenBox, Who

router = APIRouter()
admins = APIRouter(prefix="/api/admin", dependencies=ADMINS_ONLY)
Names = Annotated[list[str], Field(max_length=1000)]


class NewGroup(Body):
    """A group to be."""

    name: str = Field(max_length=63)
    members: Names = Field([], description="Names of users.")


class GroupChange(Body):
    """What is to be changed of a group; what is left out stays."""

    name: str | None = Field(None, max_length=63)
    members: Names | None = Field(None, description="Names of all users that are to be in it.")


class Grant(Body):
    """A grant to a user or a group."""

    user: str = Field("", max_length=63)
    group: str = Field("", max_length=63)
    collection: str = Field(max_length=63, description='Its name; "*" for all.')
    level: Literal["read", "write", "manage", ""] = Field(description='"" takes the grant away.')


class HideFrom(Body):
    """From whom a document is to be hidden; from all others it is not."""

    users: Names = Field([])
    groups: Names = Field([])


@admins.get("/groups")
def groups(box: OpenBox, actor: Who) -> Json:
    """List the groups with their members and what is granted to them."""
    return {"groups": [asdict(group) for group in box.access.groups(actor)]}


@admins.post("/groups", status_code=201)
def create_group(body: NewGroup, box: OpenBox, actor: Who) -> Json:
    """Make a group."""
    return asdict(box.access.create_group(actor, body.name, body.members))


@admins.patch("/groups/{group}")
def change_group(group: str, body: GroupChange, box: OpenBox, actor: Who) -> Json:
    """Give a group another name or other members."""
    return asdict(box.access.change_group(actor, group, new_name=body.name, members=body.members))


@admins.delete("/groups/{group}")
def remove_group(group: str, box: OpenBox, actor: Who) -> Json:
    """Delete a group, unless documents are hidden from it; what was granted to it is taken from its members."""
    box.access.remove_group(actor, group)
    return {"removed": group}


@admins.put("/grants")
def grant(body: Grant, box: OpenBox, actor: Who) -> Json:
    """Grant a collection to a user or a group, at a level, or take it away; it counts from the next request on."""
    box.access.grant(actor, body.collection, body.level, user=body.user, group=body.group)
    return body.model_dump()


@router.get("/api/documents/{document}/hidden")
def hidden_from(document: str, box: OpenBox, actor: Who) -> Json:
    """Say from whom a document is hidden."""
    return asdict(box.access.hidden_from(actor, document))


@router.put("/api/documents/{document}/hidden")
def hide(document: str, body: HideFrom, box: OpenBox, actor: Who) -> Json:
    """Hide a document from users and groups: to them it does not exist, from the next request on."""
    return asdict(box.access.hide(actor, document, users=body.users, groups=body.groups))
