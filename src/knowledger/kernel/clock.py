"""Time, always aware. What orders work between machines is the database's clock, not this one."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
