"""OpenAI's chat format as servers speak it: addresses, the body of a request, the stream of a reply. Opens nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import BadInput
from ..generation import Request

LONGEST_LINE = 1 << 20
"""Bytes of one event: a token takes some hundred."""
LONGEST_MESSAGE = 300
"""Characters of a server's own words that an error shows."""


class Malformed(Exception):
    """What came is no reply in this format; the message says what it is."""


class Failure(Exception):
    """The server tells of an error inside the stream, in its own words."""


def base_address(url: str) -> str:
    """Return the address that paths like /chat/completions are added to: /v1 where the setting has no path.

    Raises:
        BadInput: it is no plain http(s) address.
    """
    try:
        parts = urlsplit(url.strip())
        well = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well = False
    if not well or parts.query or parts.fragment or parts.username or parts.password or re.search(r"[\s\\]", url):
        shown = url if "@" not in url else "with a name or password in it"
        raise BadInput(
            f"RAGBOX_REMOTE_URLS: {shown} is no address of a server. Give http://HOST:PORT or https://HOST/v1, "
            "and the key, if it asks for one, in RAGBOX_REMOTE_KEY."
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/v1'}"


def body(request: Request, model: str, longest: int) -> dict[str, Any]:
    """Return what is posted. Settings at their neutral value that are no part of OpenAI's format are left out."""
    wanted = request.sampling
    made: dict[str, Any] = {
        "model": model,
        "messages": [{"role": m.role, "content": m.content} for m in request.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": longest,
        "temperature": wanted.temperature,
        "top_p": wanted.top_p,
    }
    if wanted.stop:
        made["stop"] = list(wanted.stop)
    if wanted.seed is not None:
        made["seed"] = wanted.seed
    if wanted.top_k:
        made["top_k"] = wanted.top_k
    if wanted.repetition_penalty != 1:
        made["repetition_penalty"] = wanted.repetition_penalty
    return made


class Events:
    """Bytes of a stream of server-sent events in, the data of each event out. Not split where only Unicode ends a line.

    Each event is one line `data: {...}` here, as all servers send it; comments and other fields are passed over.
    """

    def __init__(self) -> None:
        self._held = b""

    def feed(self, piece: bytes) -> Iterator[str]:
        """Yield the data of the events that are whole by now.

        Raises:
            Malformed: a line does not end, or is no UTF-8.
        """
        *lines, self._held = (self._held + piece).split(b"\n")
        if len(self._held) > LONGEST_LINE:
            raise Malformed(f"a line of more than {LONGEST_LINE} bytes")
        for line in lines:
            if line.startswith(b"data:"):
                try:
                    yield line[5:].strip().decode()
                except UnicodeDecodeError as error:
                    raise Malformed("bytes that are no UTF-8") from error


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What one event adds. `tokens` are those of prompt and answer by the server's count, 0 where it gives none."""

    text: str = ""
    thinking: str = ""
    reason: str = ""
    tokens: tuple[int, int] = (0, 0)


def read_event(data: str) -> Said:
    """Return what an event says.

    Raises:
        Malformed: it is no event of a chat.
        Failure: it tells of an error.
    """
    try:
        event = json.loads(data)
        if not isinstance(event, dict):
            raise ValueError
    except (ValueError, RecursionError) as error:
        raise Malformed(f"an event that is no JSON object: {data[:80]!r}") from error
    if event.get("error") or event.get("object") == "error":
        raise Failure(message(event))
    choices, usage = event.get("choices") or [{}], event.get("usage") or {}
    try:
        delta, reason = choices[0].get("delta") or {}, choices[0].get("finish_reason") or ""
        text, thinking = delta.get("content") or "", delta.get("reasoning_content") or delta.get("reasoning") or ""
        tokens = (number(usage.get("prompt_tokens")), number(usage.get("completion_tokens")))
    except (AttributeError, KeyError, IndexError, TypeError) as error:
        raise Malformed(f"an event of another shape: {data[:80]!r}") from error
    if not all(isinstance(said, str) for said in (text, thinking, reason)):
        raise Malformed(f"an event of another shape: {data[:80]!r}")
    return Said(text=text, thinking=thinking, reason=reason, tokens=tokens)


def message(event: object) -> str:
    """Return the server's own words of an error, as {"error": {"message": ...}} and the like give them."""
    for key in ("error", "message", "detail"):
        if isinstance(event, dict) and event.get(key):
            event = event[key]
    words = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    return " ".join(words.split())[:LONGEST_MESSAGE].rstrip(". ")


def listed(found: object) -> dict[str, int]:
    """Return the models of a reply to GET /models, each with its context in tokens, 0 where that is not told.

    Raises:
        Malformed: it is no such reply.
    """
    models = found.get("data") if isinstance(found, dict) else None
    if not isinstance(models, list) or not all(isinstance(m, dict) and isinstance(m.get("id"), str) for m in models):
        raise Malformed("no list of models")
    return {m["id"]: number(m.get("max_model_len")) for m in models}


def number(value: object) -> int:
    """Return a count, 0 for whatever is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 40 else 0
