"""Sign-in by the company's identity provider: OpenID Connect's authorization code with PKCE. Knows no page, no session.

What a sign-in that has begun needs at its end is derived from the cookie of the browser in which it began, by a key of
this process: nothing is kept for those who never come back, and no other browser can end it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import time
from typing import Any
from urllib.parse import urlencode

from ..errors import BadInput, NotSignedIn, Unavailable
from ..settings import Settings
from .external import External, Turns, read_secret
from .provider import Provider, check_address
from .tokens import read

LIFE_SECONDS = 600
"""How long somebody may take at the provider."""
ENDED = "The sign-in took too long, was done already, or began in another browser. Begin it again."
MOST_GROUPS = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """A sign-in that has begun: where the browser goes, and the cookie it comes back with."""

    url: str = field(repr=False)
    cookie: str = field(repr=False)


class Oidc:
    """Signs people in by one provider; calls it only when asked to."""

    source = "oidc"

    def __init__(self, settings: Settings, provider: Provider | None = None, clock: Callable[[], float] = time) -> None:
        self._settings = settings
        self.provider = provider or Provider(settings.oidc_issuer, ca=settings.oidc_ca)
        self._clock = clock
        self._turns = Turns()
        self._key = secrets.token_bytes(32)
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()

    def begin(self, redirect: str, after: str = "/") -> Begun:
        """Begin a sign-in that comes back to the address `redirect` and goes on to the box's page `after`.

        Raises:
            Unavailable: the provider does not answer, or none is set.
            Busy: too many sign in at once.
            BadInput: a setting is wrong.
        """
        self._require()
        settings = self._settings
        if "openid" not in settings.oidc_scopes.split():
            raise BadInput("RAGBOX_OIDC_SCOPES lacks openid, without which no provider says who it is. Add it.")
        if not settings.oidc_client:
            raise BadInput("RAGBOX_OIDC_CLIENT is empty. Write the id that the provider gave the box.")
        with self._turns.taken():
            authorize = self.provider.description().authorize
        page = base64.urlsafe_b64encode(local(after).encode()).decode()
        cookie = f"{secrets.token_urlsafe(32)}.{int(self._clock()) + LIFE_SECONDS}.{page}"
        challenge = hashlib.sha256(self._derive("verifier", cookie).encode()).digest()
        asked = {
            "response_type": "code", "client_id": settings.oidc_client, "redirect_uri": redirect,
            "scope": settings.oidc_scopes, "state": self._derive("state", cookie),
            "nonce": self._derive("nonce", cookie), "code_challenge": _plain(challenge),
            "code_challenge_method": "S256",
        }  # fmt: skip
        return Begun(url=f"{authorize}{'&' if '?' in authorize else '?'}{urlencode(asked)}", cookie=cookie)

    def finish(self, said: Mapping[str, str], cookie: str, redirect: str) -> tuple[External, str]:
        """Return whom the provider vouches for, and the page to go on to; `said` is the query it sent the browser with.

        Raises:
            NotSignedIn: for nobody, or not as it has to.
            Unavailable, Busy, BadInput: as `begin` does.
        """
        self._require()
        page = self._opened(cookie, said.get("state", ""))
        if "error" in said:
            raise NotSignedIn(f"The provider refused: {_code(said['error'])}. Ask its admin.")
        with self._turns.taken():
            named = said.get("iss", None if self.provider.description().names_itself else self.provider.issuer)
            if named != self.provider.issuer:
                raise NotSignedIn("The answer comes from another provider. Begin again.")
            told = self._trade(said.get("code", ""), cookie, redirect)
            claims = read(
                told.get("id_token"), lambda fresh: self.provider.keys(fresh=fresh), issuer=self.provider.issuer,
                client=self._settings.oidc_client, nonce=self._derive("nonce", cookie),
            )  # fmt: skip
            self._spend(said["state"])
            return self._external(self._more(claims, told)), page

    def check(self) -> str:
        """Return what there is to say of the provider, having read its description and keys. Raises as `begin` does."""
        self._require()
        keys = self.provider.keys().get("keys", [])
        self._secret()
        return f"{self.provider.issuer} answers, with {len(keys)} keys."

    # -- inside --------------------------------------------------------------------------------------------

    def _require(self) -> None:
        if not self._settings.oidc_issuer:
            raise Unavailable("No identity provider is set here. Set RAGBOX_OIDC_ISSUER, or sign in another way.")
        check_address(self._settings.oidc_issuer, "RAGBOX_OIDC_ISSUER")

    def _derive(self, what: str, cookie: str) -> str:
        return _plain(hmac.digest(self._key, f"{what}\0{cookie}".encode(), "sha256"))

    def _opened(self, cookie: str, state: str) -> str:
        """Return the page to go on to, of a sign-in that this browser began and has not ended."""
        if not hmac.compare_digest(state.encode("utf-8", "replace"), self._derive("state", cookie).encode()):
            raise NotSignedIn(ENDED)
        _, until, page = cookie.split(".")  # written here: the state vouches for it
        with self._lock:
            if int(until) < self._clock() or state in self._used:
                raise NotSignedIn(ENDED)
        return base64.urlsafe_b64decode(page).decode()

    def _spend(self, state: str) -> None:
        """Note that a sign-in was done; of two at once the second is none."""
        now = self._clock()
        with self._lock:
            if state in self._used:
                raise NotSignedIn(ENDED)
            self._used = {s: until for s, until in self._used.items() if until > now} | {state: now + LIFE_SECONDS}

    def _trade(self, code: str, cookie: str, redirect: str) -> dict[str, Any]:
        settings = self._settings
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect,
            "code_verifier": self._derive("verifier", cookie),
        }  # fmt: skip
        secret = self._secret()
        if secret and self.provider.description().basic:
            # RFC 6749, 2.3.1: each part is form-encoded before it becomes HTTP Basic.
            encoded = urlencode({"": settings.oidc_client})[1:], urlencode({"": secret})[1:]
            return self.provider.exchange(form, encoded)
        form |= {"client_id": settings.oidc_client} | ({"client_secret": secret} if secret else {})
        return self.provider.exchange(form, None)

    def _secret(self) -> str:
        path = self._settings.oidc_secret_file
        return read_secret(path, "RAGBOX_OIDC_SECRET_FILE") if path else ""

    def _more(self, claims: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        """Return the claims with those of the userinfo, where the token lacks the name or the groups."""
        wanted = {
            self._settings.oidc_claim,
            *([self._settings.oidc_groups_claim] if self._settings.oidc_groups else []),
        }
        token = told.get("access_token")
        if wanted <= claims.keys() or not isinstance(token, str):
            return claims
        more = self.provider.userinfo(token)
        if more and more.get("sub") != claims["sub"]:
            raise NotSignedIn("The provider's userinfo is somebody else's. Begin again.")
        return {**more, **claims}

    def _external(self, claims: dict[str, Any]) -> External:
        settings = self._settings
        name = claims.get(settings.oidc_claim)
        if not isinstance(name, str) or not name:
            raise NotSignedIn(f"The provider tells no {settings.oidc_claim!r}. Correct RAGBOX_OIDC_CLAIM.")
        if settings.oidc_claim == "email" and claims.get("email_verified") is not True:
            raise NotSignedIn("The provider has not verified the e-mail address. Verify it there first.")
        said = claims.get(settings.oidc_groups_claim, [])
        listed = {g for g in (said[:MOST_GROUPS] if isinstance(said, list) else [said]) if isinstance(g, str)}
        groups = frozenset(group for theirs, group in settings.oidc_groups.items() if theirs in listed)
        return External(
            source=self.source, issuer=self.provider.issuer, subject=claims["sub"], name=name, groups=groups
        )


def local(page: str) -> str:
    """Return a page to go on to if it is one of the box, else its first."""
    # Browsers take a backslash for a slash and drop tabs and line ends, so //evil has more than one writing.
    plain = page.startswith("/") and not page.startswith("//") and "\\" not in page and page.isprintable()
    return page if plain and " " not in page and len(page) <= 500 else "/"


def _code(error: str) -> str:
    """Return an error code as the provider may name it; whatever else stands there is not repeated."""
    return error if error.isascii() and error.replace("_", "").isalpha() and len(error) <= 40 else "for no known reason"


def _plain(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
