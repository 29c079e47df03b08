"""What a question names of a graph, whatever its schema."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeAlias

from knowledger.domain.agents.semantics.cues import Bound, Cues, Direction
from knowledger.domain.agents.semantics.generic.naming import forms
from knowledger.domain.agents.semantics.periods import Times
from knowledger.domain.agents.semantics.question import Question
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.agents.tools.output import Citation, ToolOutput
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import GraphSchema, NodeType, Property, RelationshipType
from knowledger.kernel.json import JsonObject, JsonValue

Answering: TypeAlias = Generator[Call, ToolOutput, Reply]
Owner: TypeAlias = NodeType | RelationshipType

NUMBERS = (Scalar.INT, Scalar.DOUBLE, Scalar.DECIMAL)
DAYS = (Scalar.DATE, Scalar.TIMESTAMP)
PEOPLE = {"who", "person", "people", "whom"}


@dataclass(frozen=True)
class SaidType:
    """`is_by`: behind "by" or "per"; `is_asked`: behind "which"; `is_measured`: behind "most"; `is_not`: "without"."""

    node: NodeType
    start: int
    end: int
    is_by: bool = False
    is_asked: bool = False
    is_measured: bool = False
    is_not: bool = False


@dataclass(frozen=True)
class SaidProperty:
    owner: Owner
    item: Property
    start: int
    end: int
    is_by: bool = False
    is_asked: bool = False
    is_measured: bool = False

    @property
    def is_number(self) -> bool:
        return self.item.type.scalar in NUMBERS and not self.item.type.is_list

    @property
    def is_day(self) -> bool:
        return self.item.type.scalar in DAYS and not self.item.type.is_list


@dataclass(frozen=True)
class SaidValue:
    """A value that a property must have, or must not have."""

    owner: NodeType
    item: Property
    value: JsonValue
    is_not: bool = False


@dataclass(frozen=True)
class SaidBound:
    """A limit, and the type or property that it is set for, where the question says which."""

    bound: Bound
    on: SaidType | SaidProperty | None = None
    unit: str = ""


@dataclass
class View:
    """What the question names of the schema."""

    setting: Setting
    question: Question
    times: Times = field(default_factory=Times)
    cues: Cues = field(default_factory=lambda: Cues(frozenset()))
    types: list[SaidType] = field(default_factory=list)
    properties: list[SaidProperty] = field(default_factory=list)
    relationships: list[RelationshipType] = field(default_factory=list)
    hints: list[RelationshipType] = field(default_factory=list)
    """Relationships that a word of another meaning hints at: departures."""
    done: list[NodeType] = field(default_factory=list)
    """Types that a verb tells."""
    mentions: list[JsonObject] = field(default_factory=list)
    values: list[SaidValue] = field(default_factory=list)
    bounds: list[SaidBound] = field(default_factory=list)
    direction: Direction | None = None
    wanted: int = 0
    """How many, where the question says so beside such a word as cheapest."""

    @property
    def nodes(self) -> list[NodeType]:
        return list({item.node.name: item.node for item in self.types}.values())

    def citation(self, query: str, label: str) -> Citation:
        return Citation(label, self.setting.graph_id, self.setting.generation_id, query=" ".join(query.split()))


def suggestions(schema: GraphSchema) -> list[str]:
    listed = [f"How many {' '.join(forms(node.name))} nodes are there?" for node in schema.nodes[:2]]
    return [
        *listed,
        "What node types are there?",
        *([f"What properties does {schema.nodes[0].name} have?"] if schema.nodes else []),
    ]
