"""What filings may do that the ones at hand do not: each way of writing a fact, a document or an address, once."""

from pathlib import Path

import pytest

from knowledger.domain.filings.findings import Rule
from knowledger.domain.operations.progress import result_of
from knowledger.domain.repositories.engine import FilingToParse, ParsedFiling, RefusedFiling
from knowledger.engine.sandbox import Sandbox
from knowledger.engine.xbrl.engine import SandboxedFilingEngine
from knowledger.engine.xbrl.package import FilingPackage
from knowledger.engine.xbrl.parse import parse_filing, read_facts
from knowledger.engine.xbrl.reading import ReadFact
from knowledger.engine.xbrl.taxonomies import taxonomy_path
from tests.engine.xbrl.packages import amount, context, inline
from tests.engine.xbrl.test_hostile import zipped

DOT = ' format="ixt:num-dot-decimal"'
IX = 'xmlns="http://www.xbrl.org/2013/inlineXBRL"'
OWN = "http://www.brookandbell.example/2024"


def note(text: str, more: str = "", name: str = "us-gaap:Note") -> str:
    return f'<ix:nonNumeric name="{name}" contextRef="c"{more}>{text}</ix:nonNumeric>'


def page(package: FilingPackage) -> str:
    return package.documents["a.htm"].decode()


def headless(package: FilingPackage, header: str = "") -> str:
    text = page(package)
    start, end = text.index("<ix:header>"), text.index("</ix:header>") + len("</ix:header>")
    return text[:start] + header + text[end:]


def holding(documents: dict[str, bytes | str]) -> FilingPackage:
    encoded = {name: text.encode() if isinstance(text, str) else text for name, text in documents.items()}
    return FilingPackage(inline("").header, encoded)


def values(package: FilingPackage) -> dict[str, str]:
    return {fact.name: str(fact.text if fact.markup is None else fact.markup) for fact in read_facts(package).facts}


def during(period: str) -> str:
    start, end = context("d").split("<xbrli:instant>2024-12-31</xbrli:instant>")
    return f"{start}{period}{end}"


PLAIN = page(inline(amount("1,234", DOT) + note("é —")))


@pytest.mark.parametrize(
    "content",
    [
        ('<?xml version="1.0" encoding="UTF-16"?>\n' + PLAIN).encode("utf-16"),
        ('<?xml version="1.0" encoding="UTF-16LE"?>\n' + PLAIN).encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        ('<?xml version="1.0" encoding="windows-1252"?>\n' + PLAIN).encode("cp1252"),
        ('<?xml version="1.0" encoding="utf-8"?>\n' + PLAIN).encode("utf-8-sig"),
        PLAIN.replace("é —", "&eacute;&nbsp;&mdash;").encode(),
    ],
    ids=["utf-16", "utf-16-le", "utf-16-be", "windows-1252", "bom", "names"],
)
def test_a_document_reads_the_same_in_every_encoding(content: bytes) -> None:
    assert values(holding({"a.htm": content})) == {
        "Assets": "1234",
        "Note": "é\xa0—" if b"&nbsp;" in content else "é —",
    }


def test_a_name_of_a_character_in_a_cdata_section_is_text() -> None:
    assert values(inline(note("<![CDATA[&nbsp;]]> &ndash;"))) == {"Note": "&nbsp; –"}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (f'<nonFraction {IX} name="us-gaap:A" contextRef="c" unitRef="usd">1<exclude>x</exclude>2</nonFraction>', "12"),
        (
            f'<nonNumeric {IX} name="us-gaap:A" contextRef="c" escape="true">'
            '<p xmlns="http://www.w3.org/1999/xhtml">a<b>b</b></p></nonNumeric>',
            "<p>a<b>b</b></p>",
        ),
        (note("A &amp; B", ' escape="true"'), "A &amp; B"),
        (note("A &amp; B"), "A & B"),
        (note("<sup>1</sup>", ' escape="true"'), "<sup>1</sup>"),
        (amount("5").replace('"c"', '" c "').replace('"usd"', '"usd\n"'), "5"),
        (amount("1<!-- , -->2<?page break?>3<![CDATA[4]]>", DOT), "1234"),
        (amount("5", ' scale=" +3 "'), "5000"),
    ],
)
def test_a_fact_is_read_however_it_is_written(body: str, value: str) -> None:
    assert list(values(inline(body)).values()) == [value]


