"""What part of a report a role is, read off its definition: `0000004 - Statement - CONSOLIDATED BALANCE SHEETS`."""

import re
from dataclasses import dataclass

_DEFINITION = re.compile(r"^\s*(\S+)\s+-\s+(\w+)\s+-\s+(.*\S)\s*$", re.DOTALL)
_TRAILING = re.compile(r"\((parenthetical|policies|tables?|details?)[^)]*\)\s*$", re.IGNORECASE)
_KINDS = {"policies": "policies", "table": "tables", "tables": "tables", "detail": "details", "details": "details"}
_EQUITY = (
    r"(?:share|stock)\s*(?:holders|owners)['’]?\s*s?['’]?\s*(?:equity|deficit|investment|\(deficit\)|capital)",
    r"changes\s+in\s+(?:\w+\s+){0,4}(?:equity|deficit|capital|net\s+assets)",
    r"(?:members|partners|owners|unitholders)['’]?\s*(?:equity|capital|deficit)",
    r"statements?\s+of\s+(?:total\s+)?equity",
)
_STATEMENTS = (
    ("equity", "|".join(_EQUITY)),
    ("comprehensive_income", r"comprehensive\s+(?:income|loss|earnings|\(?loss\)?)"),
    ("cash_flow", r"cash\s*flows?"),
    ("balance_sheet", r"balance\s*sheets?|financial\s*(?:position|condition)|assets\s+and\s+liabilities"),
    ("income_statement", r"(?:statements?\s+of\s+|consolidated\s+)?(?:income|operations?|earnings|profit|loss)"),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _STATEMENTS)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class RoleKind:
    """`structure_kind` is cover, statement, parenthetical, disclosure, policies, tables, details or other."""

    number: str
    name: str
    structure_kind: str
    statement_kind: str


def role_kind(definition: str, role_uri: str) -> RoleKind:
    """Read a role's definition by the SEC's rule (EDGAR Filer Manual, volume II, 6.7.12): number - type - title."""
    match = _DEFINITION.match(definition)
    number, kind, name = match.groups() if match else ("", "", definition.strip() or _name_of(role_uri))
    structure = _structure_kind(kind.lower(), name)
    statement = _statement_kind(name) if structure in ("statement", "parenthetical") else ""
    return RoleKind(number, name, structure, statement)


def _structure_kind(kind: str, name: str) -> str:
    trailing = _TRAILING.search(name)
    if trailing and trailing[1].lower() != "parenthetical":
        return _KINDS[trailing[1].lower()]
    if re.search(r"\bcover\b|document\s+and\s+entity|entity\s+information", name, re.IGNORECASE):
        return "cover"
    if kind == "statement":
        return "parenthetical" if re.search(r"parenthetical", name, re.IGNORECASE) else "statement"
    return "disclosure" if kind == "disclosure" else "other"


def _statement_kind(name: str) -> str:
    """A statement of operations *and* comprehensive income is an income statement."""
    text = _CAMEL.sub(" ", name)
    found = [kind for kind, pattern in _PATTERNS if pattern.search(text)]
    if found[:1] == ["comprehensive_income"] and re.search(
        r"(?:operations?|income|earnings|loss(?:es)?\)?)\s*,?\s*(?:and|&)\s+(?:other\s+)?comprehensive",
        text,
        re.IGNORECASE,
    ):
        return "income_statement"
    return found[0] if found else ""


def _name_of(role_uri: str) -> str:
    return _CAMEL.sub(" ", role_uri.rstrip("/").rsplit("/", 1)[-1])
