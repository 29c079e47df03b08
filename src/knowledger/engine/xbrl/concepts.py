"""The concepts that a filing uses, with what its own schema, the standard taxonomies and its facts say about them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from knowledger.domain.filings.aspects import digest
from knowledger.domain.filings.names import TaxonomyName, concept_id, element_id, taxonomy_name
from knowledger.domain.filings.standard import standard_lines
from knowledger.engine.xbrl.links import Name, Wording
from knowledger.engine.xbrl.reading import ReadFact
from knowledger.engine.xbrl.schema import DeclaredElement, Schemas
from knowledger.engine.xbrl.tables import Rows
from knowledger.engine.xbrl.taxonomies import Taxonomies

_STANDARD = "http://www.xbrl.org/2003/role/label"
_DOCUMENTATION = "http://www.xbrl.org/2003/role/documentation"
_NO_LABELS: Mapping[str, str] = {}


@dataclass
class _Seen:
    """What a fact shows of its concept: enough where no taxonomy is at hand."""

    data_type: str = ""
    period_type: str = ""


class Concepts:
    """Gathers concepts as they are met, and writes them down at the end."""

    def __init__(self, cik: str, schemas: Schemas, taxonomies: Taxonomies, namespaces: Iterable[str]) -> None:
        self._cik = cik
        self._schemas = schemas
        self._taxonomies = taxonomies
        self._by_taxonomy: dict[str, list[str]] = {}
        for namespace in dict.fromkeys([*schemas.own_namespaces, *namespaces]):
            self._by_taxonomy.setdefault(taxonomy_name(namespace, cik).name, []).append(namespace)
        self._seen: dict[Name, _Seen] = {}
        self._ids: dict[Name, str] = {}
        self._met_ids: set[str] = set()
        self._declared: dict[Name, DeclaredElement | None] = {}
        self._labels: dict[Name, dict[str, str]] = {}

    def meet(self, name: Name) -> str:
        """Note that the filing uses a concept; gives its id."""
        id_ = self._ids.get(name)
        if id_ is None:
            self._seen[name] = _Seen()
            id_ = self._ids[name] = concept_id(*name, self._cik)
        return id_

    def meet_id(self, id_: str) -> None:
        """Note a concept by its id: an axis or a member of a context."""
        if id_ in self._met_ids:
            return
        self._met_ids.add(id_)
        taxonomy, _, local = id_.rpartition(":")
        namespaces = self._by_taxonomy.get(taxonomy, [taxonomy])
        declared = (one for one in namespaces if self.declared((one, local)) is not None)
        self.meet((next(declared, namespaces[0]), local))

    def meet_fact(self, fact: ReadFact) -> str:
        name = (fact.namespace, fact.name)
        id_ = self.meet(name)
        seen = self._seen[name]
        if not seen.period_type:
            seen.period_type = fact.context.period.period_type
            seen.data_type = _shown_type(fact)
        return id_

    def declared(self, name: Name) -> DeclaredElement | None:
        if name not in self._declared:
            self._declared[name] = self._schemas.elements.get(name) or self._taxonomies.find(*name)
        return self._declared[name]

    def label(self, name: Name, role: str) -> str:
        """The wording in a role, else the standard one."""
        labels = self._labels.get(name, _NO_LABELS)
        return labels.get(role or _STANDARD) or labels.get(_STANDARD, "")

    def take_labels(self, labels: list[Wording]) -> None:
        """The first wording of a role is the one that is shown; American English goes before other languages."""
        english = {language: language.lower().startswith("en") for language in {one.language for one in labels}}
        for wording in sorted(labels, key=lambda one: not english[one.language]):
            self._labels.setdefault(wording.concept, {}).setdefault(wording.role, wording.text)

    def missing_taxonomies(self) -> dict[str, str]:
        """Namespaces of standard taxonomies that are used and not at hand, with the addresses of their schemas."""
        addresses = {namespace: address for address, namespace in self._schemas.namespaces.items()}
        used = dict.fromkeys(namespace for namespace, _ in self._seen if "/" in namespace)
        return {
            namespace: addresses.get(namespace) or _address(self._named(namespace))
            for namespace in used
            if not self._named(namespace).is_custom and not self._taxonomies.has(namespace)
        }

    def write(self, rows: Rows, labels: list[Wording]) -> None:
        """A column at a time: with the facts, these are nearly all rows of a filing."""
        self._write_concepts(rows)
        self._write_elements(rows)
        self._write_labels(rows, labels)
        _write_standard_lines(rows, set(self._ids.values()))

    def _write_concepts(self, rows: Rows) -> None:
        by_id: dict[str, Name] = {}
        for name, id_ in self._ids.items():
            by_id.setdefault(id_, name)
        names = list(by_id.values())
        taxonomies = [self._named(namespace) for namespace, _ in names]
        declared = [self.declared(name) for name in names]
        shown = [one or self._seen[name] for name, one in zip(names, declared, strict=True)]
        rows.add_columns(
            "Concept",
            concept_id=list(by_id),
            name=[local for _, local in names],
            prefix=[taxonomy.name for taxonomy in taxonomies],
            label=[self.label(name, _STANDARD) or None for name in names],
            documentation=[self._labels.get(name, _NO_LABELS).get(_DOCUMENTATION) for name in names],
            data_type=[one.data_type or None for one in shown],
            period_type=[one.period_type or None for one in shown],
            balance=[(one.balance or None) if one else None for one in declared],
            is_abstract=[one.is_abstract if one else None for one in declared],
            is_custom=[taxonomy.is_custom for taxonomy in taxonomies],
        )

    def _write_elements(self, rows: Rows) -> None:
        names = [name for name in self._seen if "/" in name[0]]
        taxonomies = [self._named(namespace) for namespace, _ in names]
        declared = [self.declared(name) for name in names]
        for namespace, taxonomy in dict(zip((namespace for namespace, _ in names), taxonomies, strict=True)).items():
            _write_taxonomy(taxonomy, namespace, rows)
        rows.add_columns(
            "Element",
            element_id=[element_id(*name) for name in names],
            concept_id=[self._ids[name] for name in names],
            taxonomy_id=[taxonomy.taxonomy_id for taxonomy in taxonomies],
            name=[local for _, local in names],
            data_type=[one.data_type if one else None for one in declared],
            substitution_group=[one.substitution_group if one else None for one in declared],
            period_type=[(one.period_type or None) if one else None for one in declared],
            balance=[(one.balance or None) if one else None for one in declared],
            is_abstract=[one.is_abstract if one else None for one in declared],
            is_nillable=[one.is_nillable if one else None for one in declared],
        )

    def _write_labels(self, rows: Rows, labels: list[Wording]) -> None:
        taxonomy = self._own_taxonomy(rows)
        by_id: dict[str, Wording] = {}
        for one in labels:
            if one.concept in self._ids and one.role != _DOCUMENTATION:
                role, concept = _short_role(one.role), self._ids[one.concept]
                by_id.setdefault(digest("label", concept, taxonomy or "", role, one.language, one.text), one)
        shown = list(by_id.values())
        rows.add_columns(
            "Label",
            label_id=list(by_id),
            concept_id=[self._ids[one.concept] for one in shown],
            taxonomy_id=[taxonomy] * len(shown),
            role=[_label_role(one.role) for one in shown],
            language=[one.language or None for one in shown],
            text=[one.text for one in shown],
        )

    def _own_taxonomy(self, rows: Rows) -> str | None:
        """A filing's wordings stand in its own taxonomy, whosever the concept is."""
        named = (self._named(namespace).taxonomy_id for namespace in sorted(self._schemas.own_namespaces) if namespace)
        return next((taxonomy for taxonomy in named if ("Taxonomy", taxonomy) in rows), None)

    def _named(self, namespace: str) -> TaxonomyName:
        return taxonomy_name(namespace, self._cik)


