"""What concepts and taxonomies are called, whichever year's namespace they come in."""

import re
from dataclasses import dataclass
from functools import lru_cache

# The hosts that publish taxonomies for everybody. What any other namespace declares is the filer's own.
_PUBLISHERS = {
    "fasb.org": "FASB",
    "xbrl.fasb.org": "FASB",
    "xbrl.us": "XBRL US",
    "taxonomies.xbrl.us": "XBRL US",
    "xbrl.sec.gov": "SEC",
    "xbrl.ifrs.org": "IFRS Foundation",
    "xbrl.iasb.org": "IFRS Foundation",
}
_NAMESPACE = re.compile(r"https?://(?:www\.)?([^/]+)/(.+?)/?$")
_VERSION = re.compile(r"^\d{4}(?:-\d{2}-\d{2}|q\d)?$", re.IGNORECASE)
_DIGITS = re.compile(r"\d{4}-?\d{2}-?\d{2}|\d{4}")


@dataclass(frozen=True)
class TaxonomyName:
    """A taxonomy by its name and version: us-gaap and 2024; a filer's own is named after its CIK."""

    name: str
    version: str
    publisher: str
    is_custom: bool

    @property
    def taxonomy_id(self) -> str:
        return f"{self.name}/{self.version}" if self.version else self.name


@lru_cache(maxsize=4096)
def taxonomy_name(namespace: str, cik: str) -> TaxonomyName:
    """The taxonomy that a namespace belongs to, in a filing of this company.

    Where a namespace is not at hand its prefix may stand for it, as in us-gaap: a taxonomy without a version.
    """
    if "/" not in namespace and ":" not in namespace:
        return TaxonomyName(namespace, "", "", is_custom=False)
    if (match := _NAMESPACE.match(namespace)) and match[1] in _PUBLISHERS:
        parts = match[2].split("/")
        version = next((part for part in parts if _VERSION.match(part)), "")
        named = [part for part in parts if part != version and part != "taxonomy"]
        return TaxonomyName("/".join(named) or match[1], version, _PUBLISHERS[match[1]], is_custom=False)
    version = next(iter(_DIGITS.findall(namespace)), "")
    return TaxonomyName(cik, version, "", is_custom=True)


@lru_cache(maxsize=65536)
def concept_id(namespace: str, name: str, cik: str) -> str:
    """us-gaap:Assets of every year is one concept; a filer's own begin with its CIK, whatever its prefix was."""
    return f"{taxonomy_name(namespace, cik).name}:{name}"


def element_id(namespace: str, name: str) -> str:
    return f"{namespace}#{name}"