@pytest.mark.parametrize(
    ("period", "period_id"),
    [
        ("<xbrli:instant> 2024-12-31T00:00:00Z\n</xbrli:instant>", "2024-12-30"),
        ("<xbrli:instant>2024-12-31T00:00:00.000+05:00</xbrli:instant>", "2024-12-30"),
        ("<xbrli:instant>2024-12-31T12:00:00</xbrli:instant>", "2024-12-31"),
        ("<xbrli:instant>2024-12-31T24:00:00</xbrli:instant>", "2024-12-31"),
        ("<xbrli:instant>2024-12-31-05:00</xbrli:instant>", "2024-12-31"),
        (
            "<xbrli:startDate>2023-12-31T24:00:00</xbrli:startDate><xbrli:endDate>2025-01-01T00:00:00</xbrli:endDate>",
            "2024-01-01/2024-12-31",
        ),
        ("<xbrli:forever/>", "forever"),
        (
            "<xbrli:startDate>0001-01-01</xbrli:startDate><xbrli:endDate>9999-12-31</xbrli:endDate>",
            "0001-01-01/9999-12-31",
        ),
    ],
)
def test_a_period_ends_on_the_day_that_it_says(period: str, period_id: str) -> None:
    year_end = note("--12-31", name="dei:CurrentFiscalYearEndDate").replace(
        "<ix:nonNumeric", '<ix:nonNumeric xmlns:dei="http://xbrl.sec.gov/dei/2024"'
    )
    parsed = parse_filing(inline(amount("5", context_ref="d") + year_end, during(period)))
    [fact] = [row for row in parsed.tables["Fact"].to_pylist() if row["concept_id"] == "us-gaap:Assets"]
    assert fact["period_id"] == period_id


@pytest.mark.parametrize(
    "period",
    [
        "<xbrli:startDate>2024-01-01</xbrli:startDate>",
        "<xbrli:instant>0001-01-01T00:00:00</xbrli:instant>",
        "<xbrli:instant>2024-02-30</xbrli:instant>",
        "",
    ],
)
def test_a_context_without_an_end_is_left_out_by_name(period: str) -> None:
    reading = read_facts(inline(amount("1") + amount("5", context_ref="d"), during(period)))
    assert [fact.text for fact in reading.facts] == ["1"]
    assert "The context d is left out" in reading.findings[0].message


@pytest.mark.parametrize(("said", "kept"), [("9" * 30, None), ("-" + "9" * 30, -300), (" -3 ", -3), ("many", None)])
def test_decimals_beyond_all_bounds_cost_nothing(said: str, kept: int | None) -> None:
    odd = amount("5").replace('decimals="0"', f'decimals="{said}"')
    [alone] = parse_filing(inline(odd)).tables["Fact"].to_pylist()
    [twice] = parse_filing(inline(odd + amount("5"))).tables["Fact"].to_pylist()
    assert (alone["value"], alone["decimals"]) == ("5", kept)
    assert (twice["occurrences"], twice["is_inconsistent"]) == (2, False)


def test_words_that_no_registry_knows_are_kept_and_told() -> None:
    body = note("The Exchange of Tomorrow ", ' format="sec:exchnameen"').replace(
        "<ix:nonNumeric", '<ix:nonNumeric xmlns:sec="http://www.sec.gov/inlineXBRL/transformation/2015-08-31"'
    )
    reading = read_facts(inline(body))
    assert [fact.text for fact in reading.facts] == ["The Exchange of Tomorrow"]
    [finding] = reading.findings
    assert (finding.rule, "is kept as it is shown" in finding.message) == (Rule.BAD_VALUE, True)


def test_documents_that_call_different_contexts_the_same_are_sets_of_their_own() -> None:
    fees = page(inline(amount("3").replace("Assets", "Fees"))).replace("2024-12-31", "2025-01-15")
    facts = read_facts(holding({"a.htm": page(inline(amount("5"))), "fees.htm": fees})).facts
    assert {fact.name: fact.context.period.period_id for fact in facts} == {
        "Assets": "2024-12-31",
        "Fees": "2025-01-15",
    }


def test_another_target_does_not_part_a_set() -> None:
    references = '<ix:references><link:schemaRef xlink:type="simple" xlink:href="own-2024.xsd"/></ix:references>'
    other = references.replace("<ix:references>", '<ix:references target="t">').replace("own-2024", "other")
    main = page(inline(note("One, ", ' continuedAt="k"'))).replace(references, references + other)
    exhibit = headless(inline('<ix:continuation id="k">two.</ix:continuation>'), f"<ix:header>{references}</ix:header>")
    assert values(holding({"a.htm": main, "b.htm": exhibit})) == {"Note": "One, two."}


