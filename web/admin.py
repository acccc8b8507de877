"""The HTTP API's routes behind the Admin page: health, activity, settings, people, tokens, rebuild.

The first three are for auditors too, but for what names files; the rest is for admins.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field

from ragbox import compliance
from ragbox.health import Part, look
from ragbox.rebuilder import Progress

from .api import ADMINS_ONLY, AUDITORS_ONLY, Body, Json, OpenBox, ReadyBox, Rebuild, Who, named
from .strings import preferred, say
from .users import sign_in_link

GB, MB, KB = 1 << 30, 1 << 20, 1 << 10


router = APIRouter(prefix="/api/admin", dependencies=ADMINS_ONLY)
looking = APIRouter(prefix="/api/admin", dependencies=AUDITORS_ONLY)


class Change(Body):
    """What is to be changed of a user; what is left out stays."""

    role: str | None = Field(None, description="admin, editor, reader or auditor.")
    collections: list[str] | None = Field(None, max_length=1000, description='Granted collections; "*" for all.')
    disabled: bool | None = Field(None, description="Whether the user is kept out; ends sessions at once.")


# -- how the box is ----------------------------------------------------------------------------------------


@looking.get("/health")
def health(request: Request, box: OpenBox, actor: Who, language: str | None = None) -> Json:
    """Say how each part of the box is: a light and a sentence, in "en" or "zh"."""
    spoken = language or preferred(request.headers.get("accept-language", ""))
    parts = [
        {"part": p.part, "name": say(spoken, f"health.{p.part}"), "light": p.light, "sentence": sentence(spoken, p)}
        for p in look(box)
    ]
    if not box.auth.decide(actor, "manage", None).allowed:
        return {"parts": parts, "mirrors": [], "reading": []}
    files = {"mirrors": box.mirror.status(), "reading": [asdict(r) for r in box.sandbox.reading()]}
    return {"parts": parts, **named(box, actor, files)}


@looking.get("/activity")
def activity(box: OpenBox, actor: Who) -> Json:
    """Tell what happened lately: questions by minute, seconds by stage, complaints; since the start of the server."""
    sentences, unsupported = box.metrics.checks()
    failures = box.metrics.failures() if box.auth.decide(actor, "manage", None).allowed else ()
    return {
        "questions": box.metrics.questions(),
        "latencies": [asdict(latency) for latency in box.metrics.latencies()],
        "checks": {"sentences": sentences, "unsupported": unsupported},
        "cache": asdict(box.cache.standing()),
        "errors": [asdict(f) | {"at": f.at.isoformat()} for f in failures],
    }


@looking.get("/settings")
def settings(box: OpenBox) -> Json:
    """List the settings with their values, secrets masked, and where each comes from."""
    given = box.settings
    return {
        "settings": [
            {
                "name": f"RAGBOX_{name.upper()}", "value": given.shown(name), "source": given.source(name),
                "description": field.description,
            }
            for name, field in type(given).model_fields.items()
        ]
    }  # fmt: skip


# -- people ------------------------------------------------------------------------------------------------


@router.get("/users")
def users(box: OpenBox) -> Json:
    """List people with what an admin has to know of each."""
    return {"users": [_plain(account) for account in box.accounts.all()], "sources": box.directory.sources()}


@router.patch("/users/{name}")
def change(name: str, body: Change, box: OpenBox) -> Json:
    """Change a person's role or grants, or disable them; it counts from their next request on."""
    return _plain(box.accounts.change(name, **body.model_dump()))


@router.post("/users/{name}/reset", status_code=201)
def reset(name: str, request: Request, box: OpenBox) -> Json:
    """End a person's sessions and unused links, and make a new link that signs their browser in, once."""
    return sign_in_link(request, box, box.accounts.reset(name))


@router.get("/tokens")
def tokens(box: OpenBox) -> Json:
    """List the tokens that work, newest first; of each only its first characters."""
    return {"tokens": [_plain(token) for token in box.accounts.tokens()]}


@router.delete("/tokens/{token}")
def revoke(token: str, box: OpenBox) -> Json:
    """Revoke a token by its id."""
    box.accounts.revoke(token)
    return {"removed": token}


@looking.get("/compliance")
def compliance_report(box: OpenBox, actor: Who, language: str = "en") -> Json:
    """Return the compliance checklist as Markdown, in "en" or "zh"."""
    return {"language": language, "markdown": compliance.markdown(box, actor, language)}


# -- deleting ----------------------------------------------------------------------------------------------


@router.post("/purge")
def purge(box: ReadyBox) -> Json:
    """Delete for good what can still be called back, and wipe what deleted documents left in files."""
    return asdict(box.sweep.purge())


# -- rebuild -----------------------------------------------------------------------------------------------


@router.post("/rebuild", status_code=202)
def start_rebuild(body: Rebuild, box: ReadyBox, actor: Who) -> Json:
    """Begin to build both indexes anew; replies at once."""
    return _progress(box.rebuilder.start(actor, encode=body.encode))


@router.get("/rebuild")
def rebuild(box: OpenBox) -> Json:
    """Say how far the present or last rebuild is."""
    return _progress(box.rebuilder.progress())


def sentence(language: str, part: Part) -> str:
    """Return what to say of a part, its sizes in words."""
    figures: dict[str, Any] = dict(part.figures)
    for name in {"size", "free", "total"} & figures.keys():
        figures[name] = _size(int(figures[name]))
    shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in figures.items()}
    quoting = "quoting." if part.part == "engine" and shown["name"] == "extractive" else ""
    return say(language, f"health.{part.part}.{quoting}{part.state}", **shown)


def _size(count: int) -> str:
    if count < MB:
        return f"{count / KB:.0f} kB"
    return f"{count / GB:.1f} GB" if count >= GB else f"{count / MB:.1f} MB"


def _progress(progress: Progress) -> Json:
    return _plain(progress) | {"running": progress.running}


def _plain(item: Any) -> Json:
    """Return a dataclass as JSON, its times written out."""
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(item).items()}
