"""Formulas of metrics: what they rest on, how they are said, what they come to."""

import ast
from collections.abc import Iterable
from decimal import Decimal

from knowledger.domain.agents.semantics.lexicon import Metric, metrics


def operands(metric: Metric) -> list[Metric]:
    """The metrics that a formula names."""
    known = metrics() | {part.id: part for part in metric.parts}
    names = [node.id for node in ast.walk(ast.parse(metric.formula, mode="eval")) if isinstance(node, ast.Name)]
    return [known[name] for name in dict.fromkeys(names)]


def leaves(metric: Metric) -> list[Metric]:
    """The metrics with concepts that a metric rests on, itself if it has some."""
    return [metric] if metric.concepts else [leaf for part in operands(metric) for leaf in leaves(part)]


def adds_up(metric: Metric) -> bool:
    """Whether its figures of several periods can be added: those of flows, and what is added of flows."""
    if metric.concepts or not metric.formula:
        return metric.kind == "flow"
    return metric.kind == "money" and all(adds_up(part) for part in operands(metric))


def holds_at_a_day(metric: Metric) -> bool:
    """Whether it is known for days and not for spans: a stock, and what is counted of stocks."""
    return all(leaf.kind == "stock" for leaf in leaves(metric))


def concepts_of(wanted: Iterable[Metric]) -> list[str]:
    """All concepts that may be needed, those of the formulas behind them too."""
    found: dict[str, None] = {}
    waiting = list(wanted)
    while waiting:
        metric = waiting.pop(0)
        found.update(dict.fromkeys(metric.concepts))
        waiting += operands(metric) if metric.formula else []
    return list(found)


def spoken(metric: Metric) -> str:
    """The formula in words: gross profit / revenue."""
    text = metric.formula
    for part in sorted(operands(metric), key=lambda item: -len(item.id)):
        text = text.replace(part.id, part.name)
    return text.replace("*", "×").replace(" - ", " − ")


def evaluate(formula: str, values: dict[str, Decimal]) -> Decimal | None:
    """A formula of names, numbers, + - * / and brackets. None where it divides by nothing."""
    try:
        return _evaluate(ast.parse(formula, mode="eval").body, values)
    except ZeroDivisionError:
        return None


def _evaluate(node: ast.expr, values: dict[str, Decimal]) -> Decimal:
    match node:
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=int() as number):
            return Decimal(number)
        case ast.BinOp(left=left, op=operator, right=right):
            one, other = _evaluate(left, values), _evaluate(right, values)
            match operator:
                case ast.Add():
                    return one + other
                case ast.Sub():
                    return one - other
                case ast.Mult():
                    return one * other
                case ast.Div():
                    if not other:
                        raise ZeroDivisionError
                    return one / other
    raise ValueError(f"no formula: {ast.dump(node)}")
