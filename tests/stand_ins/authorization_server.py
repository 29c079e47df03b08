"""An OAuth 2.0 authorization server: describes itself (RFC 8414), publishes keys (RFC 7517), signs access tokens."""

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.stand_ins.http_server import HttpStandIn, Received, Reply, answer

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass
class AuthorizationServerStandIn:
    """`with AuthorizationServerStandIn() as server:` … `server.token(email=…, aud=…, scope=…)`."""

    path: str = ""
    keys: dict[str, PrivateKey] = field(default_factory=dict)
    described: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.keys = self.keys or {"es": ec.generate_private_key(ec.SECP256R1()), "rs": _rsa()}
        self._http = HttpStandIn(self._route).__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.__exit__(kind, error, trace)

    @property
    def issuer(self) -> str:
        return self._http.url + self.path

    @property
    def asked_for_keys(self) -> int:
        return sum(request.path == "/keys" for request in self._http.received)

    def token(self, kid: str = "es", key: PrivateKey | None = None, **claims: object) -> str:
        """Signed by the key `kid`, or by `key` under its name."""
        return self.signed(self.claims(**claims), kid, key)

    def signed(self, claims: dict[str, object], kid: str = "es", key: PrivateKey | None = None) -> str:
        key = key or self.keys[kid]
        algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
        return jwt.encode(claims, key, algorithm, {"kid": kid, "typ": "at+jwt"})

    def claims(self, **claims: object) -> dict[str, object]:
        """The usual ones with others; a claim of None is left out."""
        usual = {
            "iss": self.issuer,
            "sub": "ada",
            "exp": int(time.time()) + 300,
            "nbf": int(time.time()),
            "email_verified": True,
            "scope": "openid knowledger:read",
        }
        return {name: value for name, value in {**usual, **claims}.items() if value is not None}

    def _route(self, request: Received) -> Reply:
        if request.path == f"/.well-known/oauth-authorization-server{self.path}":
            return answer({"issuer": self.issuer, "jwks_uri": f"{self._http.url}/keys", **self.described})
        if request.path == "/keys":
            return answer({"keys": [{**_public(key), "kid": kid, "use": "sig"} for kid, key in self.keys.items()]})
        return answer({}, status=404)


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _public(key: PrivateKey) -> dict[str, object]:
    if isinstance(key, rsa.RSAPrivateKey):
        return RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