def _write_taxonomy(taxonomy: TaxonomyName, namespace: str, rows: Rows) -> None:
    rows.add(
        "Taxonomy",
        taxonomy.taxonomy_id,
        taxonomy_id=taxonomy.taxonomy_id,
        name=taxonomy.name,
        version=taxonomy.version or None,
        namespace=namespace,
        publisher=taxonomy.publisher or "the filer",
    )


def _short_role(role: str) -> str:
    return role.rsplit("/", 1)[-1]


@lru_cache(maxsize=1024)
def _label_role(role: str) -> str:
    short = _short_role(role)
    return {"label": "standard"}.get(short, short.removesuffix("Label"))


@cache
def _standard_line_columns() -> Mapping[str, Sequence[object]]:
    lines = standard_lines().lines
    return {
        "standard_line_item_id": [line.id for line in lines],
        "name": [line.name for line in lines],
        "statement_kind": [line.statement_kind for line in lines],
        "balance": [line.balance or None for line in lines],
        "line_number": [line.line_number for line in lines],
        "parent_line_item_id": [line.parent_id or None for line in lines],
    }


def _write_standard_lines(rows: Rows, used: set[str]) -> None:
    known = standard_lines()
    rows.add_columns("StandardLineItem", **_standard_line_columns())
    for id_ in sorted(used & known.by_concept.keys()):
        for mapped in known.by_concept[id_]:
            rows.add(
                "MAPS_TO",
                (id_, mapped.line_id),
                concept_id=id_,
                standard_line_item_id=mapped.line_id,
                source=known.source,
                confidence=mapped.confidence,
                weight=mapped.weight,
            )


def _shown_type(fact: ReadFact) -> str:
    if fact.unit is None:
        return "textBlock" if fact.markup is not None else "string"
    kinds: Mapping[str, str] = {"xbrli:shares": "shares", "xbrli:pure": "pure"}
    top, bottom = fact.unit.numerator, fact.unit.denominator
    if bottom:
        return "perShare" if bottom == ("xbrli:shares",) else "perUnit"
    if len(top) == 1:
        return "monetary" if top[0].startswith("iso4217:") else kinds.get(top[0], "decimal")
    return "decimal"


def _address(taxonomy: TaxonomyName) -> str:
    """Where the publisher has a schema, by the way it names them: empty for other publishers and older years."""
    hosts = {"FASB": "xbrl.fasb.org", "SEC": "xbrl.sec.gov"}
    if taxonomy.publisher not in hosts or not taxonomy.version or "/" in taxonomy.name:
        return ""
    elements = "elts/" if taxonomy.publisher == "FASB" else ""
    year, file = taxonomy.version[:4], f"{taxonomy.name}-{taxonomy.version}.xsd"
    folder = taxonomy.version if len(taxonomy.version) < 10 else year
    return f"https://{hosts[taxonomy.publisher]}/{taxonomy.name}/{folder}/{elements}{file}"
