"""Questions about companies, thought through with what the tools would find: no graph, no engine."""

from datetime import date

from knowledger.domain.agents.analyst import Call, Reply, Setting, next_step
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.graphs.extension import compose
from knowledger.kernel.json import JsonObject, JsonValue

SETTING = Setting("sec", "gen_1", compose(["reporting"]), date(2026, 11, 24))
ACME: JsonObject = {"type": "Entity", "id": "1", "name": "Acme Corp", "codes": []}
YEAR = ("01-01", "12-31")


def named(*rows: JsonObject) -> ToolOutput:
    return ToolOutput({"rows": [*rows], "counts": {}, "all": []})


def mentioned(entity: JsonObject, start: int, text: str) -> JsonObject:
    return {**entity, "start": start, "end": start + 1, "text": text, "score": 100}


def facts(*rows: JsonObject) -> ToolOutput:
    return ToolOutput({"rows": [*rows]})


def fact(value: int, year: int, entity: str = "1", part: str = "", days: tuple[str, str] = YEAR) -> JsonObject:
    """Of a fiscal year, or of the first quarter."""
    return {
        "fact_id": f"{entity} {year} {part} {days}",
        "entity": entity,
        "concept": "us-gaap:Revenues",
        "value": f"{value}",
        "unit": "USD",
        "first_day": f"{year}-{days[0]}",
        "last_day": f"{year}-{days[1]}",
        "fiscal_year": year,
        "fiscal_period": "FY" if days == YEAR else "Q1",
        "accession": f"a-{entity}-{year}",
        "form": "10-K",
        "filed": f"{year + 1}-02-01",
        "dimensions": part,
    }


def replied(question: str, *outputs: ToolOutput) -> Reply:
    step = next_step(question, SETTING, outputs)
    assert not isinstance(step, Call), f"it still asks for {step.tool}: {step.why}"
    return step


def labelled(*pairs: tuple[str, str]) -> ToolOutput:
    rows: list[JsonObject] = [{"id": name, "label": label} for name, label in pairs]
    return facts(*rows)


def called(many: int) -> ToolOutput:
    rows: list[JsonObject] = [{"id": str(number), "name": f"Company {number}"} for number in range(1, many + 1)]
    return facts(*rows)


WEARABLES = "ProductOrServiceAxis = WearablesHomeandAccessoriesMember"
PHONES = "ProductOrServiceAxis = PhonesMember"
LABELS = labelled(
    ("1:WearablesHomeandAccessoriesMember", "Wearables, Home and Accessories [Member]"),
    ("1:PhonesMember", "Phones [Member]"),
    ("srt:ProductOrServiceAxis", "Product and Service [Axis]"),
)
NAMES = facts({"id": "1", "name": "Acme Corp"}, {"id": "2", "name": "Bolt Inc"})
NOTHING = facts()


def test_a_company_that_the_graph_lacks_is_named_with_the_command_that_loads_it() -> None:
    reply = replied("IBM revenue 2022", named(), NOTHING, NOTHING)
    assert not reply.understood
    assert "IBM is not in this graph. `knowledger sec load IBM`" in reply.text


def test_other_words_are_not_taken_for_companies() -> None:
    reply = replied("Acme gadget revenue 2022", named(mentioned(ACME, 0, "acme")), NOTHING, NOTHING)
    assert "I do not know what “gadget” means" in reply.text


def test_parts_are_called_by_their_labels() -> None:
    rows = facts(fact(70, 2023, part=PHONES), fact(30, 2023, part=WEARABLES))
    reply = replied("Acme revenue by product 2023", named(mentioned(ACME, 0, "acme")), rows, LABELS)
    assert reply.values["names"] == "Phones; Wearables, Home and Accessories"


def test_a_part_that_one_company_reports_needs_no_company() -> None:
    rows = facts(fact(80, 2022, part=PHONES), fact(100, 2023, part=PHONES))
    reply = replied("growth of phones revenue 2023", named(), NOTHING, rows, LABELS, NAMES)
    assert reply.values["value"] == "25"
    assert "Acme Corp, Phones" in reply.text


def test_a_part_that_several_companies_report_is_asked_back() -> None:
    rows = facts(fact(80, 2023, part=PHONES), fact(100, 2023, part=PHONES, entity="2"))
    reply = replied("phones revenue 2023", named(), NOTHING, rows, LABELS, NAMES)
    assert "It could mean Acme Corp or Bolt Inc" in reply.text


def test_a_quarter_that_the_graph_lacks_is_named_with_those_that_it_has() -> None:
    rows = facts(*(fact(10, year, days=("01-01", "03-31")) for year in (2021, 2022)))
    reply = replied("Acme revenue Q2 2003", named(mentioned(ACME, 0, "acme")), rows, rows)
    assert "no revenue of Acme Corp for Q2 2003. It has it for Q1 2021, Q1 2022." in reply.text


def test_a_ranking_shows_who_comes_next_and_who_is_alike() -> None:
    rows = facts(*(fact(value, 2023, entity=str(number)) for number, value in enumerate([9, 9, 5, 4, 3, 2], 1)))
    names = called(6)
    reply = replied("Which company had the highest revenue in 2023?", named(), rows, names)
    assert reply.values["best"] == "Company 1"
    assert "Alike: Company 1, Company 2." in reply.text
    assert [row[1] for row in reply.tables[0].rows] == [f"Company {number}" for number in range(1, 6)]


def test_the_second_place_is_not_the_first() -> None:
    rows = facts(*(fact(value, 2023, entity=str(number)) for number, value in enumerate([9, 7, 5], 1)))
    names = called(3)
    reply = replied("Which company had the second highest revenue in 2023?", named(), rows, names)
    assert reply.values["best"] == "Company 2"


def test_the_first_year_above_a_limit() -> None:
    rows = facts(*(fact(value, year) for year, value in ((2020, 80), (2021, 120), (2022, 90), (2023, 130))))
    reply = replied("In which year did Acme's revenue first exceed 100?", named(mentioned(ACME, 4, "acme")), rows)
    assert reply.values["value"] == "2021"


def test_a_figure_is_counted_as_the_question_says() -> None:
    rows: list[JsonValue] = [fact(200, 2023), {**fact(50, 2023), "concept": "us-gaap:NetIncomeLoss"}]
    found = ToolOutput({"rows": rows})
    acme = named(mentioned(ACME, 0, "acme"))
    assert replied("Acme net income as a percentage of revenue 2023", acme, found).values["value"] == "25"
    assert replied("Acme revenue minus net income 2023", acme, found).values["value"] == "150"
