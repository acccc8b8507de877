"""The routes that tell how far files are on their way in, and that cancel them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query

from ingest.jobs import Job
from ragbox.box import Box
from ragbox.types import Actor

from .api import READING, WRITING, Json, OpenBox, Who

router = APIRouter(dependencies=READING)


@router.get("/api/jobs")
def jobs(
    box: OpenBox,
    actor: Who,
    waiting: Annotated[int, Query(ge=0, le=1000, description="How many of those that wait.")] = 50,
    ended: Annotated[int, Query(ge=0, le=1000, description="How many of those that ended, latest first.")] = 50,
) -> Json:
    """List the files that are being taken in, those that wait, and those that ended."""
    found, counts = box.queue.jobs(actor, waiting=waiting, ended=ended)
    return {"jobs": shown(box, actor, found), "counts": counts}


@router.delete("/api/jobs", dependencies=WRITING)
def clear(box: OpenBox, actor: Who, ended: bool = True) -> Json:
    """Forget your jobs that have ended, or cancel those that have not, and what waits to be read again."""
    if not ended:
        box.rereading.stop(actor)
    return {"removed": box.queue.clear(actor, ended=ended)}


@router.delete("/api/jobs/{job}")
def cancel(job: str, box: OpenBox, actor: Who) -> Json:
    """Cancel a job, or forget one that has ended."""
    return shown(box, actor, [box.queue.cancel(actor, job)])[0]


def shown(box: Box, actor: Actor, found: Iterable[Job]) -> list[Json]:
    """Return jobs as JSON, their files' names and what is said of them as the actor may see them."""
    ids = {c.name: c.id for c in box.library.collections()}

    def clean(job: Job, text: str) -> str:
        return box.privacy.clean(actor, [ids[job.collection]] if job.collection in ids else None, text)

    return [shape(replace(job, file=clean(job, job.file), reason=clean(job, job.reason))) for job in found]


def shape(job: Job) -> dict[str, Any]:
    """Return a job as JSON."""
    return {
        "id": job.id, "file": job.file, "collection": job.collection, "by": job.by, "size": job.size,
        "stage": job.stage, "status": job.status, "reason": job.reason, "document": job.document, "done": job.done,
        "total": job.total, "rate": round(job.rate, 2), "left": round(job.left, 1),
        "added_at": job.added_at.isoformat(), "seconds": round(job.seconds, 3),
    }  # fmt: skip
