"""Schemas: the elements, roles and imports that a taxonomy declares (XBRL 2.1, 5.1)."""

from dataclasses import dataclass, field

from lxml import etree

from knowledger.engine.xbrl.package import Document
from knowledger.engine.xbrl.reading import Attributes, Names, attributes_of
from knowledger.engine.xbrl.vocabulary import LINK, XBRLDT, XBRLI, XSD

_ELEMENT = f"{{{XSD}}}element"
_IMPORT = f"{{{XSD}}}import"
_INCLUDE = f"{{{XSD}}}include"
_PERIOD_TYPE = f"{{{XBRLI}}}periodType"
_BALANCE = f"{{{XBRLI}}}balance"
_ROLE_TYPE = f"{{{LINK}}}roleType"
_DEFINITION = f"{{{LINK}}}definition"
_HEADS = {
    (XBRLI, "item"): "item",
    (XBRLI, "tuple"): "tuple",
    (XBRLDT, "dimensionItem"): "dimension",
    (XBRLDT, "hypercubeItem"): "hypercube",
}
_SUFFIX = "ItemType"


@dataclass(frozen=True, slots=True)
class DeclaredElement:
    """An element as its schema declares it. `data_type` is without its prefix and its ending: monetary, textBlock."""

    namespace: str
    name: str
    data_type: str
    substitution_group: str
    period_type: str
    balance: str
    is_abstract: bool
    is_nillable: bool


@dataclass
class Schemas:
    """What the filing's own schemas declare together. `ids` leads from file, in small letters, and id to a name."""

    elements: dict[tuple[str, str], DeclaredElement] = field(default_factory=dict)
    ids: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    namespaces: dict[str, str] = field(default_factory=dict)
    own_namespaces: set[str] = field(default_factory=set)


def read_schemas(documents: list[Document]) -> Schemas:
    """`namespaces` leads from the address of an imported schema to its namespace."""
    found, includers = Schemas(), _includers(documents)
    for document in documents:
        namespace = document.root.get("targetNamespace") or includers.get(document.name.lower(), "")
        found.own_namespaces.add(namespace)
        for id_, element in declared(document, namespace):
            found.elements[namespace, element.name] = element
            if id_:
                found.ids[document.name.lower(), id_] = (namespace, element.name)
        for imported in document.root.iterchildren(_IMPORT):
            found.namespaces[imported.get("schemaLocation", "")] = imported.get("namespace", "")
        for role in document.root.iter(_ROLE_TYPE):
            definition = role.find(_DEFINITION)
            text = "" if definition is None else " ".join((definition.text or "").split())
            found.roles[role.get("roleURI", "")] = text
    return found


def _includers(documents: list[Document]) -> dict[str, str]:
    """The namespaces that schemas without one of their own take over from the schemas that include them."""
    return {
        included.get("schemaLocation", "").rsplit("/", 1)[-1].lower(): document.root.get("targetNamespace", "")
        for document in documents
        for included in document.root.iterchildren(_INCLUDE)
    }


def declared(document: Document, namespace: str = "") -> list[tuple[str, DeclaredElement]]:
    """The global elements of a schema, each with its id; in this namespace, if the schema has none."""
    names, namespace = Names(document), document.root.get("targetNamespace") or namespace
    elements = ((element, attributes_of(element)) for element in document.root.iterchildren(_ELEMENT))
    return [
        (stated.get("id", ""), _element(element, stated, namespace, names))
        for element, stated in elements
        if stated.get("name")
    ]


def _element(element: etree._Element, stated: Attributes, namespace: str, names: Names) -> DeclaredElement:
    head = names.expand(stated.get("substitutionGroup", ""), element) or ("", "")
    data_type = stated.get("type", "").rpartition(":")[2]
    return DeclaredElement(
        namespace=namespace,
        name=stated.get("name", ""),
        data_type=data_type.removesuffix(_SUFFIX) or data_type,
        substitution_group=_HEADS.get(head, head[1]),
        period_type=stated.get(_PERIOD_TYPE, ""),
        balance=stated.get(_BALANCE, ""),
        is_abstract=stated.get("abstract") in ("true", "1"),
        is_nillable=stated.get("nillable") in ("true", "1"),
    )
