"""Inline XBRL 1.1: an inline document set turned into facts.

A set is all documents of the filing that name the same taxonomy; continuations, contexts and units are shared by all of
its documents. Ids are unique in a set, so that documents which call different contexts the same are of different sets.
A document that names no taxonomy belongs to the largest set.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree

from knowledger.domain.filings.aspects import Unit
from knowledger.domain.filings.findings import Rule
from knowledger.engine.xbrl.contexts import BadContext, canonical, read_context, read_unit
from knowledger.engine.xbrl.package import Document
from knowledger.engine.xbrl.places import anchor_of, line_of
from knowledger.engine.xbrl.reading import Attributes, Context, Names, ReadFact, ReadFootnote, Reading, attributes_of
from knowledger.engine.xbrl.text import markup, shown_text
from knowledger.engine.xbrl.transforms import TransformFailed, transform
from knowledger.engine.xbrl.values import NOT_FINITE, BadNumber, decimals_of, scaled, written
from knowledger.engine.xbrl.vocabulary import (
    FACT_FOOTNOTE,
    HREF,
    IX_NAMESPACES,
    LANG,
    LINK,
    NIL,
    TRUE,
    XBRLI,
)

_CHAIN_LIMIT = 10_000


def _ix(name: str) -> tuple[str, ...]:
    return tuple(f"{{{namespace}}}{name}" for namespace in IX_NAMESPACES)


_NON_FRACTION, _NON_NUMERIC, _FRACTION = _ix("nonFraction"), _ix("nonNumeric"), _ix("fraction")
_FACTS = (*_NON_FRACTION, *_NON_NUMERIC, *_FRACTION)
_CONTEXT = f"{{{XBRLI}}}context"
_SCHEMA_REF = f"{{{LINK}}}schemaRef"


@dataclass
class _Inventory:
    """The inline elements of one document, found in one walk over it."""

    document: Document
    facts: list[etree._Element] = field(default_factory=list)
    continuations: list[etree._Element] = field(default_factory=list)
    footnotes: list[etree._Element] = field(default_factory=list)
    headers: list[etree._Element] = field(default_factory=list)
    tuples: list[etree._Element] = field(default_factory=list)
    excludes: bool = False

    def in_headers(self, *tags: str) -> Iterator[etree._Element]:
        for header in self.headers:
            yield from header.iter(*tags)

    def schema_refs(self) -> tuple[str, ...]:
        """What its references name as the taxonomy, those of other targets apart."""
        refs = self.in_headers(_SCHEMA_REF)
        return tuple(sorted({ref.get(HREF, "") for ref in refs if _target(ref) is None}))

    def contexts(self) -> dict[str, etree._Element]:
        return {element.get("id", ""): element for element in self.in_headers(_CONTEXT)}


def _target(reference: etree._Element) -> str | None:
    parent = reference.getparent()
    return None if parent is None else parent.get("target")


def _inventory(document: Document) -> _Inventory:
    found, excluded = _Inventory(document), list[etree._Element]()
    lists = dict.fromkeys(_FACTS, found.facts)
    lists |= dict.fromkeys(_ix("continuation"), found.continuations)
    lists |= dict.fromkeys(_ix("footnote"), found.footnotes)
    lists |= dict.fromkeys(_ix("header"), found.headers)
    lists |= dict.fromkeys(_ix("tuple"), found.tuples)
    lists |= dict.fromkeys(_ix("exclude"), excluded)
    for element in document.root.iter(*lists):
        lists[element.tag].append(element)
    found.excludes = bool(excluded)
    return found


@dataclass
class _Set:
    """One document set while it is read. `excludes` says by document whether anything is excluded in it."""

    inventories: list[_Inventory]
    schema_refs: tuple[str, ...]
    contexts: dict[str, Context] = field(default_factory=dict)
    bad_contexts: dict[str, str] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    continuations: dict[str, tuple[etree._Element, bool]] = field(default_factory=dict)
    facts_by_id: dict[str, ReadFact] = field(default_factory=dict)


def read_inline(documents: list[Document], cik: str, reading: Reading) -> None:
    """Add the facts and footnotes of all document sets, in the order of the documents."""
    for set_ in _sets(documents):
        for reference in set_.schema_refs:
            reading.schema_refs.append(reference)
        for inventory in set_.inventories:
            _read_resources(inventory, set_, cik, reading)
        reading.contexts += len(set_.contexts)
        reading.units += len(set_.units)
        readers = [_DocumentReader(inventory, set_, reading) for inventory in set_.inventories]
        for reader in readers:
            reading.facts.extend(reader.facts())
        _read_footnotes(set_, readers, reading)


def inline_sets(documents: list[Document]) -> list[list[Document]]:
    """The documents of each set."""
    return [[inventory.document for inventory in one.inventories] for one in _sets(documents)] if documents else []


def _sets(documents: list[Document]) -> list[_Set]:
    by_refs: dict[tuple[str, ...], list[_Inventory]] = {}
    without: list[_Inventory] = []
    for inventory in map(_inventory, documents):
        if refs := inventory.schema_refs():
            by_refs.setdefault(refs, []).append(inventory)
        else:
            without.append(inventory)
    if without and not by_refs:
        return [_Set(without, ())]
    found = [_Set(one, refs) for refs, same in by_refs.items() for one in _apart(same)]
    sets = sorted(found, key=lambda one: -sum(len(part.document.content) for part in one.inventories))
    sets[0].inventories.extend(without)
    sets[0].inventories.sort(key=lambda part: part.document.name)
    return sets


def _apart(inventories: list[_Inventory]) -> list[list[_Inventory]]:
    """Those of one taxonomy, divided where the same id stands for different contexts."""
    if len(inventories) == 1:
        return [inventories]
    groups: list[tuple[list[_Inventory], dict[str, etree._Element]]] = []
    for inventory in inventories:
        own = inventory.contexts()
        for group, contexts in groups:
            if all(canonical(contexts[id_]) == canonical(own[id_]) for id_ in contexts.keys() & own.keys()):
                group.append(inventory)
                contexts.update(own)
                break
        else:
            groups.append(([inventory], own))
    return [group for group, _ in groups]


def _read_resources(inventory: _Inventory, set_: _Set, cik: str, reading: Reading) -> None:
    document = inventory.document
    names = Names(document)
    for element in inventory.in_headers(_CONTEXT, f"{{{XBRLI}}}unit"):
        id_ = element.get("id", "")
        try:
            if element.tag.endswith("context"):
                set_.contexts.setdefault(id_, read_context(element, names, cik))
            else:
                set_.units.setdefault(id_, read_unit(element, names, cik))
        except BadContext as error:
            set_.bad_contexts[id_] = str(error)
            kind = etree.QName(element).localname
            reading.find(Rule.BAD_VALUE, f"The {kind} {id_} is left out: {error}.", document.name, line_of(element))
    if inventory.tuples:
        reading.find_tuple(document.name, inventory.tuples)
    for element in inventory.continuations:
        set_.continuations[element.get("id", "")] = (element, inventory.excludes)


class _DocumentReader:
    """Reads the facts of one document of a set."""

    def __init__(self, inventory: _Inventory, set_: _Set, reading: Reading) -> None:
        document = inventory.document
        self.document = document
        self.footnotes = inventory.footnotes
        self._facts = inventory.facts
        self._set = set_
        self._reading = reading
        self._names = Names(document)
        self._excludes = inventory.excludes
        self._language = document.root.get(LANG, "")
        self._languages_vary = document.languages > (1 if self._language else 0)
        self._hidden = {
            element for hidden in inventory.in_headers(*_ix("hidden")) for element in hidden.iter(*_FACTS)
        }  # fmt: skip

    def facts(self) -> Iterator[ReadFact]:
        for element in self._facts:
            try:
                fact = self._fact(element)
            except (BadNumber, TransformFailed) as error:
                self._find(Rule.BAD_VALUE, element, f"is left out: {error}")
                continue
            if fact is not None:
                if fact.id:
                    self._set.facts_by_id[fact.id] = fact
                yield fact

    def footnote(self, element: etree._Element, facts: tuple[tuple[str, str], ...]) -> ReadFootnote:
        text = "".join(shown_text(piece, excludes) for piece, excludes in self._pieces(element))
        return ReadFootnote(self._language_of(element), " ".join(text.split()), facts)

    def _fact(self, element: etree._Element) -> ReadFact | None:
        stated = attributes_of(element)
        name = self._names.expand(stated.get("name", ""), element)
        if name is None:
            self._find(Rule.BAD_VALUE, element, "is left out: its prefix is not declared")
            return None
        context_ref, unit_ref = stated.get("contextRef", ""), stated.get("unitRef")
        context = self._set.contexts.get(context_ref) or self._set.contexts.get(context_ref.strip())
        if context is None:
            self._find(Rule.UNKNOWN_CONTEXT, element, f"is left out: there is no context {context_ref!r}")
            return None
        unit = None if unit_ref is None else self._set.units.get(unit_ref) or self._set.units.get(unit_ref.strip())
        if unit_ref is not None and unit is None:
            self._find(Rule.UNKNOWN_UNIT, element, f"is left out: there is no unit {unit_ref!r}")
            return None
        id_ = stated.get("id", "")
        fact = ReadFact(
            namespace=name[0],
            name=name[1],
            context_ref=context_ref,
            context=context,
            unit=unit,
            text=None,
            number=None,
            decimals=None,
            language="",
            document=self.document.name,
            anchor=id_ or anchor_of(element),
            line=line_of(element),
            is_hidden=element in self._hidden,
            id=id_,
        )
        if stated.get(NIL) not in TRUE:
            self._set_value(fact, element, stated)
        elif element.tag in _NON_NUMERIC:
            fact.language = self._language_of(element)
        return fact

    def _set_value(self, fact: ReadFact, element: etree._Element, stated: Attributes) -> None:
        tag = element.tag
        if tag in _NON_FRACTION:
            figure = self._figure(element, stated)
            if figure in NOT_FINITE:
                fact.text = figure
                return
            value = scaled(figure, stated.get("scale"), stated.get("sign"))
            fact.number, fact.text = value, written(value)
            fact.decimals = decimals_of(stated.get("decimals"), stated.get("precision"), value)
        elif tag in _FRACTION:
            fact.text, fact.number = self._fraction(element)
            fact.decimals = "INF"
        else:
            fact.language = self._language_of(element)
            self._set_text(fact, element, stated)

    def _figure(self, element: etree._Element, stated: Attributes) -> str:
        text = shown_text(element, self._excludes)
        format_ = stated.get("format")
        return self._transformed(format_, text, element) if format_ else text

    def _fraction(self, element: etree._Element) -> tuple[str, Decimal | None]:
        """A fraction is written as numerator/denominator; a number only where it ends."""
        parts = []
        for name in ("numerator", "denominator"):
            part = next(element.iter(*_ix(name)), None)
            if part is None:
                raise BadNumber(f"the fraction has no {name}")
            of_part = attributes_of(part)
            parts.append(scaled(self._figure(part, of_part), of_part.get("scale"), of_part.get("sign")))
        return fraction(*parts)

    def _set_text(self, fact: ReadFact, element: etree._Element, stated: Attributes) -> None:
        pieces = list(self._pieces(element))
        format_ = stated.get("format")
        if stated.get("escape") in TRUE and not format_:
            content = "".join(markup(piece, excludes) for piece, excludes in pieces)
            if fact.name.endswith("TextBlock") or "<" in content or "&" in content:
                fact.markup = content
                return
        text = "".join(shown_text(piece, excludes) for piece, excludes in pieces)
        fact.text = self._transformed_words(format_, text, element) if format_ else text.strip()

    def _pieces(self, element: etree._Element) -> Iterator[tuple[etree._Element, bool]]:
        """The element and its continuations, in order, each once."""
        yield element, self._excludes
        seen: set[str] = set()
        following = element.get("continuedAt")
        while following:
            if following in seen or following not in self._set.continuations or len(seen) > _CHAIN_LIMIT:
                self._find(Rule.BROKEN_LINK, element, f"is cut short: its continuation {following!r} is not there")
                return
            seen.add(following)
            piece, excludes = self._set.continuations[following]
            yield piece, excludes
            following = piece.get("continuedAt")

    def _transformed_words(self, format_: str, text: str, element: etree._Element) -> str:
        """Words that the registry does not know, as the name of a new exchange, are kept rather than lost."""
        try:
            return self._transformed(format_, text, element)
        except TransformFailed as error:
            self._find(Rule.BAD_VALUE, element, f"is kept as it is shown: {error}")
            return text.strip()

    def _transformed(self, format_: str, text: str, element: etree._Element) -> str:
        name = self._names.expand(format_, element)
        if name is None:
            raise TransformFailed(f"the prefix of its format {format_} is not declared")
        return transform(*name, text)

    def _language_of(self, element: etree._Element) -> str:
        if self._languages_vary:
            for one in (element, *element.iterancestors()):
                if (language := one.get(LANG)) is not None:
                    return language.lower()
        return self._language.lower()

    def _find(self, rule: Rule, element: etree._Element, what: str) -> None:
        message = f"The fact {element.get('name', '')} {what}."
        self._reading.find(rule, message, self.document.name, line_of(element))


def fraction(numerator: Decimal, denominator: Decimal) -> tuple[str, Decimal | None]:
    """A fraction's writing and, where it ends within the digits that a graph holds, its number."""
    text = f"{written(numerator)}/{written(denominator)}"
    if denominator == 0:
        raise BadNumber("the denominator is 0")
    value = (numerator / denominator).normalize()
    return text, value if value * denominator == numerator else None


