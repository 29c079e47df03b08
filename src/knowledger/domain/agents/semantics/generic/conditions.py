"""The conditions that a question sets for the rows of a plan, as Cypher and its parameters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.cues import Bound
from knowledger.domain.agents.semantics.generic.naming import main_days, spelt
from knowledger.domain.agents.semantics.generic.paths import Way, is_way, meant_by, the_way, ways
from knowledger.domain.agents.semantics.generic.plan import Plan, countables
from knowledger.domain.agents.semantics.generic.units import factor_of
from knowledger.domain.agents.semantics.generic.view import (
    NUMBERS,
    Owner,
    SaidBound,
    SaidProperty,
    SaidType,
    View,
    suggestions,
)
from knowledger.domain.agents.semantics.generic.when import asked_days
from knowledger.domain.agents.semantics.time_words import MONTH, YEAR
from knowledger.domain.agents.semantics.wording import exact
from knowledger.domain.agents.steps import Reply
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import NodeType, Property
from knowledger.kernel.json import JsonObject, JsonValue

_OR, _BOTH = {"or", "vs", "versus"}, {"both"}


@dataclass
class Conditions:
    """Cypher conditions of rows `n`, and of related nodes by type, which one node of that type must all hold."""

    own: list[str] = field(default_factory=list)
    related: dict[str, list[str]] = field(default_factory=dict)
    parameters: JsonObject = field(default_factory=dict)

    def parameter(self, value: JsonValue) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"


def anchors(base: Owner) -> dict[str, str]:
    """The variables of a plan's rows by node type: a node is n itself, a relationship n has ends a and b."""
    return {base.name: "n"} if isinstance(base, NodeType) else {base.to_node: "b", base.from_node: "a"}


def matched(base: Owner) -> str:
    if isinstance(base, NodeType):
        return f"MATCH (n:`{base.name}`)"
    return f"MATCH (a:`{base.from_node}`)-[n:`{base.name}`]->(b:`{base.to_node}`)"


def reached(view: View, base: Owner, node: NodeType, hint: str = "") -> tuple[str, Way] | None:
    """The variable to start from and the one way from there to a type."""
    by_type = {item.name: item for item in view.setting.schema.nodes}
    found = [
        (variable, way)
        for type_, variable in anchors(base).items()
        if (way := the_way(view.setting.schema, by_type[type_], node, [*view.relationships, *view.hints], hint))
        is not None
    ]
    found.sort(key=lambda pair: len(pair[1].steps))
    return found[0] if found and (len(found) == 1 or len(found[0][1].steps) < len(found[1][1].steps)) else None


def conditions_of(view: View, plan: Plan) -> tuple[str, JsonObject] | Reply:
    """ " WHERE …" and its parameters, or what is not clear."""
    made = Conditions()
    for add in (_values, _mentions, _bounds, _times, _types):
        if problem := add(view, plan, made):
            return abstain(problem, suggestions(view.setting.schema))
    for number, (type_, conditions) in enumerate(made.related.items()):
        node = next(item for item in view.setting.schema.nodes if item.name == type_)
        way = reached(view, plan.base, node, _preposition(view, type_))
        if way is None:
            return abstain(
                f"I cannot tell how {plan.base.name} and {type_} are meant together.", suggestions(view.setting.schema)
            )
        pattern = way[1].pattern(way[0], f"m{number}", f"x{number}_")
        where = " AND ".join(item.replace("m.`", f"m{number}.`") for item in conditions)
        denied = any(item.is_not and item.node == node for item in view.types)
        made.own.append(f"{'NOT ' if denied else ''}EXISTS {{ MATCH {pattern}{f' WHERE {where}' if where else ''} }}")
    return (" WHERE " + " AND ".join(made.own) if made.own else ""), made.parameters


def _add(plan: Plan, made: Conditions, type_: str, condition: str) -> None:
    """`condition` is of `m`."""
    variable = "n" if type_ == plan.base.name else anchors(plan.base).get(type_)
    if variable:
        made.own.append(condition.replace("m.`", f"{variable}.`"))
    else:
        made.related.setdefault(type_, []).append(condition)


def _values(view: View, plan: Plan, made: Conditions) -> str | None:
    for owner, item in dict.fromkeys((value.owner, value.item) for value in view.values):
        here = [value for value in view.values if (value.owner, value.item) == (owner, item)]
        if item.type.is_list:
            wanted_all = [value.value for value in here]
            for value in wanted_all:
                _add(plan, made, owner.name, f"list_contains(m.`{item.name}`, {made.parameter(value)})")
            continue
        if any(value.value is None for value in here):
            _add(plan, made, owner.name, f"m.`{item.name}` IS {'NOT ' if here[0].is_not else ''}NULL")
            continue
        if any(not value.is_not for value in here):
            _add(
                plan, made, owner.name, f"m.`{item.name}` IN {made.parameter([v.value for v in here if not v.is_not])}"
            )
        if any(value.is_not for value in here):
            _add(
                plan, made, owner.name, f"NOT m.`{item.name}` IN {made.parameter([v.value for v in here if v.is_not])}"
            )
    return None


