"""What the parser's checks of a filing found."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Severity(StrEnum):
    """A `problem` may have cost data or is a contradiction in it; a `notice` cost nothing."""

    NOTICE = "notice"
    PROBLEM = "problem"


class Rule(StrEnum):
    """What was checked."""

    CALCULATION = "calculation"  # a total is not the sum of its parts
    INCONSISTENT_DUPLICATE = "inconsistent_duplicate"  # the same fact, with values that exclude each other
    REFUSED = "refused"  # a part that could not be read and was left out
    UNKNOWN_CONTEXT = "unknown_context"  # a fact whose context stands in no document of the filing
    UNKNOWN_UNIT = "unknown_unit"
    BAD_VALUE = "bad_value"  # a value that its format or type does not allow
    ROUNDED = "rounded"  # more digits than the graph's decimals hold; the text has them all
    BROKEN_LINK = "broken_link"  # a link whose end is not there
    MISSING_TAXONOMY = "missing_taxonomy"  # concepts of a standard taxonomy that was not at hand
    SECOND_OPINION = "second_opinion"  # Arelle reads a fact differently
    UNCHECKED = "unchecked"  # facts that Arelle cannot compare, for want of their taxonomy
    EXTRACTED = "extracted"  # facts read from the SEC's extract, as not all of the inline documents could be read
    FALLBACK = "fallback"  # Arelle read the filing, because the parser refused it


@dataclass(frozen=True)
class Finding:
    """One remark, with the place it is about. `difference` is what a sum is off by: reported total less its parts."""

    rule: Rule
    severity: Severity
    message: str
    document: str = ""
    line: int | None = None
    concept_id: str = ""
    part_concept_id: str = ""
    fact_id: str = ""
    difference: Decimal | None = None
