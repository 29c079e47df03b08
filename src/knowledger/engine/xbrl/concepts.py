"""The concepts that a filing uses, with what its own schema, the standard taxonomies and its facts say about them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
        labels = self._labels.get(name, {})
        return labels.get(role or _STANDARD) or labels.get(_STANDARD, "")

    def take_labels(self, labels: list[Wording]) -> None:
        """The first wording of a role is the one that is shown; American English goes before other languages."""
        for wording in sorted(labels, key=lambda one: not one.language.lower().startswith("en")):
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
        for name in self._seen:
            self._write_concept(name, rows)
        taxonomy = self._own_taxonomy(rows)
        for wording in labels:
            if wording.concept in self._seen and wording.role != _DOCUMENTATION:
                self._write_label(wording, taxonomy, rows)
        _write_standard_lines(rows, {concept_id(*name, self._cik) for name in self._seen})

    def _write_concept(self, name: Name, rows: Rows) -> None:
        namespace, local = name
        taxonomy, id_ = self._named(namespace), concept_id(*name, self._cik)
        declared, seen = self.declared(name), self._seen[name]
        rows.add(
            "Concept",
            id_,
            concept_id=id_,
            name=local,
            prefix=taxonomy.name,
            label=self.label(name, _STANDARD) or None,
            documentation=self._labels.get(name, {}).get(_DOCUMENTATION),
            data_type=(declared.data_type if declared else seen.data_type) or None,
            period_type=(declared.period_type if declared else seen.period_type) or None,
            balance=(declared.balance if declared else "") or None,
            is_abstract=declared.is_abstract if declared else None,
            is_custom=taxonomy.is_custom,
        )
        if "/" in namespace:
            self._write_element(name, taxonomy, declared, rows)

    def _write_element(self, name: Name, taxonomy: TaxonomyName, declared: DeclaredElement | None, rows: Rows) -> None:
        rows.add(
            "Taxonomy",
            taxonomy.taxonomy_id,
            taxonomy_id=taxonomy.taxonomy_id,
            name=taxonomy.name,
            version=taxonomy.version or None,
            namespace=name[0],
            publisher=taxonomy.publisher or "the filer",
        )
        id_ = element_id(*name)
        rows.add(
            "Element",
            id_,
            element_id=id_,
            concept_id=concept_id(*name, self._cik),
            taxonomy_id=taxonomy.taxonomy_id,
            name=name[1],
            data_type=declared.data_type if declared else None,
            substitution_group=declared.substitution_group if declared else None,
            period_type=(declared.period_type or None) if declared else None,
            balance=(declared.balance or None) if declared else None,
            is_abstract=declared.is_abstract if declared else None,
            is_nillable=declared.is_nillable if declared else None,
        )

    def _own_taxonomy(self, rows: Rows) -> str | None:
        """A filing's wordings stand in its own taxonomy, whosever the concept is."""
        named = (self._named(namespace).taxonomy_id for namespace in sorted(self._schemas.own_namespaces) if namespace)
        return next((taxonomy for taxonomy in named if ("Taxonomy", taxonomy) in rows), None)

    def _write_label(self, wording: Wording, taxonomy: str | None, rows: Rows) -> None:
        id_, role = concept_id(*wording.concept, self._cik), wording.role.rsplit("/", 1)[-1]
        label_id = digest("label", id_, taxonomy or "", role, wording.language, wording.text)
        rows.add(
            "Label",
            label_id,
            label_id=label_id,
            concept_id=id_,
            taxonomy_id=taxonomy,
            role={"label": "standard"}.get(role, role.removesuffix("Label")),
            language=wording.language or None,
            text=wording.text,
        )

    def _named(self, namespace: str) -> TaxonomyName:
        return taxonomy_name(namespace, self._cik)


def _write_standard_lines(rows: Rows, used: set[str]) -> None:
    known = standard_lines()
    for line in known.lines:
        rows.add(
            "StandardLineItem",
            line.id,
            standard_line_item_id=line.id,
            name=line.name,
            statement_kind=line.statement_kind,
            balance=line.balance or None,
            line_number=line.line_number,
            parent_line_item_id=line.parent_id or None,
        )
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