def _mentions(view: View, plan: Plan, made: Conditions) -> str | None:
    """What is named is a row itself, or what the rows are related to: shipments to Rotterdam."""
    words = set(view.question.words)
    for type_ in dict.fromkeys(str(row["type"]) for row in view.mentions):
        here = [row for row in view.mentions if row["type"] == type_]
        if len({(row["start"], row["end"]) for row in view.mentions}) < len(view.mentions):
            return "It could mean several of that name: please say which."
        node = next(item for item in view.setting.schema.nodes if item.name == type_)
        if len(here) == 2 and "between" in words and (both := _between(view, plan, node, here, made)):
            made.own.append(both)
            continue
        hints = [_preposition(view, type_, int(str(row["start"]))) for row in here]
        are_apart = len(here) > 1 and len({meant_by(hint) for hint in hints if is_way(hint)}) == len(here)
        if (are_apart or (len(here) > 1 and words & _BOTH)) and type_ not in anchors(plan.base):
            for row, hint in zip(here, hints, strict=True):
                way = reached(view, plan.base, node, hint)
                if way is None:
                    return f"I cannot tell how {plan.base.name} and {type_} are meant together."
                pattern = way[1].pattern(way[0], "m", "y")
                made.own.append(f"EXISTS {{ MATCH {pattern} WHERE m.`{node.key[0]}` = {made.parameter(row['id'])} }}")
            continue
        if len(here) > 1 and not (words & (_OR | _BOTH) or view.cues.has("compare") or plan.group):
            return f"Is {' or '.join(str(row['name']) for row in here)} meant, or both?"
        _add(plan, made, type_, f"m.`{node.key[0]}` IN {made.parameter([row['id'] for row in here])}")
    return None


def _between(view: View, plan: Plan, node: NodeType, here: Sequence[JsonObject], made: Conditions) -> str | None:
    """Rows from one to the other, either way round, where there are two ways to such nodes."""
    found = ways(view.setting.schema, plan.base.name, node.name)
    if not isinstance(plan.base, NodeType) or len(found) != 2 or any(len(way.steps) != 1 for way in found):
        return None
    one, other = (made.parameter(row["id"]) for row in here)

    def at(way: Way, id_: str) -> str:
        return f"EXISTS {{ MATCH {way.pattern('n', 'm', 'y')} WHERE m.`{node.key[0]}` = {id_} }}"

    first, second = found
    return f"(({at(first, one)} AND {at(second, other)}) OR ({at(first, other)} AND {at(second, one)}))"


def _preposition(view: View, type_: str, start: int | None = None) -> str:
    """Which way a name is meant: "from", "to"; nothing where no such word stands before it."""
    places = [int(str(row["start"])) for row in view.mentions if row["type"] == type_] if start is None else [start]
    words = view.question.words
    place = places[0] - 1 if places else -1
    while place >= 0 and words[place] in ("of", "the", "in", "airport", "city"):
        place -= 1
    return words[place] if place >= 0 else ""


def _bounds(view: View, plan: Plan, made: Conditions) -> str | None:
    for said in view.bounds:
        if isinstance(said.on, SaidType) and said.on.node != plan.base:
            if problem := _counted_limit(view, plan, made, said, said.on):
                return problem
            continue
        found = _limited_property(view, plan, said)
        if found is None:
            return f"Which number of {plan.base.name} is meant?"
        owner, item = found
        factor = factor_of(said.unit, item.name)
        if factor is None:
            return f"In which unit is {item.name} told?"
        amount = made.parameter(exact(said.bound.amount * factor))
        condition = f"m.`{item.name}` {_sign(said.bound)} CAST({amount} AS {_cast(item)})"
        _add(plan, made, owner.name, condition)
    return None


def _limited_property(view: View, plan: Plan, said: SaidBound) -> tuple[Owner, Property] | None:
    if isinstance(said.on, SaidProperty):
        return said.on.owner, said.on.item
    numbers = [item for item in view.properties if item.is_number and item.owner == plan.base]
    if numbers:
        return (plan.base, numbers[0].item) if len({item.item.name for item in numbers}) == 1 else None
    known = countables(plan.base) if isinstance(plan.base, NodeType) else list(plan.base.properties)
    return (plan.base, known[0]) if len(known) == 1 and known[0].type.scalar in NUMBERS else None


