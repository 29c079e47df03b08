"""What upkeep found, for operators to read."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from knowledger.kernel.json import JsonValue
from knowledger.models.base import Base, JsonB, Timestamp


class UpkeepReport(Base):
    """What one run of a job did and found. `key` is what it was due for: a second report under it takes its place.

    `findings` is what somebody should do something about: objects with `severity`, `code` and `message`.
    """

    __tablename__ = "upkeep_reports"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    job: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(500))
    figures: Mapped[dict[str, JsonValue]] = mapped_column(JsonB)
    findings: Mapped[list[dict[str, JsonValue]]] = mapped_column(JsonB)
    at: Mapped[datetime] = mapped_column(Timestamp)

    __table_args__ = (
        Index("uq_upkeep_reports_job_key", "job", "key", unique=True),
        Index("ix_upkeep_reports_at", "at"),
    )