def instance(facts: str, schema: str = "own-2024.xsd") -> str:
    return (
        '<xbrli:xbrl xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:link="http://www.xbrl.org/2003/linkbase" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:us-gaap="http://fasb.org/us-gaap/2024">'
        f'<link:schemaRef xlink:type="simple" xlink:href="{schema}"/>{context("c")}'
        '<xbrli:unit id="usd"><xbrli:measure xmlns:iso4217="http://www.xbrl.org/2003/iso4217">iso4217:USD'
        f"</xbrli:measure></xbrli:unit>{facts}</xbrli:xbrl>"
    )


def stated(name: str, value: str) -> str:
    return f'<us-gaap:{name} contextRef="c" unitRef="usd" decimals="0">{value}</us-gaap:{name}>'


def test_what_an_inline_set_lacks_is_read_from_what_the_sec_extracted() -> None:
    part = page(inline(amount("5") + amount("6", context_ref="elsewhere").replace("Assets", "Debt")))
    parsed = parse_filing(holding({"a.htm": part, "a_htm.xml": instance(stated("Assets", "5") + stated("Debt", "6"))}))
    facts = parsed.tables["Fact"].to_pylist()
    assert {fact["concept_id"]: (fact["document"], fact["occurrences"]) for fact in facts} == {
        "us-gaap:Assets": ("a.htm", 1),
        "us-gaap:Debt": ("a_htm.xml", 1),
    }
    assert Rule.EXTRACTED in {finding.rule for finding in parsed.findings}


def test_a_report_of_another_taxonomy_beside_an_inline_one_is_read_as_well() -> None:
    inline_one = page(inline(amount("5")))
    same, other = instance(stated("Assets", "5")), instance(stated("Debt", "6"), "trust.xsd")
    assert values(holding({"a.htm": inline_one, "b.xml": same, "c.xml": other})) == {"Assets": "5", "Debt": "6"}


def test_documents_of_the_same_name_in_two_folders_of_an_archive_are_both_read() -> None:
    exhibit = headless(inline(amount("9").replace("Assets", "Debt")))
    entries = {"x/A.HTM": page(inline(amount("5"))).encode(), "y\\A.HTM": exhibit.encode(), "y/logo.jpg": b"\xff"}
    assert values(holding({"f.ZIP": zipped(**entries)})) == {"Assets": "5", "Debt": "9"}


@pytest.mark.parametrize(
    "package",
    [
        inline('<ix:tuple name="us-gaap:Deal" tupleID="t">' + amount("5", ' order="1"') + "</ix:tuple>"),
        holding({"a.xml": instance(f"<us-gaap:Deal>{stated('Assets', '5')}</us-gaap:Deal>")}),
    ],
    ids=["inline", "traditional"],
)
def test_facts_of_tuples_are_read_and_it_is_said_that_nothing_groups_them(package: FilingPackage) -> None:
    reading = read_facts(package)
    assert [fact.text for fact in reading.facts] == ["5"]
    assert [(one.rule, "Deal the first" in one.message) for one in reading.findings] == [(Rule.REFUSED, True)]


def test_a_fact_of_an_instance_that_names_no_context_is_told() -> None:
    reading = read_facts(
        holding({"a.xml": instance(stated("Assets", "5") + '<us-gaap:Debt unitRef="usd">6</us-gaap:Debt>')})
    )
    assert [one.message for one in reading.findings] == ["Debt is left out: it names no context."]


SCHEMA = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xbrli="http://www.xbrl.org/2003/instance" '
    'xmlns:link="http://www.xbrl.org/2003/linkbase" xmlns:xlink="http://www.w3.org/1999/xlink" {namespace}>{more}'
    '<xs:element name="Kiln_Fuel" id="e_1" type="xbrli:monetaryItemType" substitutionGroup="xbrli:item"/></xs:schema>'
)
LINK = (
    '<link:linkbase xmlns:link="http://www.xbrl.org/2003/linkbase" xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<link:presentationLink xlink:type="extended" xlink:role="http://brookandbell.example/role/A">'
    '<link:loc xlink:type="locator" xlink:href="us-gaap-2024.xsd#us-gaap_Assets" xlink:label="a"/>'
    '<link:loc xlink:type="locator" xlink:href="{href}" xlink:label="b"/><link:presentationArc xlink:type="arc" '
    'xlink:arcrole="http://www.xbrl.org/2003/arcrole/parent-child" xlink:from="a" xlink:to="b"/>'
    "</link:presentationLink></link:linkbase>"
)
OWN_SCHEMA = SCHEMA.format(namespace=f'targetNamespace="{OWN}"', more="")


