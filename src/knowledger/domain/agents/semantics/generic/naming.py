"""What people may call the types, properties and relationships of a schema: from their names alone."""

import re
from functools import cache

from knowledger.domain.agents.semantics.generic.vocabulary import vocabulary
from knowledger.domain.agents.tools.named import singular
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import GraphSchema, NodeType, Property, RelationshipType

Words = tuple[str, ...]

JOINING = {
    "has",
    "have",
    "had",
    "is",
    "was",
    "be",
    "of",
    "in",
    "at",
    "by",
    "to",
    "with",
    "from",
    "for",
    "on",
    "ha",
    "wa",
}
UNITS = {
    "kg", "km", "usd", "eur", "gbp", "minute", "min", "mb", "cm", "m2", "sqm", "pct", "percent", "hour", "foot", "g",
    "ft", "mm", "m", "l", "kw", "kwh", "ms", "second", "sec", "day", "year",
}  # fmt: skip
_ENDINGS = {"id", "on", "at", "date", "number", "code", "time", "name", "count", "no"}
_QUALIFIERS = {
    "total", "is", "has", "ha", "last", "current", "unit", "monthly", "hourly", "annual", "yearly", "daily", "list",
    "base", "full", "primary", "main", "average", "overall", "net", "gross", "number", "of", "the", "num", "peer",
}  # fmt: skip
_FLAGGED = {"is", "has", "ha"}
"""Before a flag other words tell which it is: full time is not part time."""
_TOO_WIDE = {
    "name",
    "id",
    "date",
    "number",
    "code",
    "type",
    "time",
    "on",
    "at",
    "no",
    "is",
    "has",
    "of",
    "key",
    "total",
    "line",
}
_SUFFIXES = (
    ("ation", 4),
    ("ance", 4),
    ("ence", 4),
    ("ment", 4),
    ("ssion", 4),
    ("tted", 4),
    ("ing", 4),
    ("ion", 4),
    ("ure", 4),
    ("ed", 3),
    ("al", 5),
    ("er", 4),
    ("e", 3),
)


