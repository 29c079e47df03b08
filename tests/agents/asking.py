"""A database with one organization, its graph and its credits, and a way to have questions answered in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from knowledger.adapters.llm import ModelMinds
from knowledger.adapters.loop_thread import LoopThread
from knowledger.adapters.model_prices import PriceTable
from knowledger.domain.agents.analyze import Answered, analyze
from knowledger.domain.agents.asking import Analyze, request_analysis
from knowledger.domain.agents.choice import ModelChoice, Provider, choose_model
from knowledger.domain.agents.mind import ModelCutOff, ModelUnavailable
from knowledger.domain.agents.modes import Mode
from knowledger.domain.agents.tools.context import GraphReading, Rows
from knowledger.domain.billing.credits import Balance, balance
from knowledger.domain.billing.grants import Grant, grant_credits
from knowledger.domain.connections.tokens import SecretKeys
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.errors import LeaseLost
from knowledger.domain.operations.progress import Steps
from knowledger.domain.operations.run import Kind, Runtime, run_operation
from knowledger.domain.tenancy.access import Access
from knowledger.domain.tenancy.roles import Role, Scope
from knowledger.kernel.json import JsonObject, JsonValue
from knowledger.kernel.keys import new_key
from knowledger.models import Graph, Membership, Operation, Organization, User
from tests.stand_ins.this_machine import forbid_model_requests

ORGANIZATION, GRAPH, USER = "org_asks", "kg_asked", "user_asks"
CREDIT = 1_000_000
PASSING = (ModelUnavailable, ModelCutOff)
SCHEMA: JsonObject = {
    "name": "books",
    "version": "1",
    "nodes": [
        {
            "name": "Account",
            "key": ["number"],
            "properties": [{"name": "number", "type": "string"}, {"name": "balance", "type": "decimal(18,2)"}],
        }
    ],
    "relationships": [],
}


@dataclass
class StillGraph:
    """A graph with one account, whatever is asked. `told` is what its rows say."""

    told: str = "1,200.00"
    asked: list[str] = field(default_factory=list)

    def generation(self) -> None:
        return None

    def cypher(self, query: str, parameters: JsonObject, *, max_rows: int, timeout: timedelta = timedelta()) -> Rows:
        self.asked.append(query)
        return self._rows

    def sql(self, query: str, parameters: list[JsonValue], *, max_rows: int, timeout: timedelta = timedelta()) -> Rows:
        self.asked.append(query)
        return self._rows

    def operations(self, limit: int) -> list[JsonObject]:
        return []

    @property
    def _rows(self) -> Rows:
        return Rows(("balance", "nodes"), ({"balance": self.told, "nodes": 1},))


class Desk:
    """Asks, has it answered, and looks at what became of it."""

    def __init__(self, engine: Engine, unhurried: Engine, reading: GraphReading) -> None:
        self.engine = engine
        self.sessions = sessionmaker(engine, expire_on_commit=False)
        self.runtime = Runtime(self.sessions, unhurried, timedelta(seconds=20), lambda kind, id_: None)
        self.keys = SecretKeys.parse(new_key("test"))
        self.prices = PriceTable()
        self.reading = reading
        self.minds = ModelMinds(LoopThread())
        self.access = Access(USER, "key", "api_key", frozenset(Scope), ORGANIZATION, Role.ADMIN, GRAPH)

    def choose(self, url: str, provider: Provider = Provider.ANTHROPIC, model: str = "claude-sonnet-4-6") -> None:
        """Models are asked only while a stand-in serves."""
        forbid_model_requests()
        base_url = url if provider is Provider.ANTHROPIC else f"{url}/v1"
        with self.sessions.begin() as session:
            choice = ModelChoice(provider, model, base_url, "sk-secret-of-test")
            choose_model(session, ORGANIZATION, choice, keys=self.keys, prices=self.prices)

    def grant(self, credits_: int) -> None:
        with self.sessions.begin() as session:
            grant_credits(session, ORGANIZATION, Grant("test", "purchase", credits_ * CREDIT, datetime.now(UTC), None))

    def ask(
        self,
        message: str,
        mode: Mode = Mode.QUICK,
        *,
        conversation_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> str:
        with self.sessions.begin() as session:
            command = Analyze(message=message, mode=mode, conversation_id=conversation_id)
            return request_analysis(
                session,
                self.access,
                GRAPH,
                command,
                keys=self.keys,
                prices=self.prices,
                idempotency_key=idempotency_key,
            ).id

    def run(self, operation_id: str, *, dies_after: int | None = None) -> Operation:
        """Run an attempt; one that dies says that many things and is heard of no more."""

        def work(deps: None, held: Claim, command: Analyze) -> Steps[Answered]:
            steps = self._steps(held, command)
            if dies_after is None:
                return (yield from steps)
            for _ in range(dies_after):
                try:
                    yield next(steps)
                except StopIteration:
                    break
            steps.close()
            raise LeaseLost(held.operation_id)

        run_operation(self.runtime, Kind(Analyze, work, timedelta(minutes=1), PASSING, 12), None, operation_id)
        self.execute("UPDATE operations SET lease_until = now() - interval '1 s', not_before = now()")
        with self.sessions() as session:
            return session.get_one(Operation, operation_id)

    def events(self, operation_id: str) -> list[tuple[str, JsonObject]]:
        query = text("SELECT type, data FROM operation_events WHERE operation_id = :id ORDER BY seq")
        with self.engine.connect() as connection:
            return [(row.type, row.data) for row in connection.execute(query, {"id": operation_id})]

    def said(self, operation_id: str, type_: str) -> list[JsonObject]:
        return [data for name, data in self.events(operation_id) if name == type_]

    def text(self, operation_id: str) -> str:
        """The deltas one behind the other, as a client that knows nothing of offsets prints them."""
        return "".join(str(data["text"]) for data in self.said(operation_id, "text_delta"))

    def balance(self) -> Balance:
        with self.sessions() as session:
            return balance(session, ORGANIZATION)

    def execute(self, statement: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement))

    def _steps(self, held: Claim, command: Analyze) -> Steps[Answered]:
        return analyze(
            command,
            held,
            sessions=self.sessions,
            readings=lambda graph_id, organization_id: self.reading,
            minds=self.minds,
            keys=self.keys,
            prices=self.prices,
        )


@contextmanager
def desk(database_url: str) -> Iterator[Desk]:
    engine = create_engine(database_url)
    unhurried = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with Session(engine) as session, session.begin():
        session.add(Organization(id=ORGANIZATION, name="Asks"))
        session.add(User(id=USER, email="asks@example.org", name="Ada"))
        session.flush()
        session.add(Membership(organization_id=ORGANIZATION, user_id=USER, role=Role.ADMIN))
        session.add(Graph(id=GRAPH, organization_id=ORGANIZATION, name="Books", tier="standard", schema=SCHEMA))
    made = Desk(engine, unhurried, StillGraph())
    try:
        yield made
    finally:
        made.minds.close()
        engine.dispose()
        unhurried.dispose()
