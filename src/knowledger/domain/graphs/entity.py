"""The entity that an entity graph is created around: who it is, checked, and as the first row of the table Entity."""

from collections.abc import Callable, Iterator
from typing import Annotated, Self

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from knowledger.domain.graphs import identifiers
from knowledger.kernel.errors import InvalidInput
from knowledger.kernel.json import JsonObject, JsonValue

TABLE = "Entity"
"""Its table, which the extension `base` brings."""

_KEYS = ("entity_id", "cik", "lei", "ein")


class InvalidEntity(InvalidInput):
    """The entity cannot be taken as it is described."""

    hint = "Every mistake is listed under details.problems, by its field and the rule it breaks."


def _text(value: object) -> object:
    """Numbers that people write without quotes are texts all the same, and an empty text is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return (value.strip() or None) if isinstance(value, str) else value


_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=_PRINTABLE)]
Text = Annotated[Annotated[str, StringConstraints(max_length=500, pattern=_PRINTABLE)] | None, BeforeValidator(_text)]


def _checked(check: Callable[[str], str]) -> BeforeValidator:
    def validate(value: object) -> object:
        text = _text(value)
        return check(text) if isinstance(text, str) else text

    return BeforeValidator(validate)


class Entity(BaseModel):
    """A company, fund, person or public body, by the properties of the node type Entity.

    Without an `entity_id` it is known by its CIK, LEI or EIN, the first of these that is given, else by an id made
    for it. Fields of the predecessor's clients (`uri`, `sic_description`, `category`, `state_of_incorporation`) are
    understood.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: Name = Field(description="The name it is known by")
    entity_id: Text = Field(default=None, description="Your own identifier")
    legal_name: Text = Field(default=None, description="The name in its register, where it differs")
    entity_type: Text = Field(default=None, description="corporation, partnership, fund, person, government …")
    cik: Annotated[Text, _checked(identifiers.cik)] = Field(default=None, description="The SEC's key, ≤ ten digits")
    lei: Annotated[Text, _checked(identifiers.lei)] = Field(default=None, description="ISO 17442, check digits right")
    ein: Annotated[Text, _checked(identifiers.ein)] = Field(default=None, description="The IRS's number: 12-3456789")
    ticker: Annotated[Text, _checked(identifiers.ticker)] = Field(default=None, description="Of its main share class")
    exchange: Text = Field(default=None, description="Where that share class is listed")
    sic: Annotated[Text, _checked(identifiers.sic)] = Field(default=None, description="Four digits")
    industry: Text = Field(default=None, validation_alias=AliasChoices("industry", "sic_description"))
    filer_category: Text = Field(default=None, validation_alias=AliasChoices("filer_category", "category"))
    country: Annotated[Text, _checked(identifiers.country)] = Field(default=None, description="Of its seat, ISO 3166-1")
    jurisdiction: Text = Field(default=None, validation_alias=AliasChoices("jurisdiction", "state_of_incorporation"))
    fiscal_year_end: Annotated[Text, _checked(identifiers.fiscal_year_end)] = Field(
        default=None, description="Its last month and day: --1231, --12-31, 1231 or 12-31"
    )
    currency: Annotated[Text, _checked(identifiers.currency)] = Field(default=None, description="ISO 4217")
    website: Text = Field(default=None, validation_alias=AliasChoices("website", "uri"))
    parent_entity_id: Text = Field(default=None, description="The entity that controls it")

    @classmethod
    def parse(cls, document: JsonValue) -> Self:
        """Read an entity from JSON. Raises InvalidEntity with every mistake, by field and rule."""
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            problems = list(_problems(error))
        first = f"{problems[0]['place']}: {problems[0]['problem']}"
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise InvalidEntity(first + more, problems=problems)

    def as_row(self, made_id: str) -> JsonObject:
        """The row of the table Entity; `made_id` is its key where no register knows the entity."""
        values: JsonObject = self.model_dump(exclude_none=True)
        known = next((values[name] for name in _KEYS if name in values), made_id)
        return {**values, "entity_id": known}


_PHRASES = {
    "missing": "this is missing",
    "extra_forbidden": "an entity has no such field",
    "model_type": "this should be an object",
    "string_type": "this should be a text",
    "string_too_short": "this is empty",
    "string_too_long": "this is too long",
    "string_pattern_mismatch": "this holds control characters",
}


def _problems(error: ValidationError) -> Iterator[JsonObject]:
    for item in error.errors():
        place = ".".join(("entity", *(str(step) for step in item["loc"] if step != "str")))
        yield {"place": place, "problem": _PHRASES.get(item["type"], item["msg"].removeprefix("Value error, "))}
