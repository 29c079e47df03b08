"""The conditions that a question sets for nodes of a type, as Cypher and its parameters."""

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.cues import Bound
from knowledger.domain.agents.semantics.generic.view import NUMBERS, View, suggestions
from knowledger.domain.agents.semantics.wording import exact
from knowledger.domain.agents.steps import Reply
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import NodeType, Property
from knowledger.kernel.json import JsonObject


def conditions_of(view: View, node: NodeType) -> tuple[str, JsonObject] | Reply:
    """The conditions that the question names for nodes of a type, as Cypher and its parameters."""
    conditions: list[str] = []
    parameters: JsonObject = {}
    for number, (item, value) in enumerate(view.filters):
        conditions.append(f"n.`{item.name}` = $f{number}")
        parameters[f"f{number}"] = value
    numbers = [item for owner, item in view.properties if owner == node and item.type.scalar in NUMBERS]
    numbers = numbers or [item for item in node.properties if item.type.scalar in NUMBERS and item.name not in node.key]
    for number, bound in enumerate(view.cues.bounds):
        if len(set(numbers)) != 1:
            return abstain(f"Which number of {node.name} is meant?", suggestions(view.setting.schema))
        conditions.append(f"n.`{numbers[0].name}` {_sign(bound)} CAST($b{number} AS {_cast(numbers[0])})")
        parameters[f"b{number}"] = exact(bound.amount)
    if any(not item.year for item in view.times.periods):
        return abstain("Name the year too.", suggestions(view.setting.schema))
    if view.times.periods:
        dates = [
            item
            for owner, item in view.properties
            if owner == node and item.type.scalar in (Scalar.DATE, Scalar.TIMESTAMP)
        ]
        dates = dates or [item for item in node.properties if item.type.scalar in (Scalar.DATE, Scalar.TIMESTAMP)]
        years = [item for owner, item in view.properties if owner == node and item.type.scalar is Scalar.INT]
        if len(set(dates)) == 1 and not view.times.is_range:
            first, last = view.times.periods[0].days()
            conditions.append(
                f"CAST(n.`{dates[0].name}` AS DATE) >= date($first) AND CAST(n.`{dates[0].name}` AS "
                f"DATE) <= date($last)"
            )
            parameters |= {"first": str(first), "last": str(last)}
        elif len(set(years)) == 1 and view.times.periods[0].kind == "FY":
            conditions.append(f"n.`{years[0].name}` = $year")
            parameters["year"] = view.times.periods[0].year
        else:
            return abstain(f"Which day of {node.name} is meant?", suggestions(view.setting.schema))
    elif not view.times.says_nothing and not view.times.is_all:
        return abstain("Name the year, month or day that is meant.", suggestions(view.setting.schema))
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), parameters


def _sign(bound: Bound) -> str:
    return (">" if bound.over else "<") + ("=" if bound.inclusive else "")


def _cast(item: Property) -> str:
    if item.type.scalar is Scalar.DECIMAL:
        return f"DECIMAL({item.type.precision},{item.type.scale})"
    return "INT64" if item.type.scalar is Scalar.INT else "DOUBLE"
