"""A schema's DDL, spelled out."""

from knowledger.domain.graphs.schema import GraphSchema
from knowledger.engine.build.ddl import ddl, quoted


def test_ddl_quotes_every_name() -> None:
    schema = GraphSchema.parse(
        {
            "nodes": [
                {"name": "Order", "key": "id", "properties": [{"name": "id", "type": "int"}]},
                {
                    "name": "match",
                    "key": ["a", "b"],
                    "properties": [
                        {"name": "a", "type": "string"},
                        {"name": "b", "type": "date"},
                        {"name": "c", "type": "decimal(18,4)[]"},
                    ],
                },
                {"name": "Flag", "key": "on", "properties": [{"name": "on", "type": "boolean"}]},
            ],
            "relationships": [
                {"name": "Group", "from": "Order", "to": "match", "properties": [{"name": "at", "type": "timestamp"}]}
            ],
        }
    )
    assert ddl(schema) == [
        "CREATE NODE TABLE `Order`(`id` INT64, PRIMARY KEY(`id`))",
        "CREATE NODE TABLE `match`(`_key` STRING, `a` STRING, `b` DATE, `c` DECIMAL(18, 4)[], PRIMARY KEY(`_key`))",
        "CREATE NODE TABLE `Flag`(`_key` STRING, `on` BOOL, PRIMARY KEY(`_key`))",
        "CREATE REL TABLE `Group`(FROM `Order` TO `match`, `at` TIMESTAMP)",
    ]


def test_a_backtick_in_a_name_ends_no_quotation() -> None:
    assert quoted("a`b") == "`a``b`"