def _read_footnotes(set_: _Set, readers: list[_DocumentReader], reading: Reading) -> None:
    """Footnotes of Inline XBRL 1.1: relationships from fact ids to footnote ids."""
    targets = _footnoted(set_)
    for reader in readers:
        for element in reader.footnotes:
            if facts := targets.get(element.get("id", "")):
                known = tuple(dict.fromkeys(one for one in facts if one in set_.facts_by_id))
                stated = tuple((set_.facts_by_id[one].document, one) for one in known)
                reading.footnotes.append(reader.footnote(element, stated))
                if len(known) < len(set(facts)):
                    message = f"The footnote {element.get('id')} is to facts that are not there."
                    reading.find(Rule.BROKEN_LINK, message, reader.document.name, line_of(element))


def _footnoted(set_: _Set) -> dict[str, list[str]]:
    """The ids of facts by the id of the footnote to them."""
    targets: dict[str, list[str]] = {}
    for inventory in set_.inventories:
        for relation in inventory.in_headers(*_ix("relationship")):
            if relation.get("arcrole", FACT_FOOTNOTE) == FACT_FOOTNOTE:
                for footnote in relation.get("toRefs", "").split():
                    targets.setdefault(footnote, []).extend(relation.get("fromRefs", "").split())
    return targets
