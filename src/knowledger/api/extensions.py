"""The named extensions that a graph can take when it is created."""

from pydantic import BaseModel

from knowledger.api.access import AsViewer, Router
from knowledger.domain.graphs.extension import Extension, load_extensions
from knowledger.kernel.json import JsonValue

router = Router(tags=["graphs"])


class ExtensionAnswer(BaseModel):
    """`nodes` and `relationships` are written as in a schema; those of what it `requires` come with them."""

    name: str
    description: str
    requires: list[str]
    nodes: list[JsonValue]
    relationships: list[JsonValue]

    @classmethod
    def of(cls, extension: Extension) -> "ExtensionAnswer":
        types = extension.types.as_json()
        return cls.model_validate(
            {
                "name": extension.name,
                "description": extension.description,
                "requires": list(extension.requires),
                "nodes": types["nodes"],
                "relationships": types["relationships"],
            }
        )


class ExtensionList(BaseModel):
    extensions: list[ExtensionAnswer]


@router.get("/graphs/extensions")
def extensions(access: AsViewer) -> ExtensionList:
    """The extensions there are, each with its types."""
    return ExtensionList(extensions=[ExtensionAnswer.of(extension) for extension in load_extensions().values()])
