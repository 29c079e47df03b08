"""An OAuth 2.0 authorization server, of which this is a resource server.

Its access tokens are JWTs (RFC 9068) with an `email` that it says is verified. Its keys are found by discovery
(RFC 8414, or OpenID Connect Discovery 1.0), fetched once an hour, and sooner for a token signed by one unknown.
"""

import time
from collections.abc import Callable, Iterator
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import httpx

from knowledger.domain.tenancy.bearers import AuthorizationServerDown, Grant, TokenRefused, TokenWithoutScope
from knowledger.domain.tenancy.roles import Scope

if TYPE_CHECKING:
    from jwt import PyJWK

ALGORITHMS: Final = ("RS256", "ES256")
KEPT_S: Final = 3600.0
UNKNOWN_KEPT_S: Final = 60.0
_CLOCKS_DIFFER_S: Final = 30
_LONGEST_WAIT_S: Final = 5.0
_PREFIX: Final = "knowledger:"


class OAuthServer:
    """`audience` is what tokens for this whole server name; one for a single address names that address."""

    def __init__(self, issuer: str, audience: str, clock: Callable[[], float] = time.time) -> None:
        self.issuer = issuer
        self._audience = audience
        self._keys = _Keys(issuer, clock)

    def grant(self, token: str, url: str | None) -> Grant:
        claims = self._claims(token, [self._audience, *([url] if url else [])])
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") is not True:
            raise TokenRefused("The access token names no verified email.")
        scopes = _scopes(claims)
        if not scopes:
            raise TokenWithoutScope
        return Grant(str(claims["sub"]), email, scopes)

    def _claims(self, token: str, audiences: list[str]) -> dict[str, Any]:
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise TokenRefused(f"Access tokens are signed by {' or '.join(ALGORITHMS)}.")
            claims: dict[str, Any] = jwt.decode(
                token,
                self._keys.find(str(header.get("kid"))),
                algorithms=ALGORITHMS,
                audience=audiences,
                issuer=self.issuer,
                leeway=_CLOCKS_DIFFER_S,
                options={"require": ["iss", "aud", "exp", "sub"]},
            )
        except jwt.ExpiredSignatureError:
            raise TokenRefused("The access token has expired.") from None
        except jwt.InvalidAudienceError:
            raise TokenRefused("The access token is for somebody else than this server.") from None
        except jwt.PyJWTError:
            raise TokenRefused from None
        return claims


class _Keys:
    """The server's keys by their ids. Of many who need one at once, one fetches."""

    def __init__(self, issuer: str, clock: Callable[[], float]) -> None:
        self._issuer, self._clock = issuer, clock
        self._lock = Lock()
        self._kept: dict[str, PyJWK] = {}
        self._fetched_at = float("-inf")

    def find(self, kid: str) -> "PyJWK":
        """Raises TokenRefused or AuthorizationServerDown."""
        with self._lock:
            age = self._clock() - self._fetched_at
            if age > KEPT_S or (kid not in self._kept and age > UNKNOWN_KEPT_S):
                self._kept = _fetch(self._issuer)
                self._fetched_at = self._clock()
            key = self._kept.get(kid)
        if key is None:
            raise TokenRefused("The access token is signed by a key that its authorization server does not have.")
        return key


def _fetch(issuer: str) -> "dict[str, PyJWK]":
    import jwt

    try:
        with httpx.Client(timeout=_LONGEST_WAIT_S, trust_env=False) as http:
            listed = _answer(http, _address_of_keys(http, issuer)).get("keys")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        raise AuthorizationServerDown from None
    keys = {}
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and one.get("use", "sig") == "sig":
            try:
                keys[str(one.get("kid"))] = jwt.PyJWK(one)
            except jwt.PyJWTError:  # a kind of key that is of no use here
                continue
    return keys


def _address_of_keys(http: httpx.Client, issuer: str) -> str:
    for url in _descriptions(issuer):
        answer = http.get(url)
        told = answer.json() if answer.status_code == httpx.codes.OK else None
        if isinstance(told, dict) and told.get("issuer") == issuer:
            address = str(told.get("jwks_uri"))
            if httpx.URL(address).scheme in ("https", httpx.URL(issuer).scheme):
                return address
    raise AuthorizationServerDown("The authorization server does not describe itself as its address says.")


def _descriptions(issuer: str) -> Iterator[str]:
    url = httpx.URL(issuer)
    path = url.path.rstrip("/")
    yield str(url.copy_with(path=f"/.well-known/oauth-authorization-server{path}"))
    yield str(url.copy_with(path=f"{path}/.well-known/openid-configuration"))


def _answer(http: httpx.Client, url: str) -> dict[str, Any]:
    answer = http.get(url).raise_for_status().json()
    return answer if isinstance(answer, dict) else {}


def _scopes(claims: dict[str, Any]) -> frozenset[Scope]:
    """`scope` as RFC 8693 has it, or a list, as some call `scp`."""
    told = claims.get("scope", claims.get("scp"))
    named = told.split() if isinstance(told, str) else told if isinstance(told, list) else []
    granted = {str(name).removeprefix(_PREFIX) for name in named}
    return frozenset(scope for scope in Scope if scope in granted)
