"""People at the doors of a box: clients with and without credentials."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox.box import Box
from web.app import create_app
from web.guard import COOKIE

BASE = "http://127.0.0.1:7860"
HANDBOOK = b"# Leave\n\nStaff get 30 days of annual leave.\n\n# Travel\n\nTrains are booked by the office in Bergen."
CONTRACT = b"# Notice\n\nEither side may end the contract with 90 days of notice."


def nobody(app: FastAPI, **options: Any) -> TestClient:
    """Return a client without credentials that follows no redirect."""
    return TestClient(app, base_url=BASE, follow_redirects=False, **options)


def program(app: FastAPI, box: Box, name: str = "admin", **options: Any) -> TestClient:
    """Return a client that sends a user's token."""
    made = nobody(app, **options)
    made.headers["Authorization"] = f"Bearer {box.auth.new_token(name)}"
    return made


def browser(app: FastAPI, box: Box, name: str = "admin") -> TestClient:
    """Return a client with a user's session cookie."""
    made = nobody(app)
    made.cookies.set(COOKIE, box.auth.sign_in(box.auth.new_login(name)), domain="127.0.0.1")
    return made


def paged(box: Box) -> FastAPI:
    """Return the app with its pages. Outside of an event loop Gradio would make some that nobody closes."""

    async def make() -> FastAPI:
        return create_app(box)

    return asyncio.run(make())


def upload(client: TestClient, collection: str, files: Sequence[tuple[str, bytes]]) -> Any:
    """Send files as one form."""
    return client.post(
        "/api/documents", data={"collection": collection}, files=[("files", (name, text)) for name, text in files]
    )


def furnish(box: Box) -> None:
    """Make two collections, three users and a document in each collection."""
    for name in ("hr", "legal"):
        box.library.create_collection(name)
    box.auth.create_user("rita", "reader", ["hr"])
    box.auth.create_user("edda", "editor", ["hr"])
    box.auth.create_user("leo", "reader", ["legal"])
    for name, text, collection in (("handbook.txt", HANDBOOK, "hr"), ("contract.txt", CONTRACT, "legal")):
        path = box.settings.data / name
        path.write_bytes(text)
        box.pipeline.ingest(box.auth.local(), path, file=name, collection=collection)


def failure(reply: Any) -> tuple[int, str]:
    """Return an error reply's status and type, having checked its shape."""
    body = reply.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"type", "message"}
    return reply.status_code, body["error"]["type"]
