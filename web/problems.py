"""The one place where errors become replies: {"error": {"type", "message"}} with the class's HTTP status."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ragbox import errors
from ragbox.errors import BadInput, NotFound, NotPermitted, NotSignedIn, RagboxError, TooLarge, Unavailable

BY_STATUS: dict[int, type[RagboxError]] = {
    error.http_status: error for error in (BadInput, NotSignedIn, NotPermitted, NotFound, TooLarge, Unavailable)
}
log = logging.getLogger(__name__)


def shape(error: RagboxError) -> dict[str, dict[str, str]]:
    """Return an error as JSON; its type is a name in ragbox/errors.py."""
    return {"error": {"type": type(error).__name__, "message": str(error)}}


def problem(error: RagboxError, status: int | None = None) -> JSONResponse:
    """Return the reply to a request that failed."""
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, NotSignedIn) else None
    return JSONResponse(shape(error), status or error.http_status, headers)


def install(app: FastAPI) -> None:
    """Make the app answer every error in this shape."""
    app.add_exception_handler(RagboxError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unknown)


def _known(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RagboxError)
    return problem(error)


def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return problem(BadInput(f"{where}: {first['msg']}. The fields are described at /docs."))


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind = BY_STATUS.get(error.status_code, errors.BadInput if error.status_code < 500 else RagboxError)
    phrase = HTTPStatus(error.status_code).phrase
    return problem(kind(f"{request.method} {request.url.path}: {phrase}. /docs lists the routes."), error.status_code)


def _unknown(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(RagboxError("Something failed inside ragbox. The server's log says what."))
