"""What the runs of pipelines leave for people: how far they are."""

from datetime import datetime

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from knowledger.kernel.json import JsonObject
from knowledger.models.base import Base, JsonB, Timestamp


class RunProgress(Base):
    """How far a run is that an operation started and mirrors; gone with the operation."""

    __tablename__ = "run_progress"

    operation_id: Mapped[str] = mapped_column(ForeignKey("operations.id", ondelete="CASCADE"), primary_key=True)
    progress: Mapped[JsonObject] = mapped_column(JsonB)
    at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.clock_timestamp())
