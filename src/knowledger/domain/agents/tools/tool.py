"""A tool: a name, what it is for, the dataclass that is its input, and what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.kernel.errors import InvalidInput, KnowledgerError
from knowledger.kernel.json import JsonObject

I = TypeVar("I")  # noqa: E741 (a tool's input)


class UnknownTool(InvalidInput):
    """There is no such tool."""


class InvalidToolInput(InvalidInput):
    """The tool's input does not fit its schema."""


@dataclass(frozen=True)
class Tool(Generic[I]):
    """Every tool only reads. `input` is a frozen dataclass; its JSON schema is what models and MCP clients see."""

    name: str
    title: str
    description: str
    input: type[I]
    run: Callable[[ToolContext, I], ToolOutput]

    @cached_property
    def input_schema(self) -> JsonObject:
        schema = cast(JsonObject, self._adapter.json_schema())
        plain = cast(JsonObject, _without_titles(schema))
        return {**plain, "additionalProperties": False}

    def call(self, context: ToolContext, arguments: JsonObject) -> ToolOutput:
        """Run it. What goes wrong inside is an output too, with a hint, so that the caller can mend its input."""
        try:
            return self.run(context, self._read(arguments))
        except KnowledgerError as error:
            return failure(error)

    def _read(self, arguments: JsonObject) -> I:
        unknown = sorted(arguments.keys() - self.input.__annotations__.keys())
        if unknown:
            raise InvalidToolInput(f"{self.name} does not know {', '.join(unknown)}.", hint=self._known)
        try:
            return self._adapter.validate_python(arguments)
        except ValidationError as error:
            told = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
            raise InvalidToolInput(f"{self.name}: {told}.", hint=self._known) from error

    @property
    def _known(self) -> str:
        return f"It takes: {', '.join(self.input.__annotations__)}."

    @cached_property
    def _adapter(self) -> TypeAdapter[I]:
        return TypeAdapter(self.input)


def failure(error: KnowledgerError) -> ToolOutput:
    """An error as a model can use it: what went wrong, and what would help."""
    told: JsonObject = {"error": error.code, "message": error.message}
    if error.hint:
        told["hint"] = error.hint
    return ToolOutput(told, failed=True)


def _without_titles(schema: object) -> object:
    """The same schema without the titles that repeat the names."""
    match schema:
        case dict():
            return {
                name: _without_titles(item)
                for name, item in schema.items()
                if not (name == "title" and isinstance(item, str))
            }
        case list():
            return [_without_titles(item) for item in schema]
        case _:
            return schema
