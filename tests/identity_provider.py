"""An identity provider for tests, over HTTP on this machine, which can be told to lie. It keeps to the rules otherwise:
a code works once, for one redirect address, with the PKCE verifier and the client's secret.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT, SECRET = "ragbox", "secret of the test: 100 %"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
Claims = dict[str, Any]


class IdentityProvider:
    """What the provider knows and does; `who` is who agrees to sign in next."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.who: Claims = {"sub": "u-1", "preferred_username": "rita", "groups": ["/staff"]}
        self.told: Claims = {}
        """Put over what the description says."""
        self.lies: Claims = {}
        """Put over the claims of the ID token; what is None is left out of it."""
        self.sign: Callable[[Claims], str] = self.honest
        self.userinfo: Claims | None = None
        self.requests: list[str] = []
        self.asked: Claims = {}
        self.fails = False
        self.codes: dict[str, Claims] = {}
        self.rotate()

    def rotate(self) -> None:
        """Sign by another key from now on, and publish that one alone."""
        self.kid = secrets.token_hex(4)
        self.key = ec.generate_private_key(ec.SECP256R1())
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        self.published = [{**public, "kid": self.kid, "use": "sig", "alg": "ES256"}]

    def honest(self, claims: Claims) -> str:
        return jwt.encode(claims, self.key, "ES256", headers={"kid": self.kid})

    def publish_rsa(self) -> bytes:
        """Publish an RSA key as well, of the id "rsa"; returns its public half as PEM."""
        from cryptography.hazmat.primitives import serialization as form

        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(RSA.public_key()))
        self.published.append({**public, "kid": "rsa", "use": "sig"})
        return RSA.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)

    # -- what it answers -----------------------------------------------------------------------------------

    def describe(self) -> Claims:
        return {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys",
            **({"userinfo_endpoint": f"{self.url}/userinfo"} if self.userinfo is not None else {}), **self.told,
        }  # fmt: skip

    def authorize(self, asked: Claims) -> str:
        """Return where the browser is sent back to."""
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        self.asked = asked
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked | {"who": dict(self.who)}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.url})}"

    def token(self, form: Claims, authorization: str) -> tuple[int, Claims]:
        known = base64.b64encode(f"{CLIENT}:{quote(SECRET, safe='').replace('%20', '+')}".encode()).decode()
        if authorization != f"Basic {known}":
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or asked["redirect_uri"] != form["redirect_uri"]
            or asked["code_challenge"] != challenge.decode().rstrip("=")
        ):
            return 400, {"error": "invalid_grant"}
        claims = {
            "iss": self.url, "aud": CLIENT, "iat": int(time()), "exp": int(time()) + 300, "nonce": asked["nonce"],
            **asked["who"], **self.lies,
        }  # fmt: skip
        token = self.sign({name: value for name, value in claims.items() if value is not None})
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": token}


@contextmanager
def provider() -> Iterator[IdentityProvider]:
    """Run a provider until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self.answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self.answer({name: values[0] for name, values in parse_qs(body).items()})

        def answer(self, form: Claims) -> None:
            parts = urlsplit(self.path)
            made.requests.append(parts.path)
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", made.authorize(dict(parse_qsl(parts.query))))
                self.end_headers()
                return
            found: dict[str, Callable[[], tuple[int, Any]]] = {
                "/.well-known/openid-configuration": lambda: (200, made.describe()),
                "/keys": lambda: (200, {"keys": made.published}),
                "/token": lambda: made.token(form, self.headers.get("authorization", "")),
                "/userinfo": lambda: (200, made.userinfo),
            }
            status, said = (500, {}) if made.fails else found.get(parts.path, lambda: (404, {}))()
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = IdentityProvider(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join(60)
