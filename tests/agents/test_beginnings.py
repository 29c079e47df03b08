"""Companies by what somebody has typed of their name so far."""

from pathlib import Path

from knowledger.domain.agents.tools.beginnings import companies_beginning
from knowledger.domain.graphs.extension import compose
from tests.agents.graphs import opened, seal

COMPANIES = """entity_id,name
0000320193,Apple Inc.
0000789019,Microsoft Corp
0000310158,Applied Materials
"""


def test_companies_are_found_by_the_beginning_of_their_name(tmp_path: Path) -> None:
    (tmp_path / "Entity.csv").write_text(COMPANIES)
    sealed = seal(tmp_path, compose(["reporting"]), {"Entity": tmp_path / "Entity.csv"})
    with opened(sealed) as context:
        found = companies_beginning(context, "aPPl", 20)
        assert [company.name for company in found] == ["Apple Inc.", "Applied Materials"]
        assert found[0].id == "0000320193"
        assert [company.name for company in companies_beginning(context, "", 1)] == ["Apple Inc."]
        assert companies_beginning(context, "zebra' OR true", 20) == []


def test_a_graph_without_reports_knows_no_companies(tmp_path: Path) -> None:
    (tmp_path / "Entity.csv").write_text(COMPANIES)
    sealed = seal(tmp_path, compose(["ledger"]), {"Entity": tmp_path / "Entity.csv"})
    with opened(sealed) as context:
        assert companies_beginning(context, "App", 20) == []