def _counted_limit(view: View, plan: Plan, made: Conditions, said: SaidBound, on: SaidType) -> str | None:
    """ "more than three shipments": how many of that type each row is related to."""
    way = reached(view, plan.base, on.node)
    if way is None or len(way[1].steps) != 1 or said.bound.amount != said.bound.amount.to_integral_value():
        return f"I cannot count how many {on.node.name} each {plan.base.name} has."
    inside = [
        f"m.`{value.item.name}` IN {made.parameter([value.value])}"
        for value in view.values
        if value.owner == on.node and not value.is_not
    ]
    made.related.pop(on.node.name, None)
    where = f" WHERE {' AND '.join(inside)}" if inside else ""
    pattern = way[1].pattern(way[0], "m", "c")
    made.own.append(f"COUNT {{ MATCH {pattern}{where} }} {_sign(said.bound)} {int(said.bound.amount)}")
    return None


def _times(view: View, plan: Plan, made: Conditions) -> str | None:
    times = view.times
    if times.says_nothing or (times.is_all and not times.periods and not times.is_bounded):
        return None
    if times.is_latest and not times.step and not times.periods:
        return None if plan.how == "top" else "Name the year, month or day that is meant."
    days = asked_days(times, view.setting.today)
    if days is None:
        return "Name the year, month or day that is meant, one at a time."
    found = _day_property(view, plan)
    if found is not None:
        owner, item = found
        for sign, day in ((">=", days[0]), ("<=", days[1])):
            if day is not None:
                condition = f"CAST(m.`{item.name}` AS DATE) {sign} date({made.parameter(str(day))})"
                _add(plan, made, owner.name, condition)
        return None
    years = list(_year_properties(view, plan.base))
    if len(years) != 1 or not _whole_years(days):
        return f"Which day of {plan.base.name} is meant?"
    for sign, day in ((">=", days[0]), ("<=", days[1])):
        if day is not None:
            made.own.append(f"n.`{years[0].name}` {sign} {day.year}")
    return None


def _day_property(view: View, plan: Plan) -> tuple[Owner, Property] | None:
    """The day that is named, or the only one of the rows, or of a type that is named beside them."""
    named = [item for item in view.properties if item.is_day]
    if len({(item.owner.name, item.item.name) for item in named}) == 1:
        return named[0].owner, named[0].item
    nearest = _said_before_the_time(view)
    if (
        nearest is not None
        and nearest != plan.base
        and len(main_days(nearest)) == 1
        and not _is_no_event(main_days(nearest)[0])
    ):
        return nearest, main_days(nearest)[0]
    others = [item.node for item in view.types if item.node != plan.base and item.node != _node_of(plan.group)]
    own = main_days(plan.base)
    beside = [(node, item) for node in others for item in main_days(node)]
    if len(own) == 1:
        return plan.base, own[0]
    return beside[0] if not own and len(beside) == 1 else None


def _said_before_the_time(view: View) -> NodeType | None:
    """The type whose name is nearest before the time: suppliers with *shipments* in 2025."""
    times = [n for n, word in enumerate(view.question.words) if _TIME.fullmatch(word)]
    before = [item for item in view.types if times and item.end <= times[0]]
    return max(before, key=lambda item: item.start).node if before else None


def _is_no_event(item: Property) -> bool:
    return bool(set(spelt(item.name)) & {"birth", "born", "until", "expiry", "expire", "due", "valid", "insured"})


_TIME = re.compile(rf"{YEAR}|{MONTH}|q[1-4]", re.IGNORECASE)


def _node_of(group: object) -> Owner | None:
    return group.node if isinstance(group, SaidType) else group.owner if isinstance(group, SaidProperty) else None


def _year_properties(view: View, owner: Owner) -> Sequence[Property]:
    named = [item.item for item in view.properties if item.owner == owner and item.item.type.scalar is Scalar.INT]
    ints = [item for item in owner.properties if item.type.scalar is Scalar.INT]
    return named or [item for item in ints if "year" in item.name]


def _whole_years(days: tuple[date | None, date | None]) -> bool:
    first, last = days
    return (first is None or (first.month, first.day) == (1, 1)) and (
        last is None or (last.month, last.day) == (12, 31)
    )


def _types(view: View, plan: Plan, made: Conditions) -> str | None:
    """A further type that is named: the rows must be related to one, or, behind "without", to none."""
    group = _node_of(plan.group)
    limited = [item.on for item in view.bounds]
    for said in view.types:
        if said.node in (plan.base, group) or said in limited or said.node.name in anchors(plan.base):
            continue
        if any(row["type"] == said.node.name for row in view.mentions) and said.node.name in made.related:
            continue
        made.related.setdefault(said.node.name, [])
    return None


def _sign(bound: Bound) -> str:
    return (">" if bound.over else "<") + ("=" if bound.inclusive else "")


def _cast(item: Property) -> str:
    if item.type.scalar is Scalar.DECIMAL:
        return f"DECIMAL({item.type.precision},{item.type.scale})"
    return "INT64" if item.type.scalar is Scalar.INT else "DOUBLE"
