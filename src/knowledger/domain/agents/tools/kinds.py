"""What kind of graph this is, told by its schema alone."""

from knowledger.domain.graphs.schema import GraphSchema

_REPORTING = {
    "Fact": {"fact_id", "concept_id", "entity_id", "period_id", "unit_id", "numeric_value", "report_id"},
    "Period": {"period_id", "start_date", "end_date"},
    "Report": {"report_id", "form", "filed_on"},
    "Entity": {"entity_id", "name"},
    "Concept": {"concept_id", "name"},
}
_DATA_SETS = {
    "Filing": {"adsh", "name", "form", "filed"},
    "Fact": {"adsh", "tag", "version", "ddate", "qtrs", "uom", "value"},
}
_LEDGER = {
    "Account": {"account_id", "name", "account_type"},
    "Transaction": {"transaction_id", "transaction_date"},
    "LineItem": {"transaction_id", "account_id", "debit", "credit"},
}
_BANKING = {
    "BankAccount": {"bank_account_id", "name", "current_balance"},
    "BankTransaction": {"bank_account_id", "amount", "posted_on"},
}


def is_reporting(schema: GraphSchema) -> bool:
    return _has(schema, _REPORTING)


def is_data_sets(schema: GraphSchema) -> bool:
    """Whether this is the SEC's Financial Statement Data Sets, as their files have them."""
    return _has(schema, _DATA_SETS)


def is_ledger(schema: GraphSchema) -> bool:
    return _has(schema, _LEDGER)


def is_banking(schema: GraphSchema) -> bool:
    return _has(schema, _BANKING)


def _has(schema: GraphSchema, wanted: dict[str, set[str]]) -> bool:
    present = {node.name: {item.name for item in node.properties} for node in schema.nodes}
    return all(names <= present.get(node, set()) for node, names in wanted.items())