@pytest.mark.parametrize(
    ("documents", "href"),
    [
        ({"own.xsd": OWN_SCHEMA}, "own.xsd#e_1"),
        ({"OWN.XSD": OWN_SCHEMA}, "own.xsd#e_1"),
        ({"own.xsd": OWN_SCHEMA}, "https://www.sec.gov/Archives/edgar/data/1/2/own.xsd#e_1"),
        ({"own 1.xsd": OWN_SCHEMA}, "own%201.xsd#e%5F1"),
        ({"own.xsd": OWN_SCHEMA}, "own.xsd#element(e_1)"),
        ({"own.xsd": SCHEMA.format(namespace=f'targetNamespace="{OWN}"', more="{link}")}, "#e_1"),
        (
            {
                "own.xsd": f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{OWN}">'
                '<xs:include schemaLocation="part.xsd"/></xs:schema>',
                "part.xsd": SCHEMA.format(namespace="", more=""),
            },
            "part.xsd#e_1",
        ),
    ],
    ids=["id", "case", "full", "percent", "pointer", "embedded", "included"],
)
def test_a_locator_leads_to_its_element_however_it_names_it(documents: dict[str, str], href: str) -> None:
    link = LINK.format(href=href)
    appinfo = f"<xs:annotation><xs:appinfo>{link}</xs:appinfo></xs:annotation>"
    schemas = {name: text.replace("{link}", appinfo) for name, text in documents.items()}
    apart = {} if href.startswith("#") else {"own_pre.xml": link}
    parsed = parse_filing(holding({"a.htm": page(inline(amount("5"))), **schemas, **apart}))
    assert parsed.tables["PRESENTS"]["concept_id"].to_pylist() == ["us-gaap:Assets", "0009999901:Kiln_Fuel"]


def test_an_arc_is_one_by_its_type_whatever_it_is_called() -> None:
    link = LINK.format(href="own.xsd#e_1").replace("link:presentationArc", 'own:arc xmlns:own="http://own.example"')
    parsed = parse_filing(holding({"a.htm": page(inline(amount("5"))), "own.xsd": OWN_SCHEMA, "own_pre.xml": link}))
    assert parsed.tables["PRESENTS"]["concept_id"].to_pylist() == ["us-gaap:Assets", "0009999901:Kiln_Fuel"]


class Limits:
    engine_memory = 2 * 2**30


def described(number: int, body: str) -> str:
    """A fact under a name of its own."""
    return body.replace("us-gaap:Assets", f"us-gaap:A{number}").replace("us-gaap:Note", f"us-gaap:N{number}")


BODIES = [
    *(amount("1,234.50", f"{DOT}{more}") for more in ("", ' scale="6"', ' scale="-2"', ' sign="-"', " scale=' 3 '")),
    *(amount("5").replace('decimals="0"', f'decimals="{decimals}"') for decimals in ("INF", "-3", "2", "+3")),
    *(amount("12345").replace('decimals="0"', f'precision="{digits}"') for digits in ("INF", "3")),
    *(amount(text) for text in ("5", "+5", "-5", "1e3", "&#160;5 ")),
    *(amount("", f' xsi:nil="{nil}"') for nil in ("true", "1")),
    amount("1.234,5", ' format="ixt:num-comma-decimal"'),
    amount("12 dollars 34 cents", ' format="ixt:num-unit-decimal"'),
    amount("none", ' format="ixt:fixed-zero" scale="6"'),
    amount("1<!-- , -->2<?page break?>3<![CDATA[4]]>", DOT),
    amount("1<ix:exclude>note</ix:exclude>2", DOT),
    f'<nonFraction {IX} name="us-gaap:Assets" contextRef="c" unitRef="usd">1<exclude>x</exclude>2</nonFraction>',
    amount(amount("5", DOT).replace("Assets", "Nested"), DOT + ' scale="3"'),
    note(f"It has {amount('5', DOT).replace('Assets', 'Within')} pots"),
    note(f"It {note('has', name='us-gaap:Inner')} pots"),
    note("  a   b\n c "),
    note("Über 日本 &#x1F600;"),
    note("<p>A &amp; B</p><p>&lt;c&gt;</p>", ' escape="true"'),
    note("A &amp; B", ' escape="true"'),
    note("<p>A &amp; B</p><p>C</p>"),
    note("a", ' continuedAt="k1"') + '<ix:continuation id="k2">c</ix:continuation>',
    '<ix:continuation id="k1" continuedAt="k2">b</ix:continuation>',
    note("Septem", ' continuedAt="k3" format="ixt:date-monthname-day-year-en"'),
    '<ix:continuation id="k3">ber 30, 2023</ix:continuation>',
    note("☒", ' format="sec:boolballotbox"'),
    note("Large accelerated filer", ' format="sec:entityfilercategoryen"'),
    note("three-year", ' format="sec:durwordsen"'),
    note("no", ' format="sec:numwordsen"'),
    *(amount("unlimited", f' format="sec:{name}"') for name in ("numinf", "numneginf", "numnan")),
    note("x", ' format="ixt:fixed-true"'),
    note("31.12.2024", ' format="ixt:date-day-month-year"'),
    f'<div xml:lang="fr">{note("un")}</div>',
    '<ix:nonFraction xmlns:z="http://fasb.org/us-gaap/2024" name="z:Redeclared" contextRef="c" unitRef="usd">5'
    "</ix:nonFraction>",
]
PERIODS = [
    "<xbrli:instant>2024-12-31T00:00:00</xbrli:instant>",
    "<xbrli:instant>2024-12-31T12:00:00</xbrli:instant>",
    "<xbrli:instant>2024-12-31Z</xbrli:instant>",
    "<xbrli:startDate>2023-12-31T24:00:00</xbrli:startDate><xbrli:endDate>2024-12-31T24:00:00</xbrli:endDate>",
    "<xbrli:forever/>",
]
SEGMENTS = [
    '<xbrldi:explicitMember dimension="own:SiteAxis"> own:KilnMember\n</xbrldi:explicitMember>',
    '<xbrldi:typedMember dimension="own:LoanAxis"><own:n> a  b </own:n></xbrldi:typedMember>',
    '<xbrldi:typedMember dimension="own:LoanAxis"><own:n xsi:nil="true"/></xbrldi:typedMember>',
    '<xbrldi:explicitMember xmlns:z="http://fasb.org/srt/2024" dimension="z:Axis">z:OneMember</xbrldi:explicitMember>',
]


