"""Shapes and limits that several nouns share on the wire."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$"),
    Field(json_schema_extra={"format": "email"}),
]


class RequestBody(BaseModel):
    """The body of a request; a misspelt field is refused instead of ignored."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """The body of an answer, built from a domain value's attributes."""

    model_config = ConfigDict(from_attributes=True)
