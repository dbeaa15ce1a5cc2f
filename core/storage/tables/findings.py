"""What people did about findings of the scan for surges."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import Base, Code, Key, Micros


class FindingActRow(Base):
    """A finding dismissed or confirmed; taken back, the row stays with the moment that ended it.

    ``key`` names the finding: its week, its slice, the filter it was found in, and whose scope.
    """

    __tablename__ = "finding_acts"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(Text)
    week_on: Mapped[str] = mapped_column(Text)  # its Monday, ISO; the same in every zone
    slice: Mapped[Code]  # JSON: dimension -> value
    ground: Mapped[Code]  # the filter without dates and zone, as parameters of an address
    scope: Mapped[Code]  # how far the reads of those who did it reach
    act: Mapped[Code]  # dismiss, confirm
    reason: Mapped[Code]  # written by a person: personal text
    by: Mapped[Code]
    acted_at: Mapped[Micros]
    ended_at: Mapped[int | None] = mapped_column(BigInteger)
    ended_by: Mapped[Code]

    __table_args__ = (
        Index("ix_finding_acts_key", "key"),
        Index("ix_finding_acts_scope_act", "scope", "act"),
    )
