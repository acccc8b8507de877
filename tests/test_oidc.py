"""Sign-in by an identity provider, over HTTP with one of the test's own, which lies where it is told to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ragbox.directory import oidc as flow
from ragbox.directory import provider as over_http
from ragbox.directory.external import External
from ragbox.directory.oidc import Oidc
from ragbox.errors import BadInput, NotSignedIn, Unavailable
from ragbox.settings import Settings
from tests.identity_provider import CLIENT, RSA, SECRET, Claims, IdentityProvider, provider

BACK = "http://127.0.0.1:7860/login/oidc/back"
Make = Callable[..., Oidc]


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    with provider() as made:
        yield made


@pytest.fixture
def make(idp: IdentityProvider, tmp_path: Path) -> Make:
    """Return a function that gives what signs people in by the provider."""
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    secret.chmod(0o600)
    known = {
        "oidc_issuer": idp.url, "oidc_client": CLIENT, "oidc_secret_file": secret,
        "oidc_groups": {"/staff": "staff", "/board": "board"},
    }  # fmt: skip
    return lambda **given: Oidc(Settings(**{**known, **given}))


def agree(url: str) -> Claims:
    """Let somebody agree at the provider; returns what the browser is sent back with."""
    with httpx.Client(trust_env=False, verify=False) as browser:
        reply = browser.get(url)
    assert reply.status_code == 302
    return dict(parse_qsl(urlsplit(reply.headers["location"]).query))


def through(oidc: Oidc, after: str = "/", **said: str) -> tuple[External, str]:
    """Go to the provider and come back, with `said` in place of what it says."""
    begun = oidc.begin(BACK, after)
    return oidc.finish(agree(begun.url) | said, begun.cookie, BACK)


def test_the_provider_says_who_it_is(make: Make, idp: IdentityProvider) -> None:
    who, page = through(make(), "/en/documents?x=1#y")
    assert who == External(source="oidc", issuer=idp.url, subject="u-1", name="rita", groups=frozenset({"staff"}))
    assert page == "/en/documents?x=1#y"
    assert idp.asked["scope"] == "openid profile"
    assert SECRET not in str(idp.asked)


@pytest.mark.parametrize("said", [{"state": "x"}, {"state": ""}, {"state": "é"}, {"iss": "https://evil.example"}])
def test_an_answer_that_is_not_of_this_sign_in_is_refused(make: Make, idp: IdentityProvider, said: Claims) -> None:
    with pytest.raises(NotSignedIn):
        through(make(), **said)
    assert "/token" not in idp.requests


def test_another_browser_or_process_cannot_end_a_sign_in(make: Make) -> None:
    oidc = make()
    one, two = oidc.begin(BACK), oidc.begin(BACK)
    came = agree(one.url)
    for wrong in (two.cookie, "", one.cookie + "x", one.cookie.replace(".", ".9", 1), "..", "x"):
        with pytest.raises(NotSignedIn, match="began in another browser"):
            oidc.finish(came, wrong, BACK)
    with pytest.raises(NotSignedIn):
        make().finish(came, one.cookie, BACK)
    assert oidc.finish(came, one.cookie, BACK)[0].name == "rita"


def test_a_sign_in_ends_once_and_so_does_a_code(make: Make, idp: IdentityProvider) -> None:
    oidc = make()
    begun = oidc.begin(BACK)
    came = agree(begun.url)
    oidc.finish(came, begun.cookie, BACK)
    with pytest.raises(NotSignedIn, match="was done already"):
        oidc.finish(came, begun.cookie, BACK)
    assert idp.requests.count("/token") == 1
    # With a state of its own, a code that was used is the provider's to refuse; so is one of another sign-in (PKCE).
    with pytest.raises(Unavailable, match="answers 400: invalid_grant"):
        through(oidc, code=came["code"])
    with pytest.raises(Unavailable, match="invalid_grant"):
        through(oidc, code=agree(oidc.begin(BACK).url)["code"])


def test_a_sign_in_that_took_too_long_is_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    oidc = make()
    begun = oidc.begin(BACK)
    came = agree(begun.url)
    monkeypatch.setattr(oidc, "_clock", lambda: time() + flow.LIFE_SECONDS + 1)
    with pytest.raises(NotSignedIn, match="took too long"):
        oidc.finish(came, begun.cookie, BACK)


def test_a_provider_that_must_name_itself_does(make: Make, idp: IdentityProvider) -> None:
    idp.told = {"authorization_response_iss_parameter_supported": True}
    oidc = make()
    begun = oidc.begin(BACK)
    came = agree(begun.url)
    with pytest.raises(NotSignedIn, match="another provider"):
        oidc.finish({name: value for name, value in came.items() if name != "iss"}, begun.cookie, BACK)


def test_who_refuses_at_the_provider_is_not_signed_in(make: Make) -> None:
    for said, told in (("access_denied", "access_denied"), ("<b>call me</b>", "for no known reason")):
        with pytest.raises(NotSignedIn, match=told):
            through(make(), error=said)


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"}, {"nonce": None}, {"nonce": 5}, {"aud": "other"}, {"aud": ["ragbox", "other"]},
        {"aud": ["ragbox", "other"], "azp": "other"}, {"azp": "other"}, {"iss": "https://evil.example"},
        {"exp": -3600}, {"exp": None}, {"iat": None}, {"iat": 3600}, {"iat": -3600}, {"sub": None}, {"sub": ""},
        {"preferred_username": None}, {"preferred_username": ["rita"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_with_a_wrong_claim_is_refused(make: Make, idp: IdentityProvider, lies: Claims) -> None:
    # Times are seconds from now, taken here: two processes that collect the tests must find the same names.
    idp.lies = {k: int(time()) + v if k in ("exp", "iat") and v else v for k, v in lies.items()}
    with pytest.raises(NotSignedIn):
        through(make())


def test_a_token_for_several_that_names_the_box_is_taken(make: Make, idp: IdentityProvider) -> None:
    idp.lies = {"aud": ["ragbox", "other"], "azp": "ragbox"}
    assert through(make())[0].name == "rita"


def unsigned(claims: Claims, header: Claims) -> str:
    parts = (json.dumps(part).encode() for part in (header, claims))
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), ""])


def stranger(idp: IdentityProvider, claims: Claims) -> str:
    return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": idp.kid})


def carried(claims: Claims) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    return jwt.encode(claims, key, "ES256", headers={"jwk": public})


FORGED: dict[str, Callable[[IdentityProvider, bytes, Claims], str]] = {
    "none": lambda _, __, c: unsigned(c, {"alg": "none"}),
    "None": lambda idp, _, c: unsigned(c, {"alg": "nOnE", "kid": idp.kid}),
    "no signature": lambda idp, _, c: unsigned(c, {"alg": "ES256", "kid": idp.kid}),
    "public key as shared one": lambda _, pem, c: hs256(c, pem, "rsa"),
    "client secret as shared one": lambda idp, _, c: hs256(c, SECRET.encode(), idp.kid),
    "another key": lambda idp, _, c: stranger(idp, c),
    "unknown key": lambda idp, _, c: jwt.encode(c, idp.key, "ES256", headers={"kid": "x"}),
    "key in the token": lambda _, __, c: carried(c),
    "a key for another algorithm": lambda idp, _, c: jwt.encode(c, RSA, "RS256", headers={"kid": idp.kid}),
    "an extension": lambda idp, _, c: jwt.encode(c, idp.key, "ES256", headers={"kid": idp.kid, "crit": ["x"], "x": 1}),
    "nothing": lambda *_: "",
}


def hs256(claims: Claims, key: bytes, kid: str) -> str:
    """Sign as an attacker does, whom the library would keep from using a public key so."""

    body = unsigned(claims, {"alg": "HS256", "kid": kid})[:-1]
    return f"{body}.{base64.urlsafe_b64encode(hmac.digest(key, body.encode(), hashlib.sha256)).decode().rstrip('=')}"


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_token_is_refused(make: Make, idp: IdentityProvider, how: str) -> None:
    pem = idp.publish_rsa()
    idp.published.append({"kty": "oct", "k": base64.urlsafe_b64encode(pem).decode(), "kid": "rsa"})
    idp.sign = lambda claims: FORGED[how](idp, pem, claims)
    with pytest.raises(NotSignedIn):
        through(make())


def test_an_rsa_token_is_taken(make: Make, idp: IdentityProvider) -> None:
    idp.publish_rsa()
    idp.sign = lambda c: jwt.encode(c, RSA, "RS256", headers={"kid": "rsa"})
    assert through(make())[0].name == "rita"


def test_new_keys_are_looked_up_at_most_twice_a_minute(
    make: Make, idp: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    oidc = make()
    through(oidc)
    idp.rotate()
    with pytest.raises(NotSignedIn, match="does not publish"):
        through(oidc)
    assert idp.requests.count("/keys") == 1
    monkeypatch.setattr(over_http, "AGAIN_SECONDS", 0.0)
    through(oidc)
    assert idp.requests.count("/keys") == 2


@pytest.mark.parametrize("page", [
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "javascript:x",
    "", "evil", "/a b", "/\n/evil.example", "/" + "x" * 600,
])  # fmt: skip
def test_nobody_is_sent_on_to_another_site(page: str) -> None:
    assert flow.local(page) == "/"


@pytest.mark.parametrize(
    ("told", "match"),
    [
        ({"issuer": "https://evil.example"}, "calls itself"),
        ({"token_endpoint": "https://evil.example/token"}, "no host but the issuer's"),
        ({"jwks_uri": "http://169.254.169.254/keys"}, "no host but the issuer's"),
        ({"jwks_uri": "http://127.0.0.1:1/keys"}, "no host but the issuer's"),
        ({"jwks_uri": None}, "names no address"),
        ({"authorization_endpoint": "http://evil.example/"}, "has to be https"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "has to be https"),
    ],
)
def test_a_description_that_leads_elsewhere_is_refused(
    make: Make, idp: IdentityProvider, told: Claims, match: str
) -> None:
    idp.told = told
    with pytest.raises((Unavailable, BadInput), match=match):
        make().begin(BACK)


def test_the_userinfo_tells_what_the_token_does_not_and_of_nobody_else(make: Make, idp: IdentityProvider) -> None:
    idp.who = {"sub": "u-1"}
    idp.userinfo = {"sub": "u-1", "preferred_username": "rita", "groups": "/board", "iss": "x"}
    who, _ = through(make())
    assert (who.name, who.groups) == ("rita", {"board"})
    idp.userinfo = {"sub": "u-2", "preferred_username": "rita", "groups": []}
    with pytest.raises(NotSignedIn, match="somebody else's"):
        through(make())


@pytest.mark.parametrize("token", ["é", "a\nb", "\ud800"])
def test_an_access_token_that_http_cannot_carry_is_the_providers_fault(
    make: Make, idp: IdentityProvider, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    idp.who, idp.userinfo = {"sub": "u-1"}, {"sub": "u-1"}
    answer = idp.token
    monkeypatch.setattr(idp, "token", lambda *given: (200, answer(*given)[1] | {"access_token": token}))
    with pytest.raises(Unavailable, match="identity provider"):
        through(make())


def test_an_address_of_mail_counts_once_it_is_verified(make: Make, idp: IdentityProvider) -> None:
    idp.lies = {"email": "rita@corp.example"}
    with pytest.raises(NotSignedIn, match="not verified"):
        through(make(oidc_claim="email"))
    idp.lies["email_verified"] = True
    assert through(make(oidc_claim="email"))[0].name == "rita@corp.example"


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"oidc_issuer": "http://idp.corp.example"}, "has to be https"),
        ({"oidc_issuer": "https://a@idp.corp.example"}, "has to be https"),
        ({"oidc_issuer": ""}, "RAGBOX_OIDC_ISSUER"),
        ({"oidc_client": ""}, "RAGBOX_OIDC_CLIENT"),
        ({"oidc_scopes": "profile"}, "RAGBOX_OIDC_SCOPES"),
    ],
)
def test_a_wrong_setting_is_named(make: Make, given: dict[str, Any], match: str) -> None:
    with pytest.raises((Unavailable, BadInput), match=match):
        make(**given).begin(BACK)


def test_a_provider_that_fails_is_left_alone_for_a_moment(make: Make, idp: IdentityProvider) -> None:
    idp.fails = True
    oidc = make()
    for _ in range(5):
        with pytest.raises(Unavailable, match="answers 500"):
            oidc.begin(BACK)
    assert len(idp.requests) == 1