def forms(name: str) -> Words:
    """A schema's name as words: HAS_LINE_ITEM → has line item; LineItem → line item."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ")
    return tuple(singular(part.lower()) for part in spaced.split())


def spelt(name: str) -> Words:
    """The same with its abbreviations written out: dep_dt → departure date."""
    known = vocabulary().abbreviations
    return tuple(known.get(word, word) for word in forms(name))


@cache
def stem(word: str) -> str:
    """What the forms of a word have in common, roughly: hired, hire; departed, departure."""
    for suffix, left in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= left:
            return word.removesuffix(suffix)
    return word


_ORDINAL = {
    "floor", "level", "grade", "severity", "rank", "class", "tier", "stage", "star", "year", "priority", "row", "gate",
    "step", "generation", "version", "quarter", "month", "week", "season", "round", "group", "zone", "storey", "story",
    "industry", "code", "zip",
}  # fmt: skip


def is_ordinal(item: Property) -> bool:
    """Whether a number tells a kind rather than how much: a floor, a grade."""
    return item.type.scalar is Scalar.INT and bool(set(spelt(item.name)) & _ORDINAL)


def type_forms(node: NodeType) -> list[Words]:
    own = forms(node.name)
    listed = [own, ("".join(own),), spelt(node.name)]
    called = vocabulary().types
    key = next((name for name in called if name.lower() == node.name.lower()), "")
    return [*listed, *(tuple(singular(word) for word in name.split()) for name in called.get(key, ()))]


def loose_type_forms(node: NodeType, schema: GraphSchema) -> list[Words]:
    """One telling word of several, where no other type has it: flights for FlightLeg; and its verbs: flew."""
    own = spelt(node.name)
    others = {word for other in schema.nodes if other != node for word in spelt(other.name)}
    telling = [word for word in own if word not in others | _TOO_WIDE] if len(own) > 1 else []
    verbs = [form for word in own for form in vocabulary().verb_forms(word)]
    return [(word,) for word in dict.fromkeys((*telling, *verbs))]


def property_forms(item: Property) -> list[Words]:
    """Its name, without what says how it is told: the unit, the date, the total."""
    listed: list[Words] = []
    for own in dict.fromkeys((forms(item.name), spelt(item.name))):
        listed.append(own)
        if len(own) > 1 and (own[-1] in _ENDINGS - {"name", "code", "number"} or own[-1] in UNITS):
            listed.append(own[:-1])
        if len(own) > 1 and own[0] in (_FLAGGED if item.type.scalar is Scalar.BOOLEAN else _QUALIFIERS):
            listed.append(own[1:])
        if len(own) > 1:
            listed += [(*own[:-1], word) for word in vocabulary().properties.get(own[-1], ()) if " " not in word]
    narrow = {("date",), ("number",), ("name",)}
    return [words for words in dict.fromkeys(listed) if words not in narrow or words == listed[0]]


def other_property_forms(item: Property) -> list[Words]:
    """What else people call it."""
    named = [words for words in property_forms(item) if len(words) == 1]
    return [tuple(singular(part) for part in word.split()) for own in named for word in _called(own)]


def loose_property_forms(item: Property, owner: NodeType | RelationshipType) -> list[Words]:
    """One telling word of its name, its other forms, and what else such a word is called."""
    others = {word for other in owner.properties if other != item for word in (*forms(other.name), *spelt(other.name))}
    own = dict.fromkeys((*forms(item.name), *spelt(item.name)))
    telling = [word for word in own if word not in others | _TOO_WIDE | _QUALIFIERS | UNITS | JOINING]
    if item.type.scalar in (Scalar.DATE, Scalar.TIMESTAMP, Scalar.INT, Scalar.DECIMAL, Scalar.DOUBLE, Scalar.BOOLEAN):
        telling += [stem(word) for word in telling if len(word) > 3]
    called = [name for word in telling for name in _called((word,)) if " " not in name]
    return [(word,) for word in dict.fromkeys((*telling, *called))]


def main_days(owner: NodeType | RelationshipType) -> list[Property]:
    """The day of a thing is when it begins, not when it ends or was last seen."""
    days = [
        item
        for item in owner.properties
        if item.type.scalar in (Scalar.DATE, Scalar.TIMESTAMP) and not item.type.is_list
    ]
    if len(days) > 1:
        days = [item for item in days if not set(spelt(item.name)) & _ENDS]
    own = [item for item in days if any(_is_of(word, forms(owner.name)) for word in spelt(item.name))]
    return own if len(own) == 1 else days


def _is_of(word: str, called: Words) -> bool:
    """Whether a day is called as its thing is: filed, of a filing."""
    root = stem(word)
    return len(root) > 2 and word.endswith("ed") and any(name.startswith(root) for name in called)


_ENDS = {
    "end", "ended", "discharged", "closed", "left", "returned", "expiry", "expired", "expire", "due", "updated", "last",
    "finished", "completed", "delivered", "paid", "until", "to", "cancelled", "resolved", "terminated", "birth", "died",
}  # fmt: skip


def _called(words: Words) -> list[str]:
    return vocabulary().properties.get(" ".join(words), []) if len(words) == 1 else []


def relationship_forms(relationship: RelationshipType, schema: GraphSchema) -> list[Words]:
    """A relationship's name and its verb in other forms: OWNS → own, owned, owner, owning; WORKS_AT → works."""
    own = forms(relationship.name)
    types = {forms(node.name) for node in schema.nodes}
    telling = [word for word in own if word not in JOINING and (word,) not in types]
    if len(own) > 1 and len(telling) != 1:
        return [own]
    word = telling[0] if telling else own[0]
    bare = (
        word.removesuffix("ing") if word.endswith("ing") else word.removesuffix("ed") if word.endswith("ed") else word
    )
    bare = bare.removesuffix("e")
    endings = ("", "e", "ed", "ing", "er", "ers", "or", "es", "s", "ment", "ure", "al")
    listed = [own] if len(own) > 1 else []
    return [
        *listed,
        (word,),
        *((bare + ending,) for ending in endings),
        *((form,) for form in vocabulary().verb_forms(word)),
    ]
