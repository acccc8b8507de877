"""What has to be true of an ID token before it is believed. Knows no provider, no user.

By PyJWT, because it is one small package over `cryptography`, which is here already. Which algorithms count is said by
the box, never by the token.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

from ..errors import NotSignedIn

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a private key alone: with "none" or a shared key (HS256) anybody could sign."""
LEEWAY_SECONDS = 60
"""How far two clocks may be apart."""
OLDEST_SECONDS = 600
"""How old a token may be: it was made for a sign-in that has just ended."""
LONGEST = 65_536
"""Most characters of a token: one with 1,000 groups has 50,000."""
Keys = Callable[[bool], dict[str, Any]]


def read(token: object, keys: Keys, *, issuer: str, client: str, nonce: str) -> dict[str, Any]:
    """Return the claims of an ID token.

    `keys` returns the provider's keys, with True freshly read: it may have others by now.

    Raises:
        NotSignedIn: it is not one, not the issuer's, not for this client, not of this sign-in, or not of this time.
    """
    import jwt

    if not isinstance(token, str) or len(token) > LONGEST:
        raise NotSignedIn("The provider sent no ID token. Sign in again.")
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise NotSignedIn(f"The ID token is signed by {str(algorithm)[:20]!r}, which proves nothing here.")
        key = _key(keys(False), header, algorithm) or _key(keys(True), header, algorithm)
        if key is None:
            raise NotSignedIn("The ID token is signed by a key that the provider does not publish.")
        claims: dict[str, Any] = jwt.decode(
            token, key=key, algorithms=[algorithm], audience=client, issuer=issuer, leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
        )  # fmt: skip
        _check(claims, client, nonce)
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise NotSignedIn(f"The ID token is not good: {str(error)[:200]}. Sign in again.") from None
    return claims


def _check(claims: dict[str, Any], client: str, nonce: str) -> None:
    from time import time

    import jwt

    if not isinstance(claims["nonce"], str) or not hmac.compare_digest(claims["nonce"].encode(), nonce.encode()):
        raise jwt.InvalidTokenError("it belongs to another sign-in (nonce)")
    if time() - float(claims["iat"]) > OLDEST_SECONDS + LEEWAY_SECONDS:
        raise jwt.InvalidIssuedAtError("it is too old (iat)")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client) != client:
        raise jwt.InvalidAudienceError("it was made for somebody else (azp)")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise jwt.InvalidTokenError("it says of nobody (sub)")


def _key(published: dict[str, Any], header: dict[str, Any], algorithm: str) -> Any:
    """Return the key that a token's header names, None if it is not among those published for signing so."""
    import jwt

    found = []
    held = published.get("keys")
    for entry in held if isinstance(held, list) else ():
        if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or entry.get("alg", algorithm) != algorithm:
            continue
        if "kid" in header and entry.get("kid") != header["kid"]:
            continue
        try:
            found.append(jwt.PyJWK(entry, algorithm=algorithm))
        except jwt.PyJWTError:  # of another kind: an elliptic curve's for RS256
            continue
    return found[0] if len(found) == 1 else None
