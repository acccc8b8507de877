"""Puts the doors together: API, pages and static files, the guard in front of all. Knows no route's inside."""

from __future__ import annotations

import re
import shutil
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import FileResponse, RedirectResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from ragbox.box import Box
from ragbox.errors import NotFound

from . import api, intake, users
from .guard import Guard
from .pages import login, routes
from .problems import install, problem
from .strings import LANGUAGES, preferred, say

STATIC = Path(__file__).parent / "static"
HEAD = """<script>document.documentElement.lang = "{language}"</script>
<script src="/static/documents.js" defer></script>"""
"""Gradio says lang=en of every page."""
BODY_BYTES = 1 << 20
"""Largest request body but for uploads: a question, a form."""
NEEDED = re.compile(
    r"/|/documents|/config/?|/theme\.css|/(assets|static|svelte)/.+|/favicon\.ico|/manifest\.json"
    r"|/gradio_api/(queue/(join|data)|cancel|reset|heartbeat/\w+|startup-events)"
)
"""What the pages use of Gradio. It has much more, some of it without a thought of who asks: files by path, uploads,
a proxy, recorded runs."""


def create_app(box: Box, *, pages: bool = True) -> FastAPI:
    """Return the app over an open box; without `pages` the API alone, which imports no Gradio."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        shutil.rmtree(box.settings.data / "uploads", ignore_errors=True)  # what a crash left half received
        yield

    app = FastAPI(
        title="ragbox", version=version("ragbox"), docs_url=None, redoc_url=None, lifespan=lifespan,
        max_body_size=BODY_BYTES,
    )  # fmt: skip
    app.state.box = box
    app.state.lanes = intake.lanes(box.settings.parse_workers)
    app.include_router(api.router)
    app.include_router(intake.router)
    app.include_router(users.router)
    app.include_router(login.router)
    app.include_router(routes.router)
    install(app)
    if pages:
        _mount_pages(app, box)
    app.add_middleware(Guard, auth=box.auth, host=box.settings.host)
    return app


def _mount_pages(app: FastAPI, box: Box) -> None:
    import gradio as gr

    from .pages import ask, documents
    from .theme import theme

    @app.get("/", include_in_schema=False)
    def home(request: Request) -> RedirectResponse:
        return RedirectResponse(f"/{preferred(request.headers.get('accept-language', ''))}/", 303)

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> FileResponse:
        return FileResponse(STATIC / "icon.svg")

    # Said of every app with two pages, whether or not anybody asked for that mode.
    warnings.filterwarnings("ignore", message="SSR mode is not supported with multi-page apps")
    app.mount("/static", StaticFiles(directory=STATIC))
    for language in LANGUAGES:
        with gr.Blocks(title="ragbox", analytics_enabled=False) as blocks:
            ask.build(box, language, blocks)
        with blocks.route(say(language, "nav.documents"), "documents", show_in_navbar=False):
            documents.build(box, language, blocks)
        gr.mount_gradio_app(
            app, blocks, path=f"/{language}", theme=theme(), css_paths=STATIC / "style.css",
            head=HEAD.format(language=language), footer_links=[], run_history=False,
            show_error=False, ssr_mode=False, pwa=False, mcp_server=False, enable_monitoring=False,
            auth_dependency=lambda request: request.state.actor.name,
        )  # fmt: skip
        mount = app.routes[-1]
        assert isinstance(mount, Mount)
        mount.app = Fence(mount.app, f"/{language}")


class Fence:
    """Lets through to Gradio only what the pages need."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(self._prefix)
        if scope["type"] != "http" or not NEEDED.fullmatch(path):
            await problem(NotFound(f"There is no {scope['path']}. /docs lists the routes."))(scope, receive, send)
            return
        await self.app(scope, receive, send)
