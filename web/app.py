"""Puts the doors together: API, pages and static files, the guard in front of all. Knows no route's inside."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from ragbox.box import Box
from ragbox.hosts import Hosts

from . import (
    access,
    adapters,
    admin,
    api,
    audit,
    calibrations,
    conversations,
    deeds,
    documents,
    glossary,
    home,
    intake,
    jobs,
    models,
    openai,
    privacy,
    quality,
    trainings,
    users,
    viewer,
)
from .fence import Fence
from .guard import Guard
from .pages import login, password, routes, shell, sso
from .problems import install
from .strings import LANGUAGES, say

STATIC = Path(__file__).parent / "static"
BODY_BYTES = 1 << 20
"""Largest request body but for uploads: a question, a form."""


def create_app(box: Box, *, pages: bool = True) -> FastAPI:
    """Return the app over an open box; without `pages` the API alone, which imports no Gradio."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        shutil.rmtree(box.settings.data / "uploads", ignore_errors=True)  # what a crash left half received
        yield

    app = FastAPI(
        title="ragbox", version=version("ragbox"), docs_url=None, redoc_url=None, lifespan=lifespan,
        max_body_size=BODY_BYTES, dependencies=[Depends(deeds.recorded, scope="function")],
    )  # fmt: skip
    app.state.box = box
    app.state.drawing, app.state.judging = viewer.lane(), viewer.lane()
    app.state.writing, app.state.recording = intake.lane(), deeds.lane()
    app.include_router(api.router)
    app.include_router(documents.router)
    app.include_router(intake.router)
    app.include_router(jobs.router)
    app.include_router(users.router)
    app.include_router(viewer.router)
    app.include_router(admin.router)
    app.include_router(admin.looking)
    app.include_router(access.router)
    app.include_router(access.admins)
    app.include_router(conversations.router)
    app.include_router(home.router)
    app.include_router(models.router)
    app.include_router(adapters.router)
    app.include_router(trainings.router)
    app.include_router(privacy.router)
    app.include_router(privacy.shelves)
    app.include_router(glossary.router)
    app.include_router(calibrations.router)
    app.include_router(quality.router)
    app.include_router(audit.router)
    app.include_router(openai.router)
    app.include_router(login.router)
    app.include_router(sso.router)
    app.include_router(password.router)
    app.include_router(routes.router)
    install(app)
    if pages:
        _mount_pages(app, box)
    hosts = Hosts(box.settings.host, box.settings.hosts)
    app.add_middleware(
        Guard, auth=box.auth, hosts=hosts, lasting=bool(box.settings.tls_cert), refused=box.audit.refusals.add
    )
    return app


def _mount_pages(app: FastAPI, box: Box) -> None:
    import gradio as gr

    from .pages import admin as admin_page
    from .pages import ask, documents
    from .theme import theme

    @app.get("/", include_in_schema=False)
    def start(request: Request) -> RedirectResponse:
        return RedirectResponse(f"/{shell.spoken(request)}/", 303)

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> FileResponse:
        return FileResponse(STATIC / "icon.svg")

    # Said of every app with two pages, whether or not anybody asked for that mode.
    warnings.filterwarnings("ignore", message="SSR mode is not supported with multi-page apps")
    app.mount("/static", Static(directory=STATIC))
    for language in LANGUAGES:
        with gr.Blocks(title="ragbox", analytics_enabled=False) as blocks:
            shell.room()
        for name, path in shell.PAGES[1:]:
            with blocks.route(say(language, f"nav.{name}"), path, show_in_navbar=False):
                shell.room()
        gr.mount_gradio_app(
            app, blocks, path=f"/{language}", theme=theme(), css_paths=STATIC / "style.css",
            footer_links=[], run_history=False,
            show_error=False, ssr_mode=False, pwa=False, mcp_server=False, enable_monitoring=False,
            auth_dependency=lambda request: request.state.actor.name,
        )  # fmt: skip
        mount = app.routes[-1]
        assert isinstance(mount, Mount)
        mount.app = Fence(mount.app, language, box, {
            "ask": ask.frame(language), "documents": documents.frame(box.settings, language),
            "admin": admin_page.frame(language),
        })  # fmt: skip


class Static(StaticFiles):
    """Asks the browser to look each time whether a file has changed: scripts of two versions must not meet."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        """Return the file, or that it is the same."""
        reply = super().file_response(*args, **options)
        reply.headers["Cache-Control"] = "no-cache"
        return reply
