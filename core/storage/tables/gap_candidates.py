"""What people did about candidates for policy gaps; the candidates themselves are mined anew."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import BIG, Base, Code, Key, Micros


class GapCandidateActRow(Base):
    """A candidate filed as a gap, merged into one, or dismissed; taken back, the row stays."""

    __tablename__ = "gap_candidate_acts"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(Text, index=True)
    kind: Mapped[Code]  # slice or texts
    place: Mapped[Code]  # JSON: dimension -> value; of texts empty, see their cases
    scope: Mapped[Code]  # how far the reads of whoever did it reach
    act: Mapped[Code]  # accept, merge, dismiss
    gap_id: Mapped[int | None] = mapped_column(BIG)
    reason: Mapped[Code]  # written by a person: personal text
    by: Mapped[Code]
    acted_at: Mapped[Micros]
    count_then: Mapped[int] = mapped_column(BIG, server_default="0")  # cases that it had
    ended_at: Mapped[int | None] = mapped_column(BigInteger)
    ended_by: Mapped[Code]
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class GapCandidateCaseRow(Base):
    """A case of a cluster of texts, by which it is known again; not bound to the case table."""

    __tablename__ = "gap_candidate_cases"

    act_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("gap_candidate_acts.id", ondelete="CASCADE"), primary_key=True
    )
    case_id: Mapped[int] = mapped_column(BIG, primary_key=True, index=True)
