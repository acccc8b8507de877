"""The one place where errors become replies: {"error": {"type", "message"}} with the class's HTTP status."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from ragbox import errors
from ragbox.errors import BadInput, Busy, NotFound, NotPermitted, NotSignedIn, RagboxError, TooLarge, Unavailable
from ragbox.privacy import Privacy
from ragbox.types import Actor

BY_STATUS: dict[int, type[RagboxError]] = {
    error.http_status: error for error in (BadInput, NotSignedIn, NotPermitted, NotFound, TooLarge, Unavailable)
}
OPENAI_CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}
OPENAI_KINDS = {403: "permission_error", 429: "rate_limit_error"}
"""Names in OpenAI's API for what went wrong, by status: codes, which the others have not, and types."""
log = logging.getLogger(__name__)


def told(scope: Scope, error: RagboxError) -> str:
    """Return an error's message as whoever sent the request may see it: it may name a file."""
    actor: Actor | None = scope.get("state", {}).get("actor")
    if actor is None:
        return str(error)  # of the doors alone
    privacy: Privacy = scope["app"].state.box.privacy
    return privacy.clean(actor, None, str(error))


def shape(error: RagboxError, message: str = "") -> dict[str, dict[str, str]]:
    """Return an error as JSON; its type is a name in ragbox/errors.py."""
    return {"error": {"type": type(error).__name__, "message": message or str(error)}}


def openai_shape(error: RagboxError, status: int | None = None, message: str = "") -> dict[str, dict[str, str | None]]:
    """Return an error in the shape that OpenAI's clients read; `status` is that of a route, which is no model."""
    code = None if status else OPENAI_CODES.get(error.http_status)
    status = status or error.http_status
    kind = OPENAI_KINDS.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message or str(error), "type": kind, "param": None, "code": code}}


def problem(error: RagboxError, status: int | None = None, *, path: str = "", message: str = "") -> JSONResponse:
    """Return the reply to a request that failed, under /v1/ in OpenAI's shape."""
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, NotSignedIn) else {}
    if isinstance(error, Busy):
        headers["Retry-After"] = str(error.retry_after)
    body = openai_shape(error, status, message) if path.startswith("/v1/") else shape(error, message)
    return JSONResponse(body, status or error.http_status, headers)


def install(app: FastAPI) -> None:
    """Make the app answer every error in this shape."""
    app.add_exception_handler(RagboxError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unknown)


def _known(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RagboxError)
    return problem(error, path=request.url.path, message=told(request.scope, error))


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    found = BadInput(f"{where}: {first['msg']}. The fields are described at /docs.")
    return problem(found, path=request.url.path)


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind = BY_STATUS.get(error.status_code, errors.BadInput if error.status_code < 500 else RagboxError)
    phrase = HTTPStatus(error.status_code).phrase
    found = kind(f"{request.method} {request.url.path}: {phrase}. /docs lists the routes.")
    return problem(found, error.status_code, path=request.url.path)


def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=400)  # nobody reads it, but an upload that is broken off is no failure for the log


def _unknown(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    found = RagboxError("Something failed inside ragbox. The server's log says what.")
    return problem(found, path=request.url.path)
