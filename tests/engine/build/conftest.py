from pathlib import Path

import pytest

from knowledger.kernel.json import JsonValue
from tests.engine.build.workshop import Open, Workshop


@pytest.fixture
def open_workshop(tmp_path: Path) -> Open:
    def opened(schema: JsonValue) -> Workshop:
        return Workshop(tmp_path, schema)

    return opened


@pytest.fixture
def people(open_workshop: Open) -> Workshop:
    """People who know each other, with a year; a year may be part of who knows whom, or not."""
    return open_workshop(
        {
            "nodes": [{"name": "Person", "key": "id", "properties": _properties(id="string", age="int")}],
            "relationships": [
                {
                    "name": "Knows",
                    "from": "Person",
                    "to": "Person",
                    "properties": _properties(year="int", how="string"),
                },
                {
                    "name": "Met",
                    "from": "Person",
                    "to": "Person",
                    "key": ["year"],
                    "properties": _properties(year="int", how="string"),
                },
            ],
        }
    )


@pytest.fixture
def ledger(open_workshop: Open) -> Workshop:
    """Entries that name their account, as a foreign key does; accounts are known by bank and number."""
    return open_workshop(
        {
            "nodes": [
                {
                    "name": "Account",
                    "key": ["bank", "number"],
                    "properties": _properties(bank="string", number="string"),
                },
                {
                    "name": "Entry",
                    "key": "id",
                    "properties": _properties(id="int", bank="string", number="string", amount="decimal(18,2)"),
                },
            ],
            "relationships": [
                {
                    "name": "BookedOn",
                    "source": "Entry",
                    "from": "Entry",
                    "to": "Account",
                    "properties": _properties(amount="decimal(18,2)"),
                }
            ],
        }
    )


def _properties(**types: str) -> JsonValue:
    return [{"name": name, "type": kind} for name, kind in types.items()]
