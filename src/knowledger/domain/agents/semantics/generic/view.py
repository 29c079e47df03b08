"""What a question names of a graph, whatever its schema."""

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeAlias

from knowledger.domain.agents.semantics.cues import Cues, Direction
from knowledger.domain.agents.semantics.periods import Times
from knowledger.domain.agents.semantics.question import Question
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.agents.tools.named import singular
from knowledger.domain.agents.tools.output import Citation, ToolOutput
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import GraphSchema, NodeType, Property, RelationshipType
from knowledger.kernel.json import JsonObject, JsonValue

Answering: TypeAlias = Generator[Call, ToolOutput, Reply]


NUMBERS = (Scalar.INT, Scalar.DOUBLE, Scalar.DECIMAL)


PEOPLE = {"who", "person", "people", "whom"}


@dataclass
class View:
    """What the question names of the schema."""

    setting: Setting
    question: Question
    times: Times
    cues: Cues
    nodes: list[NodeType] = field(default_factory=list)
    properties: list[tuple[NodeType, Property]] = field(default_factory=list)
    relationships: list[RelationshipType] = field(default_factory=list)
    mentions: list[JsonObject] = field(default_factory=list)
    filters: list[tuple[Property, JsonValue]] = field(default_factory=list)
    direction: Direction | None = None

    def citation(self, query: str, label: str) -> Citation:
        return Citation(label, self.setting.graph_id, self.setting.generation_id, query=" ".join(query.split()))


def forms(name: str) -> tuple[str, ...]:
    """A schema's name as words: HAS_LINE_ITEM → has line item; LineItem → line item."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ")
    return tuple(singular(part.lower()) for part in spaced.split())


def suggestions(schema: GraphSchema) -> list[str]:
    listed = [f"How many {' '.join(forms(node.name))} nodes are there?" for node in schema.nodes[:2]]
    return [
        *listed,
        "What node types are there?",
        *([f"What properties does {schema.nodes[0].name} have?"] if schema.nodes else []),
    ]
