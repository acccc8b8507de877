"""The company's identity provider over HTTP: what it publishes, and what it is asked for. Knows no user and no browser.

The issuer is the only host that the box calls: a description that names another is refused.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from .. import silence
from ..errors import BadInput, Unavailable
from ..hosts import is_loopback
from .external import ANSWER_SECONDS, SECONDS

KEPT_SECONDS = 3600.0
"""How long a description and keys are used before they are read again."""
AGAIN_SECONDS = 30.0
"""Between two looks for keys that were not there: tokens with invented key ids must not become requests."""
AFTER_FAILURE_SECONDS = 5.0
"""How long a provider that failed is left alone."""
LONGEST_BODY = 1 << 20
"""Bytes of a reply that are read: keys and tokens have some thousands."""
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """What a provider publishes of itself: addresses; whether it takes a secret as HTTP Basic, and names itself."""

    authorize: str
    token: str
    keys: str
    userinfo: str
    basic: bool
    names_itself: bool


class Provider:
    """One provider, by its issuer. Safe to call from several threads."""

    def __init__(self, issuer: str, *, ca: Path | None = None, clock: Callable[[], float] = monotonic) -> None:
        self.issuer = issuer
        self._ca = ca
        self._clock = clock
        self._lock = threading.Lock()
        self._described: tuple[float, Description] | None = None
        self._keys: tuple[float, Json] | None = None
        self._failed: tuple[float, Unavailable] | None = None
        self._context: ssl.SSLContext | None = None

    def description(self) -> Description:
        """Return what the provider publishes of itself.

        Raises:
            Unavailable: it does not answer, or not as it should.
            BadInput: its address is not https.
        """
        with self._lock:
            if self._described is None or self._clock() - self._described[0] > KEPT_SECONDS:
                self._described = self._clock(), self._describe()
            return self._described[1]

    def keys(self, *, fresh: bool = False) -> Json:
        """Return the provider's public keys (a JWK set); `fresh` if one was missing. Raises what `description` does."""
        address = self.description().keys
        with self._lock:
            age = KEPT_SECONDS + 1 if self._keys is None else self._clock() - self._keys[0]
            if self._keys is None or age > (AGAIN_SECONDS if fresh else KEPT_SECONDS):
                self._keys = self._clock(), self._ask("GET", address)
            return self._keys[1]

    def exchange(self, form: Mapping[str, str], basic: tuple[str, str] | None) -> Json:
        """Trade a code for tokens; `basic` is who asks. Raises what `description` does."""
        return self._ask("POST", self.description().token, form=form, basic=basic)

    def userinfo(self, token: str) -> Json:
        """Return the claims that an access token is good for, {} where there are none to be had."""
        address = self.description().userinfo
        return self._ask("GET", address, token=token) if address else {}

    # -- inside --------------------------------------------------------------------------------------------

    def _describe(self) -> Description:
        if self._failed and self._clock() - self._failed[0] < AFTER_FAILURE_SECONDS:
            raise self._failed[1]
        try:
            said = self._ask("GET", self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            return self._read(said)
        except Unavailable as error:
            self._failed = self._clock(), error
            raise

    def _read(self, said: Json) -> Description:
        if said.get("issuer") != self.issuer:
            raise self._trouble(f"calls itself {_short(said.get('issuer'))}", "Correct RAGBOX_OIDC_ISSUER.")
        authorize, token, keys = (
            said.get(part) for part in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        )  # fmt: skip
        if not (isinstance(authorize, str) and isinstance(token, str) and isinstance(keys, str)):
            raise self._trouble("names no address to sign in at", "It has to speak OpenID Connect.")
        check_address(authorize, "RAGBOX_OIDC_ISSUER")
        for address in (token, keys):
            if _origin(address) != _origin(self.issuer):
                raise self._trouble(f"sends the box to {_short(address)}", "The box calls no host but the issuer's.")
        userinfo = said.get("userinfo_endpoint")
        known = isinstance(userinfo, str) and _origin(userinfo) == _origin(self.issuer)
        methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return Description(
            authorize=authorize, token=token, keys=keys, userinfo=str(userinfo) if known else "",
            basic=not isinstance(methods, list) or "client_secret_basic" in methods,
            names_itself=said.get("authorization_response_iss_parameter_supported") is True,
        )  # fmt: skip

    def _ask(
        self, method: str, url: str, *, form: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None,
        token: str = "",
    ) -> Json:  # fmt: skip
        import httpx

        check_address(url, "RAGBOX_OIDC_ISSUER")
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "ragbox"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body, until = b"", self._clock() + ANSWER_SECONDS
        try:
            with (
                silence.meant(),
                httpx.Client(trust_env=False, follow_redirects=False, timeout=SECONDS, verify=self._tls(url)) as client,
                client.stream(method, url, data=form, headers=headers, auth=basic) as response,
            ):
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > LONGEST_BODY or self._clock() > until:
                        raise self._trouble("says too much, or too slowly", "Look at it.")
        except httpx.HTTPError as error:
            raise self._trouble(f"does not answer ({_short(error)})", "Look at it, and at RAGBOX_OIDC_CA.") from None
        except (httpx.InvalidURL, UnicodeError):  # an address, or a token in a header, that HTTP cannot carry
            raise self._trouble(f"gives what cannot be sent to {_short(url)}", "Look at its log.") from None
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            said = None
        if response.status_code != 200 or not isinstance(said, dict):
            code = said.get("error") if isinstance(said, dict) else None
            told = f": {_short(code)}" if isinstance(code, str) else ""
            raise self._trouble(f"answers {response.status_code}{told} at {urlsplit(url).path}", "Look at its log.")
        return said

    def _tls(self, url: str) -> ssl.SSLContext | bool:
        """Return by which authorities a certificate counts; reading those of the system takes 0.1 s, so it is kept."""
        if not url.startswith("https:"):
            return False
        try:
            self._context = self._context or ssl.create_default_context(cafile=self._ca)
            return self._context
        except (OSError, ValueError) as error:
            raise BadInput(f"{self._ca} is no certificate: {error}. Correct RAGBOX_OIDC_CA.") from None

    def _trouble(self, what: str, remedy: str) -> Unavailable:
        return Unavailable(f"The identity provider {self.issuer} {what}. {remedy}")


def check_address(url: str, setting: str) -> None:
    """Return if an address may be called: https, or http on this machine alone.

    Raises:
        BadInput: it may not.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        well = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
        well = well and bool(host) and parts.username is None and not parts.fragment
    except ValueError:
        well = False
    if not well:
        raise BadInput(f"{_short(url)} is no address for a sign-in: it has to be https. Correct {setting}.")


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return "", "", None


def _short(value: object) -> str:
    """Return what somebody else said as it may stand in a message: short, in one line."""
    return " ".join(str(value)[:200].split())
