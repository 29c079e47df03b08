"""How Plaid says no: its errors' shape and codes (API reference, "Errors")."""

from knowledger.kernel.json import JsonObject


class PlaidProblem(Exception):
    def __init__(self, status: int, error_type: str, error_code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.error_type, self.error_code, self.message = status, error_type, error_code, message

    def as_json(self) -> JsonObject:
        return {
            "error_type": self.error_type,
            "error_code": self.error_code,
            "error_message": self.message,
            "display_message": None,
            "documentation_url": "",
            "suggested_action": None,
            "request_id": "example",
        }


def invalid(code: str, message: str, *, kind: str = "INVALID_INPUT") -> PlaidProblem:
    return PlaidProblem(400, kind, code, message)


def login_required() -> PlaidProblem:
    return PlaidProblem(400, "ITEM_ERROR", "ITEM_LOGIN_REQUIRED", "the login details of this item have changed")


def mutated() -> PlaidProblem:
    code = "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION"
    return PlaidProblem(400, "TRANSACTIONS_ERROR", code, "underlying transaction data changed since the last page")


def too_often() -> PlaidProblem:
    return PlaidProblem(429, "RATE_LIMIT_EXCEEDED", "TRANSACTIONS_SYNC_LIMIT", "rate limit exceeded for this item")


def broken() -> PlaidProblem:
    return PlaidProblem(500, "API_ERROR", "INTERNAL_SERVER_ERROR", "an unexpected error occurred")
