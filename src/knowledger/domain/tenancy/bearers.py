"""Tokens of an authorization server of somebody else's, accepted in place of a session."""

from dataclasses import dataclass
from typing import Protocol

from knowledger.domain.tenancy.roles import Scope
from knowledger.kernel.errors import Forbidden, KnowledgerError, Unauthenticated


class TokenRefused(Unauthenticated):
    """This access token is not one that this server accepts."""

    hint = "Ask the authorization server for a new one, for this server as its audience."


class TokenWithoutScope(Forbidden):
    """This access token carries none of the scopes knowledger:read, knowledger:write and knowledger:admin."""

    hint = "Ask the authorization server for a token with one of them."


class AuthorizationServerDown(KnowledgerError):
    """The authorization server does not answer, so that its tokens cannot be checked."""

    status = 503
    retryable = True
    hint = "Try again in a minute, or use an API key."


@dataclass(frozen=True)
class Grant:
    """What a token proves: whose it is, by an email that the authorization server has verified, and what for."""

    subject: str
    email: str
    scopes: frozenset[Scope]


class AuthorizationServer(Protocol):
    """`issuer` is the URL that it is known by."""

    @property
    def issuer(self) -> str: ...

    def grant(self, token: str, url: str | None) -> Grant:
        """What the token proves to this server, or to the one address `url` of it.

        Raises TokenRefused, TokenWithoutScope or AuthorizationServerDown.
        """
