"""The routes that tell how far files are on their way in, and that cancel them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from ingest.jobs import Job

from .api import Json, OpenBox, Who

router = APIRouter()


@router.get("/api/jobs")
def jobs(
    box: OpenBox,
    actor: Who,
    waiting: Annotated[int, Query(ge=0, le=1000, description="How many of those that wait.")] = 50,
    ended: Annotated[int, Query(ge=0, le=1000, description="How many of those that ended, latest first.")] = 50,
) -> Json:
    """List the files that are being taken in, those that wait, and those that ended."""
    readable = {c.id for c in box.retriever.readable(actor, None)}
    found, counts = box.queue.jobs(readable, waiting=waiting, ended=ended)
    return {"jobs": [shape(job) for job in found], "counts": counts}


@router.delete("/api/jobs")
def clear(box: OpenBox, actor: Who, ended: bool = True) -> Json:
    """Forget your jobs that have ended, or cancel those that have not."""
    return {"removed": box.queue.clear(actor, ended=ended)}


@router.delete("/api/jobs/{job}")
def cancel(job: str, box: OpenBox, actor: Who) -> Json:
    """Cancel a job, or forget one that has ended."""
    return shape(box.queue.cancel(actor, job))


def shape(job: Job) -> dict[str, Any]:
    """Return a job as JSON."""
    return {
        "id": job.id, "file": job.file, "collection": job.collection, "by": job.by, "size": job.size,
        "stage": job.stage, "status": job.status, "reason": job.reason, "document": job.document, "done": job.done,
        "total": job.total, "rate": round(job.rate, 2), "left": round(job.left, 1),
        "added_at": job.added_at.isoformat(), "seconds": round(job.seconds, 3),
    }  # fmt: skip
