"""Plaid, as the example bank speaks its API, with the troubles that a test wants of it.

Its customers are the shipped ones, or any that are given as Plaid's own sandbox takes them.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from knowledger.examples.plaid_sandbox.api import Api
from knowledger.examples.plaid_sandbox.bank import Bank
from knowledger.examples.plaid_sandbox.problems import PlaidProblem
from knowledger.examples.plaid_sandbox.server import serving
from knowledger.examples.plaid_sandbox.store import Store
from knowledger.kernel.json import JsonObject

SYNC = "/transactions/sync"
Happening = Callable[[], None] | PlaidProblem | None


class TroubledApi(Api):
    """Before each page of a sync the next of `happenings` happens: an error, or something at the bank."""

    def __init__(self, bank: Bank) -> None:
        super().__init__(bank)
        self.happenings: deque[Happening] = deque()
        self.asked: list[str] = []

    def answer(self, path: str, body: JsonObject) -> JsonObject:
        self.asked.append(path)
        if path == SYNC and self.happenings:
            happening = self.happenings.popleft()
            if isinstance(happening, PlaidProblem):
                raise happening
            if happening is not None:
                happening()
        return super().answer(path, body)


@dataclass
class PlaidStandIn:
    api: TroubledApi = field(default_factory=lambda: TroubledApi(Bank(Store())))
    url: str = ""

    @property
    def bank(self) -> Bank:
        return self.api.bank

    @property
    def store(self) -> Store:
        return self.api.bank.store


@contextmanager
def plaid() -> Iterator[PlaidStandIn]:
    stand_in = PlaidStandIn()
    with serving(stand_in.api) as server:
        stand_in.url = server.url
        yield stand_in
    stand_in.store.close()
