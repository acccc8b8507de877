"""HTTP with the servers of models: the client, what is not a stream, and refusals. Knows no request and no replica."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from .openai_chat import message
from .trouble import Trouble, failure, refusal

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS = 5.0
KEPT_SECONDS = 2.0
"""That an idle connection is used again; uvicorn, under vLLM, closes it after 5 s, which may cross with a request."""
LONGEST_BODY = 1 << 20
"""Bytes of a list of models or an error that are read."""


def make_client(key: str, parallel: int) -> httpx.AsyncClient:
    """Return a client for so many requests at once. It uses no proxy of the environment and follows no redirect."""
    import httpx

    headers = {"Accept-Encoding": "identity", "User-Agent": "ragbox"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    return httpx.AsyncClient(
        headers=headers, trust_env=False, follow_redirects=False,
        timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),  # silence is measured in events, by who reads them
        limits=httpx.Limits(max_keepalive_connections=parallel, keepalive_expiry=KEPT_SECONDS),
    )  # fmt: skip


async def post(client: httpx.AsyncClient, url: str, body: dict[str, Any], *, seconds: float) -> tuple[int, str]:
    """Post JSON and return the status with the server's own words.

    Raises:
        Trouble: there is no answer.
    """
    import httpx

    try:
        async with asyncio.timeout(seconds), client.stream("POST", url, json=body) as response:
            said = await read(response)
    except (TimeoutError, httpx.HTTPError) as error:
        raise failure(url, seconds, error) from error
    try:
        return response.status_code, message(json.loads(said))
    except (ValueError, RecursionError):
        return response.status_code, message(said.decode(errors="replace"))


async def refused(address: str, response: httpx.Response) -> Trouble:
    """Return what an answer means that has a status other than 200."""
    retry_after = response.headers.get("retry-after", "")
    return refusal(address, response.status_code, await read(response), retry_after=retry_after)


async def read(response: httpx.Response) -> bytes:
    """Return the body of an answer that is no stream, or as much of it as is worth reading."""
    found = b""
    async for piece in response.aiter_bytes():
        found += piece
        if len(found) > LONGEST_BODY:
            break
    return found
