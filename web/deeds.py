"""What the audit trail is told of each route: one table, and what records a request by it. Knows no route's inside.

A route that changes something has a line here, or a test fails; so have those that show pages or hand out files.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import Request

from ragbox.audit import TEXTS, Audit
from ragbox.audit_event import Event
from ragbox.types import Actor

LONGEST = 200
"""Most characters of a name that is recorded: who asks may send any."""
MOST = 1000
"""Most things that one request is recorded to be done to, and names in one of its lists: no route takes more."""


@dataclass(frozen=True, slots=True)
class Deed:
    """How a request is recorded.

    `act` is what it is called; `of` names the parts of path, query or body that say to what it is done: one, some
    joined by "@", or a list, with an entry for each, or with one for all if it is "first" or fails. `tell` names parts
    that are recorded too; with `given`, the names of all that the body has are. `how`: "with" the first transaction
    that it makes; "first", in one of its own, where it makes none or is long; "read", within a second; "own", by what
    the route calls, and here only if it fails.
    """

    act: str
    of: str = ""
    tell: tuple[str, ...] = ()
    given: bool = False
    how: Literal["with", "first", "read", "own"] = "with"


DEEDS: Mapping[tuple[str, str], Deed] = {
    # questions, and what is shown
    ("POST", "/api/ask"): Deed("question.ask", "document", ("collection",), how="own"),
    ("POST", "/api/search"): Deed("question.search", "document", ("collection",), how="own"),
    ("POST", "/v1/chat/completions"): Deed("question.ask", tell=("model",), how="own"),
    ("GET", "/api/documents/{document}/pages/{page}"): Deed("page.show", "document", ("page",), how="read"),
    ("GET", "/api/documents/{document}/passages"): Deed("page.read", "document", ("page",), how="read"),
    ("GET", "/api/documents/{document}/unseen"): Deed("page.read", "document", how="read"),
    ("GET", "/api/documents/{document}/original"): Deed("original.download", "document", ("check",), how="read"),
    ("GET", "/api/conversations/{conversation}/export"): Deed("conversation.export", "conversation", how="read"),
    ("PATCH", "/api/conversations/{conversation}"): Deed("conversation.rename", "conversation"),
    ("DELETE", "/api/conversations/{conversation}"): Deed("conversation.delete", "conversation"),
    ("POST", "/api/turns/{turn}/feedback"): Deed("answer.judge", "turn", ("thumb",)),
    ("GET", "/api/feedback"): Deed("answer.export", how="read"),
    # documents and collections
    ("POST", "/api/documents"): Deed("document.upload", how="own"),
    ("DELETE", "/api/documents/{document}"): Deed("document.delete", "document"),
    ("POST", "/api/documents/remove"): Deed("document.delete", "documents", ("grace",)),
    ("POST", "/api/documents/restore"): Deed("document.undo", "documents"),
    ("POST", "/api/documents/move"): Deed("document.move", "documents", ("collection",)),
    ("POST", "/api/documents/reindex"): Deed("document.reread", "documents", how="first"),
    ("POST", "/api/rereading"): Deed("document.reread", "collection"),
    ("DELETE", "/api/rereading"): Deed("document.reread.stop", "collection"),
    ("PATCH", "/api/documents/{document}"): Deed("document.label", "document", given=True),
    ("POST", "/api/collections"): Deed("collection.make", "name"),
    ("PATCH", "/api/collections/{name}"): Deed("collection.rename", "name", ("name",)),
    ("DELETE", "/api/collections/{name}"): Deed("collection.delete", "name"),
    ("DELETE", "/api/jobs"): Deed("job.clear", tell=("ended",), how="first"),
    ("DELETE", "/api/jobs/{job}"): Deed("job.cancel", "job", how="first"),
    ("POST", "/api/mirrors/confirm"): Deed("mirror.confirm", how="first"),
    ("POST", "/api/rebuild"): Deed("index.rebuild", tell=("encode",), how="first"),
    ("POST", "/api/admin/purge"): Deed("box.purge", how="first"),
    ("POST", "/api/admin/rebuild"): Deed("index.rebuild", tell=("encode",), how="first"),
    # people
    ("POST", "/login"): Deed("session.open", how="own"),
    ("POST", "/logout"): Deed("session.close", how="own"),
    ("POST", "/password"): Deed("password.change", how="own"),
    ("PUT", "/api/users/{name}/password"): Deed("password.set", "name"),
    ("POST", "/api/users"): Deed("user.make", "name", ("role", "collections")),
    ("DELETE", "/api/users/{name}"): Deed("user.remove", "name"),
    ("PATCH", "/api/admin/users/{name}"): Deed("user.change", "name", ("role", "collections", "disabled")),
    ("POST", "/api/admin/groups"): Deed("group.make", "name", ("members",)),
    ("PATCH", "/api/admin/groups/{group}"): Deed("group.change", "group", ("name", "members")),
    ("DELETE", "/api/admin/groups/{group}"): Deed("group.remove", "group"),
    ("PUT", "/api/admin/grants"): Deed("grant.set", "collection", ("user", "group", "level")),
    ("PUT", "/api/documents/{document}/hidden"): Deed("document.hide", "document", ("users", "groups")),
    ("PUT", "/api/users/{name}/source"): Deed("user.expect", "name", ("source",)),
    ("POST", "/api/users/{name}/token"): Deed("token.make", "name", ("days", "scope")),
    ("DELETE", "/api/admin/tokens/{token}"): Deed("token.revoke", "token"),
    ("POST", "/api/users/{name}/login"): Deed("login.make", "name"),
    ("POST", "/api/admin/users/{name}/reset"): Deed("login.reset", "name"),
    # what answers depend on
    ("PUT", "/api/admin/privacy/roles/{role}"): Deed("privacy.role", "role", ("style",)),
    ("PUT", "/api/admin/privacy/collections/{collection}"): Deed("privacy.collection", "collection", ("style",)),
    ("PUT", "/api/admin/privacy/custom"): Deed("privacy.custom", given=True),
    ("POST", "/api/admin/privacy/try"): Deed("privacy.try", how="read"),
    ("POST", "/api/admin/privacy/document/{document}"): Deed("privacy.document", "document", how="read"),
    ("POST", "/api/glossary"): Deed("glossary.add"),
    ("PUT", "/api/glossary/{row}"): Deed("glossary.change", "row"),
    ("DELETE", "/api/glossary/{row}"): Deed("glossary.remove", "row"),
    ("POST", "/api/glossary/import"): Deed("glossary.import", tell=("replace",)),
    ("GET", "/api/glossary/export"): Deed("glossary.export", how="read"),
    ("POST", "/api/admin/calibrations/ask"): Deed("calibration.ask", "collection", ("question",), how="read"),
    ("POST", "/api/admin/calibrations"): Deed("calibration.set", "collection", ("asked",)),
    ("DELETE", "/api/admin/calibrations/{name}"): Deed("calibration.remove", "name"),
    ("POST", "/api/admin/quality/work"): Deed("quality.run", "name", ("collection",), how="first"),
    ("POST", "/api/admin/quality/work/cancel"): Deed("quality.cancel", how="first"),
    ("POST", "/api/admin/quality/runs"): Deed("quality.keep", "name", how="first"),
    ("GET", "/api/admin/quality/runs/{run}"): Deed("quality.show", "run", how="read"),
    ("DELETE", "/api/admin/quality/runs/{run}"): Deed("quality.remove", "run", how="first"),
    ("POST", "/api/admin/quality/questions"): Deed("quality.questions", how="first"),
    # models and adapters
    ("POST", "/api/models"): Deed("model.add", "name", how="first"),
    ("POST", "/api/models/practice"): Deed("model.practice", "collection", how="first"),
    ("POST", "/api/models/cancel"): Deed("model.cancel", how="first"),
    ("POST", "/api/models/rollback"): Deed("model.rollback", how="first"),
    ("POST", "/api/models/load"): Deed("model.load", tell=("quantization",), how="first"),
    ("POST", "/api/models/unload"): Deed("model.unload", how="first"),
    ("POST", "/api/models/{name}/{version}/verify"): Deed("model.verify", "name@version", how="first"),
    ("POST", "/api/models/{name}/{version}/activate"): Deed("model.activate", "name@version", how="first"),
    ("DELETE", "/api/models/{name}/{version}"): Deed("model.remove", "name@version", how="first"),
    ("POST", "/api/adapters"): Deed("adapter.add", "name", how="first"),
    ("POST", "/api/adapters/upload"): Deed("adapter.upload", how="first"),
    ("POST", "/api/adapters/cancel"): Deed("adapter.cancel", how="first"),
    ("POST", "/api/adapters/rollback"): Deed("adapter.rollback", "engine", how="first"),
    ("POST", "/api/adapters/deactivate"): Deed("adapter.deactivate", "engine", how="first"),
    ("POST", "/api/adapters/assign"): Deed("adapter.assign", "adapter", ("collection",), how="first"),
    ("POST", "/api/adapters/questions"): Deed("adapter.questions", how="first"),
    ("POST", "/api/adapters/seen"): Deed("adapter.seen", how="first"),
    ("POST", "/api/adapters/compare"): Deed("adapter.compare", "collection", ("left", "right", "question"), how="read"),
    ("POST", "/api/adapters/{name}/{version}/verify"): Deed("adapter.verify", "name@version", how="first"),
    ("POST", "/api/adapters/{name}/{version}/activate"): Deed("adapter.activate", "name@version", how="first"),
    ("DELETE", "/api/adapters/{name}/{version}"): Deed("adapter.remove", "name@version", how="first"),
    ("POST", "/api/trainings"): Deed("training.start", "name", ("kind", "collection"), how="first"),
    ("POST", "/api/trainings/cancel"): Deed("training.cancel", how="first"),
    ("POST", "/api/trainings/{training}/resume"): Deed("training.resume", "training", how="first"),
    ("DELETE", "/api/trainings/{training}"): Deed("training.remove", "training", how="first"),
    # the trail itself
    ("GET", "/api/admin/audit/export"): Deed("audit.export", tell=("form", "since", "until"), how="read"),
}  # fmt: skip


def lane() -> CapacityLimiter:
    """Return what bounds the threads in which requests are recorded; one an app. One at a time writes the record."""
    return CapacityLimiter(2)


async def recorded(request: Request) -> AsyncIterator[None]:
    """Record a request by the table around what its route does; one that fails leaves an entry that says so.

    Raises:
        Unavailable: it cannot be recorded; then the route does nothing.
    """
    deed = DEEDS.get((request.method, request.scope["route"].path))
    if deed is None:
        yield
        return
    audit: Audit = request.app.state.box.audit
    actor: Actor | None = request.state.actor
    events = _events(deed, actor.name if actor else "", await _said(deed, request), request.path_params)
    if deed.how == "first":
        await run_sync(audit.record, events, limiter=request.app.state.recording)
    elif deed.how != "own":
        audit.require()
    try:
        with audit.carried(events if deed.how == "with" else []) as left:
            yield
    except Exception as error:
        _seen(audit, _joined(deed, events, len(events)), failed=type(error).__name__)
        raise
    if left:  # it found nothing to change
        await run_sync(audit.record, left, limiter=request.app.state.recording)
    if deed.how == "read":
        for e in events:
            _seen(audit, e)


def _seen(audit: Audit, e: Event, **more: str) -> None:
    audit.seen(e.actor, e.act, e.object, **e.detail, **more)


async def _said(deed: Deed, request: Request) -> dict[str, Any]:
    """Return what the route goes by: the JSON of its body, which FastAPI has read, or its query if it takes no body."""
    if not (deed.of or deed.tell or deed.given):
        return {}
    if request.scope["route"].body_field is None:
        return {name: value for name, value in request.query_params.items() if name not in request.path_params}
    try:
        said = await request.json()
    except ValueError:  # the route will say so
        return {}
    return said if isinstance(said, dict) else {}


def _events(deed: Deed, actor: str, said: Mapping[str, Any], path: Mapping[str, Any]) -> list[Event]:
    """Return the entries of a request: what is done to which is in its path first, what is told in its body first."""
    named, told = {**said, **path}, {**path, **said}
    found = named.get(deed.of, "") if "@" not in deed.of else "@".join(str(named[n]) for n in deed.of.split("@"))
    # A text that is cleaned is cut after that: half a number would not be known as one.
    detail = {name: told[name] if name in TEXTS else _short(told[name]) for name in deed.tell if name in told}
    if deed.given:
        detail["given"] = _short(sorted(said))
    objects = dict.fromkeys(str(_short(one)) for one in (found if isinstance(found, list) and found else [found]))
    events = [Event(actor=actor, act=deed.act, object=one, detail=detail) for one in objects]
    if len(events) > MOST:
        return [_joined(deed, events, len(events))]
    # Before anybody knows whether the actor may, one entry is all that a request can fill the record with.
    return [_joined(deed, events, list(objects))] if deed.how == "first" else events


def _joined(deed: Deed, events: list[Event], said: object) -> Event:
    """Return one entry for all that a request is done to; of several `said` tells which, or how many."""
    first = events[0]
    return first if len(events) == 1 else replace(first, object="", detail={**first.detail, deed.of: said})


def _short(value: Any) -> Any:
    """Return a value as it is recorded before anybody has looked at it: a name, a number, or a list of them."""
    if isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return [_short(one) for one in value[:MOST] if not isinstance(one, list | dict)]
    return value if value is None or isinstance(value, int | float) else str(value)[:LONGEST]
