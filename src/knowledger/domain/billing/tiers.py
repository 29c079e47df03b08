"""Tiers: the size and limits a graph runs at."""

from dataclasses import dataclass

from knowledger.kernel.errors import InvalidInput, LimitExceeded

GIB = 2**30


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
    tier.name: tier
    for tier in (
        Tier(
            "standard",
            graphs=100,
            subgraphs=5,
            files=1_000,
            file_bytes=10 * GIB,
            stored_bytes=100 * GIB,
            staged_rows=100_000_000,
            backups=50,
        ),
        Tier(
            "large",
            graphs=500,
            subgraphs=25,
            files=10_000,
            file_bytes=50 * GIB,
            stored_bytes=1024 * GIB,
            staged_rows=1_000_000_000,
            backups=200,
        ),
        Tier(
            "xlarge",
            graphs=2_000,
            subgraphs=100,
            files=100_000,
            file_bytes=200 * GIB,
            stored_bytes=10_240 * GIB,
            staged_rows=10_000_000_000,
            backups=1_000,
        ),
    )
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
