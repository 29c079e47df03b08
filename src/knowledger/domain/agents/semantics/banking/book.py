"""What accounts tell, and which of it a question names."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from knowledger.domain.agents.semantics.banking.words import PAY
from knowledger.domain.agents.semantics.frame import Frame, Who
from knowledger.domain.agents.semantics.wording import Writing
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.agents.tools.output import Citation, ToolOutput
from knowledger.kernel.json import JsonObject, JsonValue

Answering: TypeAlias = Generator[Call, ToolOutput, Reply | None]


# An amount is positive where money went out of the account.
FLOWS = """
    MATCH (a:BankAccount)-[:HAS_BANK_TRANSACTION]->(t:BankTransaction)
    WHERE (t.is_pending IS NULL OR t.is_pending = false)
    OPTIONAL MATCH (t)-[:IN_CATEGORY]->(c:Category)
    OPTIONAL MATCH (t)-[:WITH_MERCHANT]->(m:Merchant)
    RETURN date_part('year', t.posted_on) AS year, date_part('month', t.posted_on) AS month, t.currency AS currency,
           a.bank_account_id AS account, a.name AS account_name, c.category_id AS category, c.name AS category_name,
           c.direction AS direction, m.merchant_id AS merchant, m.name AS merchant_name,
           true AS described, (t.transfer_transaction_id IS NOT NULL
            OR EXISTS { MATCH (t)<-[:RECEIVED_FROM]-(:BankTransaction) }) AS arrived,
           list_sum(collect(CASE WHEN t.amount < 0 THEN -t.amount END)) AS came, count(*) AS transactions,
           list_sum(collect(CASE WHEN t.amount > 0 THEN t.amount END)) AS went
"""


ACCOUNTS = """
    MATCH (a:BankAccount) WHERE a.is_closed IS NULL OR a.is_closed = false
    OPTIONAL MATCH (a)-[:HELD_AT]->(i:Institution)
    RETURN a.bank_account_id AS id, a.name AS name, a.account_kind AS kind,
           a.account_subkind AS subkind, a.credit_limit AS credit_limit, a.currency AS currency,
           a.current_balance AS balance, a.available_balance AS available, a.balance_at AS read_at,
           i.institution_id AS institution
"""


CATEGORIES = """
    MATCH (c:Category)
    RETURN c.category_id AS id, c.name AS name, c.parent_category_id AS parent, c.direction AS direction
"""


TRANSACTIONS = """
    MATCH (a:BankAccount)-[:HAS_BANK_TRANSACTION]->(t:BankTransaction)
    WHERE (t.is_pending IS NULL OR t.is_pending = false)
    OPTIONAL MATCH (t)-[:IN_CATEGORY]->(c:Category)
    OPTIONAL MATCH (t)-[:WITH_MERCHANT]->(m:Merchant)
    RETURN t.bank_transaction_id AS transaction, t.posted_on AS day, t.amount AS amount, t.currency AS currency,
           t.description AS description, m.merchant_id AS merchant, m.name AS merchant_name, c.category_id AS category,
           c.name AS category_name, c.direction AS direction, a.bank_account_id AS account,
           t.transfer_transaction_id IS NOT NULL AS arrived
    ORDER BY day, transaction
"""


@dataclass
class Desk:
    setting: Setting
    frame: Frame
    words: frozenset[str]
    flows: list[JsonObject]
    accounts: list[JsonObject]
    below: dict[str, set[str]]
    earned: frozenset[str]
    described: tuple[str, ...] = ()
    """Words that the descriptions of transactions must have."""
    undescribed: tuple[str, ...] = ()
    """Words that they must not all have."""
    without: tuple[Who, ...] = ()
    """What is named to be left out."""
    has_days: bool = False
    """Whether `flows` are of the days that are asked about, rather than of all time."""

    def says(self, *names: str) -> bool:
        return any(name in self.words for name in names)

    @property
    def only_pays(self) -> bool:
        """Whether what was spent or came in is asked for by words that do not tell which."""
        frame = self.frame
        said = {word for item in frame.said for word in frame.question.words[item.start : item.end]}
        return bool(said) and said <= {*PAY, "payment"}

    def named(self, kind: str) -> list[str]:
        return [item.id for item in self.frame.who if item.type == kind]

    def keeps(self, row: JsonObject) -> bool:
        """Whether a row is of the categories, merchants and accounts that the question names."""
        wanted = {other for item in self.named("Category") for other in self.below.get(item, {item})}
        held = {str(item["id"]) for item in self.accounts if item["institution"] in self.named("Institution")}
        return (
            (not wanted or str(row["category"]) in wanted)
            and (not self.named("Merchant") or str(row["merchant"]) in self.named("Merchant"))
            and (not self.named("BankAccount") or str(row["account"]) in self.named("BankAccount"))
            and (not self.named("Institution") or str(row["account"]) in held)
            and self._is_described(row)
            and not any(self.is_of(row, item) for item in self.without)
        )

    def _is_described(self, row: JsonObject) -> bool:
        if "described" in row:
            return bool(row["described"])
        text = str(row["description"]).lower()
        left_out = bool(self.undescribed) and all(word in text for word in self.undescribed)
        return not left_out and all(word in text for word in self.described)

    def is_of(self, row: JsonObject, item: Who) -> bool:
        """Whether a row is of one that the question names."""
        if item.type == "Category":
            return str(row["category"]) in self.below.get(item.id, {item.id})
        return str(row["merchant" if item.type == "Merchant" else "account"]) == item.id

    def cite(self, writing: Writing, query: str, label: str, period: str | None = None) -> str:
        made = Citation(label, self.setting.graph_id, self.setting.generation_id, "BankTransaction", period=period)
        return writing.cite(Citation(**{**made.__dict__, "query": " ".join(query.split())}))


def suggestions() -> list[str]:
    return [
        "What is the balance of each account?",
        "How much did we spend by category last month?",
        "Which merchants did we spend most at?",
        "What is the burn rate?",
    ]


def spent(row: JsonObject) -> Decimal:
    """Less what came back of it."""
    went, came = money(row["went"]), money(row["came"])
    return {"expense": went - came, "income": Decimal(0)}.get(str(row["direction"]), went)


def earned(row: JsonObject) -> Decimal:
    """Less what it cost; what comes back of something bought is no income."""
    went, came = money(row["went"]), money(row["came"])
    return {"income": came - went, "expense": Decimal(0)}.get(str(row["direction"]), came)


VALUE: dict[str, Callable[[JsonObject], Decimal]] = {
    "spend": spent,
    "income": earned,
    "net": lambda row: money(row["came"]) - money(row["went"]),
}


NAMES = {"spend": "Spending", "income": "Income", "net": "Net cash flow"}


def counts(desk: Desk, row: JsonObject, which: str) -> bool:
    """Money moved between own accounts is neither spent nor earned; to one account alone it comes or goes."""
    return (which == "net" and bool(desk.named("BankAccount"))) or (
        row["direction"] != "transfer" and not row["arrived"]
    )


def money(value: JsonValue) -> Decimal:
    return Decimal(str(value)) if value is not None else Decimal(0)
