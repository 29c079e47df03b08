"""Which access tokens are believed, and for whom."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from knowledger.adapters.oauth import KEPT_S, UNKNOWN_KEPT_S, OAuthServer
from knowledger.domain.tenancy.bearers import AuthorizationServerDown, TokenRefused, TokenWithoutScope
from knowledger.domain.tenancy.roles import Scope
from tests.stand_ins.authorization_server import AuthorizationServerStandIn

HERE = "https://knowledger.example.org"
ADDRESS = f"{HERE}/v1/graphs/kg_1/mcp"
EMAIL = "ada@example.org"


@pytest.fixture(scope="module")
def stand_in() -> Iterator[AuthorizationServerStandIn]:
    with AuthorizationServerStandIn() as server:
        yield server


@pytest.fixture(scope="module")
def server(stand_in: AuthorizationServerStandIn) -> OAuthServer:
    return OAuthServer(stand_in.issuer, HERE)


@pytest.mark.parametrize("kid", ["es", "rs"])
@pytest.mark.parametrize("audience", [HERE, ADDRESS, ["https://other.example.org", HERE]])
def test_a_token_says_who_and_what_for(
    stand_in: AuthorizationServerStandIn, server: OAuthServer, kid: str, audience: object
) -> None:
    grant = server.grant(stand_in.token(kid, aud=audience, email=EMAIL), ADDRESS)
    assert (grant.subject, grant.email, grant.scopes) == ("ada", EMAIL, frozenset({Scope.READ}))


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scope": "knowledger:write read"}, {Scope.READ, Scope.WRITE}),
        ({"scope": None, "scp": ["knowledger:admin", "other:thing"]}, {Scope.ADMIN}),
    ],
)
def test_scopes_are_a_text_or_a_list(
    stand_in: AuthorizationServerStandIn, server: OAuthServer, claims: dict[str, object], scopes: set[Scope]
) -> None:
    assert server.grant(stand_in.signed(stand_in.claims(aud=HERE, email=EMAIL, **claims)), None).scopes == scopes


LIES: dict[str, dict[str, object]] = {
    "expired": {"exp": int(time.time()) - 60},
    "never expires": {"exp": None},
    "not yet": {"nbf": int(time.time()) + 600},
    "no audience": {"aud": None},
    "another's audience": {"aud": "https://other.example.org"},
    "the beginning of the audience": {"aud": "https://knowledger"},
    "another address of this server": {"aud": f"{HERE}/v1/graphs/kg_2/mcp"},
    "another issuer": {"iss": "https://evil.example.org"},
    "no issuer": {"iss": None},
    "no subject": {"sub": None},
    "no email": {"email": None},
    "a list of emails": {"email": [EMAIL]},
    "an email that nobody verified": {"email_verified": False},
    "an email of which nothing is said": {"email_verified": None},
    "a text for a verdict": {"email_verified": "true"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_token_that_lies_is_refused(
    stand_in: AuthorizationServerStandIn, server: OAuthServer, lie: dict[str, object]
) -> None:
    with pytest.raises(TokenRefused):
        server.grant(stand_in.signed(stand_in.claims(**{"aud": HERE, "email": EMAIL, **lie})), ADDRESS)


def _unsigned(stand_in: AuthorizationServerStandIn) -> str:
    return _joined({"alg": "none", "kid": "es"}, stand_in, lambda _: b"")


def _signed_by_the_public_key(stand_in: AuthorizationServerStandIn) -> str:
    """The public key, which everybody has, taken for a shared secret."""
    public = stand_in.keys["rs"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return _joined({"alg": "HS256", "kid": "rs"}, stand_in, lambda text: hmac.digest(public, text, "sha256"))


def _joined(header: dict[str, str], stand_in: AuthorizationServerStandIn, sign: Callable[[bytes], bytes]) -> str:
    claims = stand_in.claims(aud=HERE, email=EMAIL)
    text = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{_base64(sign(text.encode()))}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _signed_by_a_stranger(stand_in: AuthorizationServerStandIn) -> str:
    return stand_in.token("es", ec.generate_private_key(ec.SECP256R1()), aud=HERE, email=EMAIL)


def _of_another_kind_of_key(stand_in: AuthorizationServerStandIn) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return stand_in.token("es", key, aud=HERE, email=EMAIL)


def _with_its_own_key(stand_in: AuthorizationServerStandIn) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    header = {"kid": "mine", "jwk": public, "jku": "https://evil.example.org/keys"}
    return jwt.encode(stand_in.claims(aud=HERE, email=EMAIL), key, "ES256", header)


def _changed(stand_in: AuthorizationServerStandIn) -> str:
    head, _, signature = stand_in.token(aud=HERE, email=EMAIL).split(".")
    claims = json.dumps(stand_in.claims(aud=HERE, email="root@example.org")).encode()
    return f"{head}.{_base64(claims)}.{signature}"


def _with_a_demand_that_nobody_knows(stand_in: AuthorizationServerStandIn) -> str:
    header = {"kid": "es", "crit": ["unheard-of"], "unheard-of": True}
    return jwt.encode(stand_in.claims(aud=HERE, email=EMAIL), stand_in.keys["es"], "ES256", header)


FORGERIES: list[Callable[[AuthorizationServerStandIn], str]] = [
    _unsigned,
    _signed_by_the_public_key,
    _signed_by_a_stranger,
    _of_another_kind_of_key,
    _with_its_own_key,
    _changed,
    _with_a_demand_that_nobody_knows,
    lambda _: "..",
    lambda _: "a.b.c",
    lambda stand_in: stand_in.token(aud=HERE, email=EMAIL).rpartition(".")[0] + ".",
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_forged_token_is_refused(
    stand_in: AuthorizationServerStandIn, server: OAuthServer, forge: Callable[[AuthorizationServerStandIn], str]
) -> None:
    with pytest.raises(TokenRefused):
        server.grant(forge(stand_in), ADDRESS)


def test_a_token_for_something_else_is_told_so(stand_in: AuthorizationServerStandIn, server: OAuthServer) -> None:
    with pytest.raises(TokenWithoutScope):
        server.grant(stand_in.token(aud=HERE, email=EMAIL, scope="openid email knowledger:everything"), None)


def test_keys_are_fetched_once_and_again_for_a_new_one() -> None:
    with AuthorizationServerStandIn() as stand_in:
        now = [0.0]
        server = OAuthServer(stand_in.issuer, HERE, clock=lambda: now[0])
        for _ in range(3):
            server.grant(stand_in.token(aud=HERE, email=EMAIL), None)
        assert stand_in.asked_for_keys == 1
        old, stand_in.keys["new"] = stand_in.keys["es"], ec.generate_private_key(ec.SECP256R1())
        for _ in range(3):
            with pytest.raises(TokenRefused):
                server.grant(stand_in.token("new", aud=HERE, email=EMAIL), None)
        assert stand_in.asked_for_keys == 1, "a flood of unknown keys is no flood at the authorization server"
        now[0] += UNKNOWN_KEPT_S + 1
        assert server.grant(stand_in.token("new", aud=HERE, email=EMAIL), None).email == EMAIL
        del stand_in.keys["es"]
        now[0] += KEPT_S + 1
        with pytest.raises(TokenRefused):
            server.grant(stand_in.token("es", old, aud=HERE, email=EMAIL), None)


def test_a_server_under_a_path_is_found() -> None:
    with AuthorizationServerStandIn(path="/realms/house") as stand_in:
        token = stand_in.token(aud=HERE, email=EMAIL)
        assert OAuthServer(stand_in.issuer, HERE).grant(token, None).email == EMAIL


@pytest.mark.parametrize(
    "described",
    [{"issuer": "https://evil.example.org"}, {"jwks_uri": "file:///etc/keys"}, {"jwks_uri": "http://127.0.0.1:1/keys"}],
)
def test_a_server_that_is_another_or_does_not_answer_proves_nothing(described: dict[str, str]) -> None:
    with AuthorizationServerStandIn(described=described) as stand_in, pytest.raises(AuthorizationServerDown):
        OAuthServer(stand_in.issuer, HERE).grant(stand_in.token(aud=HERE, email=EMAIL), None)
