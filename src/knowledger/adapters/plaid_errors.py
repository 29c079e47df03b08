"""Plaid's errors as ours (its API reference, "Errors")."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from plaid.exceptions import ApiException, OpenApiException
from urllib3.exceptions import HTTPError

from knowledger.domain.connections.feed import (
    BankAccessRevoked,
    BankFeedBusy,
    BankFeedChanged,
    BankFeedNotSetUp,
    BankFeedRefused,
    BankFeedUnavailable,
    BankSignInRequired,
    BankUnavailable,
)
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject

_BY_CODE: dict[str, type[KnowledgerError]] = {
    "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION": BankFeedChanged,
    "ITEM_LOGIN_REQUIRED": BankSignInRequired,
    "PENDING_EXPIRATION": BankSignInRequired,
    "PENDING_DISCONNECT": BankSignInRequired,
    "ACCESS_NOT_GRANTED": BankSignInRequired,
    "INVALID_ACCESS_TOKEN": BankAccessRevoked,
    "ITEM_NOT_FOUND": BankAccessRevoked,
    "USER_PERMISSION_REVOKED": BankAccessRevoked,
    "USER_ACCOUNT_REVOKED": BankAccessRevoked,
    "INSTITUTION_DOWN": BankUnavailable,
    "INSTITUTION_NOT_RESPONDING": BankUnavailable,
    "INVALID_API_KEYS": BankFeedNotSetUp,
    "UNAUTHORIZED_ENVIRONMENT": BankFeedNotSetUp,
}
_BY_TYPE: dict[str, type[KnowledgerError]] = {
    "RATE_LIMIT_EXCEEDED": BankFeedBusy,
    "API_ERROR": BankFeedUnavailable,
    "INSTITUTION_ERROR": BankUnavailable,
}


@contextmanager
def our_errors() -> Iterator[None]:
    """Whatever the SDK raises becomes one of ours."""
    try:
        yield
    except ApiException as error:
        raise _of_answer(error) from None
    except (HTTPError, OSError):
        raise BankFeedUnavailable("Plaid does not answer.") from None
    except (OpenApiException, ValueError, KeyError) as error:
        raise BankFeedUnavailable(f"Plaid's answer cannot be read: {type(error).__name__}.") from None


def problem_of(body: JsonObject) -> KnowledgerError:
    """An error as Plaid writes it, in an answer or as the state of an item."""
    code, kind = str(body.get("error_code")), str(body.get("error_type"))
    told = body.get("display_message") or body.get("error_message") or code
    found = _BY_CODE.get(code) or _BY_TYPE.get(kind) or BankFeedRefused
    return found(f"Plaid says: {str(told)[:300]}", plaid_code=code, plaid_request_id=body.get("request_id"))


def code_of(error: ApiException) -> str:
    return str(_body(error).get("error_code"))


def _of_answer(error: ApiException) -> KnowledgerError:
    body = _body(error)
    if not body.get("error_code"):
        if error.status == 429:
            return BankFeedBusy()
        return BankFeedUnavailable(f"Plaid answered with the status {error.status}.")
    return problem_of(body)


def _body(error: ApiException) -> JsonObject:
    try:
        found = json.loads(error.body or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
