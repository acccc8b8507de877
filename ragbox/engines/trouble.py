"""What may go wrong between us and the server of a model, what to do about it, and whether to ask again."""

from __future__ import annotations

import json
from http import HTTPStatus

from .openai_chat import Failure, Malformed, message

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which another attempt can end otherwise."""
LONGEST_REST = 60
REFUSES = "does not take the question"
_PHRASES = {int(status): status.phrase for status in HTTPStatus}


class Trouble(Exception):
    """An attempt failed; `rest` is how many seconds the server asks to be left alone for.

    The reason names the server, and may have its words; `told` is what readers are told of it.
    """

    def __init__(
        self, reason: str, *, again: bool = True, well: bool = False, rest: float = 0.0, kind: str = "failed"
    ) -> None:
        """`again`: another attempt may end otherwise. `well`: this says nothing bad of the server."""
        super().__init__(reason)
        self.again, self.well, self.rest = again, well, rest
        self.told = f"The server of the language model {kind}."


def refusal(address: str, status: int, body: bytes, *, retry_after: str = "") -> Trouble:
    """Return what an answer means that has a status other than 200."""
    try:
        told = message(json.loads(body))
    except (ValueError, RecursionError):
        told = _PHRASES.get(status, "an unknown status")
    said = f"The model server {address} answers {status}: {told}."
    rest = _seconds(retry_after, 1.0 if status == 429 else 0.0)
    if status in (429, 503) and rest:
        wait = f"Ask again in {rest:.0f} s"
        return Trouble(f"{said} It has too much to do. {wait}.", rest=rest, kind=f"has too much to do. {wait}")
    if status in AGAIN:
        return Trouble(f"{said} Look at its log.")
    if status in (401, 403):
        return Trouble(f"{said} Set RAGBOX_REMOTE_KEY to a key that it takes.", again=False, kind=REFUSES)
    if status == 404:
        return Trouble(f"{said} Correct RAGBOX_REMOTE_MODEL or RAGBOX_REMOTE_URLS.", again=False, kind=REFUSES)
    if status < 400:
        return Trouble(
            f"{said} Redirects are not followed. Set RAGBOX_REMOTE_URLS to where it is.", again=False, kind=REFUSES
        )
    return Trouble(f"{said} Ask with fewer passages, or correct what it names.", again=False, well=True, kind=REFUSES)


def failure(address: str, silent: float, error: Exception) -> Trouble:
    """Return why there was no answer, or not all of one; `silent` is how many seconds of silence were too long."""
    server = f"The model server {address}"
    if isinstance(error, TimeoutError):
        said = f"{server} was silent for {silent:g} s. Look at its log, or raise RAGBOX_REMOTE_TIMEOUT."
        return Trouble(said, kind=f"was silent for {silent:g} s")
    if isinstance(error, Failure):
        return Trouble(f"{server} failed: {error}. Look at its log.")
    if isinstance(error, Malformed):
        return Trouble(f"{server} sent {error}. Look at its log, and at proxies on the way.", kind="sent no answer")
    said = f"{server} cannot be reached: {str(error) or type(error).__name__}. Is it up?"
    return Trouble(said, kind="cannot be reached")


def _seconds(asked: str, otherwise: float) -> float:
    """Return the seconds of a Retry-After; what is no number is a date, which servers of models do not send."""
    try:
        return float(min(max(int(asked), 0), LONGEST_REST))
    except ValueError:
        return otherwise
