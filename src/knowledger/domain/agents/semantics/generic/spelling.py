"""Words of a question that are misspelt words of the schema: pysicians."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from knowledger.domain.agents.semantics.generic.naming import forms, spelt
from knowledger.domain.agents.tools.named import singular
from knowledger.domain.graphs.schema import GraphSchema, NodeType, RelationshipType

_NEAR = 84
_SHORTEST = 5
_ASKING = (
    "different",
    "average",
    "total",
    "number",
    "median",
    "highest",
    "lowest",
    "largest",
    "smallest",
    "percentage",
    "between",
    "without",
)


def mended(text: str, unknown: Sequence[str], schema: GraphSchema) -> str:
    """The text with what nobody understood put right, where the schema has a word that is nearly the same."""
    owners: list[NodeType | RelationshipType] = [*schema.nodes, *schema.relationships]
    named = [item.name for item in owners] + [each.name for item in owners for each in item.properties]
    known = sorted(
        {*_ASKING, *(word for name in named for word in (*forms(name), *spelt(name)) if len(word) >= _SHORTEST)}
    )
    for word in unknown:
        if len(word) < _SHORTEST or not word.isalpha():
            continue
        best = process.extractOne(singular(word), known, scorer=fuzz.ratio, score_cutoff=_NEAR)
        if best and best[0][0] == word[0]:
            text = re.sub(rf"\b{word}\b", best[0], text, flags=re.IGNORECASE)
    return text