def everything() -> FilingPackage:
    """One document with all of these facts, periods and dimensions."""
    body = "\n".join(described(number, text) for number, text in enumerate(BODIES))
    resources = ""
    for number, period in enumerate(PERIODS):
        resources += during(period).replace('id="d"', f'id="p{number}"')
        body += amount("7", DOT, context_ref=f"p{number}").replace("Assets", f"Timed{number}")
    for number, segment in enumerate(SEGMENTS):
        resources += context(f"s{number}", segment)
        body += amount("7", DOT, context_ref=f"s{number}").replace("Assets", f"Placed{number}")
    package = inline(body, resources)
    declared = 'xmlns:sec="http://www.sec.gov/inlineXBRL/transformation/2015-08-31" xml:lang="en-US"'
    text = page(package).replace('xml:lang="en-US"', declared, 1)
    return FilingPackage(package.header, {"a.htm": text.encode()})


def test_all_of_everything_is_read() -> None:
    reading = read_facts(everything())
    facts: list[ReadFact] = reading.facts
    assert (len(facts), reading.findings) == (len({fact.name for fact in facts}), [])
    assert len(facts) == sum(text.count(" name=") for text in BODIES) + len(PERIODS) + len(SEGMENTS)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_arelle_reads_everything_the_same(sandbox: Sandbox, tmp_path: Path) -> None:
    package, scratch = everything(), tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / "a.htm").write_bytes(package.documents["a.htm"])
    filing = FilingToParse(package.header, {"a.htm": tmp_path / "a.htm"}, tmp_path)
    findings = result_of(SandboxedFilingEngine(sandbox, Limits()).second_opinion(filing, None, scratch))
    assert [finding.message for finding in findings] == []


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_what_nobody_has_thought_of_costs_one_filing(sandbox: Sandbox, tmp_path: Path) -> None:
    """A compiled taxonomy that is none stands for it: only one of the two filings looks into it."""
    taxonomies, scratch = tmp_path / "taxonomies", tmp_path / "scratch"
    scratch.mkdir()
    taxonomies.mkdir()
    taxonomy_path(taxonomies, "http://fasb.org/us-gaap/2024").write_bytes(b"no Parquet at all")
    package, filings = inline(""), []
    for name, body in (("hit", amount("5")), ("spared", note("a", name="own:Note"))):
        directory = tmp_path / name
        directory.mkdir()
        (directory / "a.htm").write_bytes(inline(body).documents["a.htm"])
        filings.append(FilingToParse(package.header, {"a.htm": directory / "a.htm"}, directory))
    hit, spared = result_of(SandboxedFilingEngine(sandbox, Limits()).parse(filings, taxonomies, scratch))
    assert isinstance(hit, RefusedFiling)
    assert (hit.error.code, hit.error.message.split(":")[0]) == ("ParserFailed", "ArrowInvalid")
    assert isinstance(spared, ParsedFiling)
