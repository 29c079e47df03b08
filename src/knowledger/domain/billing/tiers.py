"""Tiers: the size and limits a graph runs at, as `plans.toml` declares them."""

from dataclasses import dataclass

from knowledger.domain.billing.plans import GIB, catalogue
from knowledger.kernel.errors import InvalidInput, LimitExceeded


@dataclass(frozen=True)
class Tier:
    """What one graph may hold, and how many graphs an organization may have at this tier.

    `stored_bytes` counts uploads, staged files and the current generation. A subgraph is held to the limits of its
    parent's tier by itself.
    """

    name: str
    graphs: int
    subgraphs: int
    files: int
    file_bytes: int
    stored_bytes: int
    staged_rows: int
    backups: int


TIERS = {
    name: Tier(
        name,
        graphs=limits.graphs,
        subgraphs=limits.subgraphs,
        files=limits.files,
        file_bytes=limits.file_gib * GIB,
        stored_bytes=limits.stored_gib * GIB,
        staged_rows=limits.staged_rows,
        backups=limits.backups,
    )
    for name, limits in catalogue().tiers.items()
}


class UnknownTier(InvalidInput):
    """There is no such tier."""


class TierLimit(LimitExceeded):
    """A limit of the tier would be exceeded."""


def tier_named(name: str) -> Tier:
    """Raises UnknownTier. The names of the predecessor's tiers (`ladybug-standard` …) are understood."""
    try:
        return TIERS[name.removeprefix("ladybug-")]
    except KeyError:
        raise UnknownTier(f"There is no tier {name!r}.", hint=f"The tiers are {', '.join(TIERS)}.") from None


def require_within(what: str, limit: int, use: int, tier: Tier) -> None:
    """Raises TierLimit, which says both numbers, when `use` is more than `limit`."""
    if use > limit:
        raise TierLimit(
            f"The tier {tier.name} allows {limit:,} {what}; this would make it {use:,}.",
            hint="Delete what is not needed, or choose a larger tier.",
            limit=limit,
            use=use,
        )
