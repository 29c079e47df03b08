from itertools import combinations

import pytest

from knowledger.domain.graphs.extension import compose, load_extensions
from knowledger.domain.graphs.extensions import ExtensionConflict, UnknownExtension
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import GraphSchema, InvalidSchema, NodeType, Property, RelationshipType
from knowledger.kernel.json import JsonObject
from tests.graphs.schemas import node, problems_of

EXTENSIONS = load_extensions()
ALL = [extension.types for extension in EXTENSIONS.values()]
NODES = [item for types in ALL for item in types.nodes]
RELATIONSHIPS = [item for types in ALL for item in types.relationships]
TYPES: list[NodeType | RelationshipType] = [*NODES, *RELATIONSHIPS]
PROPERTIES: list[tuple[str, Property]] = [(item.name, part) for item in TYPES for part in item.properties]


def test_what_others_require_comes_first() -> None:
    assert list(EXTENSIONS) == ["base", "banking", "investor", "ledger", "reporting"]
    assert {name: extension.requires for name, extension in EXTENSIONS.items()} == {
        "base": (),
        "banking": ("base",),
        "investor": ("base",),
        "ledger": ("base",),
        "reporting": ("base",),
    }


@pytest.mark.parametrize(
    "names", [names for size in range(len(EXTENSIONS) + 1) for names in combinations(EXTENSIONS, size)], ids="+".join
)
def test_any_of_them_compose(names: tuple[str, ...]) -> None:
    schema = compose(names)
    chosen = {*names, *(["base"] if names else [])}
    expected = [item.name for name in EXTENSIONS if name in chosen for item in EXTENSIONS[name].types.nodes]
    assert [item.name for item in schema.nodes] == expected
    assert GraphSchema.parse(schema.as_json()) == schema


def test_the_order_and_repetition_of_names_do_not_matter() -> None:
    assert compose(["ledger", "base", "banking", "ledger"]) == compose(["banking", "ledger"])
    assert compose(["ledger"]).name == "base+ledger"


def test_extensions_share_no_names() -> None:
    assert len(compose(EXTENSIONS).nodes) == sum(len(item.types.nodes) for item in EXTENSIONS.values())
    assert len({item.name.lower() for item in TYPES}) == len(TYPES)


def test_everything_says_what_it_is_in_one_line() -> None:
    texts = {extension.name: extension.description for extension in EXTENSIONS.values()}
    texts |= {item.name: item.description for item in TYPES}
    texts |= {f"{name}.{item.name}": item.description for name, item in PROPERTIES}
    assert [name for name, text in texts.items() if not text or "\n" in text or text != text.strip()] == []


def test_money_is_exact_and_days_are_dates() -> None:
    assert [name for name, item in PROPERTIES if item.type.scalar is Scalar.DOUBLE] == []
    days = [item for _, item in PROPERTIES if item.name.endswith(("_date", "_on")) or item.name == "as_of"]
    moments = [item for _, item in PROPERTIES if item.name.endswith("_at")]
    assert {item.type.scalar for item in days} == {Scalar.DATE}
    assert {item.type.scalar for item in moments} == {Scalar.TIMESTAMP}


def test_a_relationship_read_off_a_table_names_its_foreign_key() -> None:
    derived = [item for item in compose(EXTENSIONS).relationships if item.source is not None]
    assert [item.name for item in derived if not (item.from_columns or item.to_columns)] == []


def test_no_extensions_and_no_own_types_are_a_graph_to_be_inferred() -> None:
    assert compose([]) == GraphSchema()


def test_own_types_may_refer_to_an_extensions_and_add_to_them() -> None:
    own = GraphSchema.parse_part(
        {
            "name": "books",
            "nodes": [node("Account", ["account_id"], risk="string"), node("Auditor")],
            "relationships": [{"name": "AUDITS", "from": "Auditor", "to": "Entity"}],
        }
    )
    schema = compose(["ledger"], own)
    assert schema.name == "books"
    assert [item.name for item in schema.node("Account").properties][-2:] == ["description", "risk"]
    assert schema.relationship("AUDITS").to_node == "Entity"


def test_own_types_alone_stay_as_they_are() -> None:
    document: JsonObject = {"name": "mine", "nodes": [node("Account")]}
    assert compose([], GraphSchema.parse_part(document)) == GraphSchema.parse(document)


def test_an_unknown_extension_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownExtension, match="no extension 'ledgr'") as refused:
        compose(["base", "ledgr"])
    assert refused.value.hint == "The extensions: base, banking, investor, ledger, reporting."


def test_every_clash_with_an_extension_is_named_with_its_place() -> None:
    own = GraphSchema.parse_part(
        {
            "nodes": [node("Auditor"), node("Account"), node("lineitem"), node("Entity", ["entity_id"], cik="int")],
            "relationships": [{"name": "POSTED_TO", "from": "Account", "to": "Entity"}],
        }
    )
    with pytest.raises(ExtensionConflict) as refused:
        compose(["ledger"], own)
    assert problems_of(refused.value) == [
        ("nodes[1]", "Account is there already, with another key or other ends"),
        ("nodes[2]", "the name 'lineitem' is taken by LineItem: upper and lower case are the same"),
        ("nodes[3].properties[1]", "Entity.cik is there already, as string"),
        ("relationships[0]", "POSTED_TO is there already, with another key or other ends"),
    ]


def test_own_types_that_refer_to_an_extension_left_out_are_refused_at_their_place() -> None:
    own = GraphSchema.parse_part(
        {"nodes": [node("Auditor")], "relationships": [{"name": "AUDITS", "from": "Auditor", "to": "Account"}]}
    )
    with pytest.raises(InvalidSchema) as refused:
        compose(["banking"], own)
    assert problems_of(refused.value) == [("relationships[0].to", "there is no node type 'Account'")]
