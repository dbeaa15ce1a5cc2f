"""Assessments by the prioritisation framework, verdicts put in their place, and the risk register."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import BIG, Base, Code, Key, Micros


class AssessmentRow(Base):
    """One assessment, never changed: ``record`` and ``outcome`` are canonical text.

    Only erasing people touches it: title, filter and evidence can name them, levels cannot.
    """

    __tablename__ = "assessments"

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(Text)
    subject_key: Mapped[str] = mapped_column(Text)
    title: Mapped[Code]
    params: Mapped[Code]  # the filter of its cases, as canonical JSON of an address
    table_version: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(Text)
    record: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    made_by: Mapped[Code]
    made_at: Mapped[Micros]
    erased_at: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_assessments_subject", "kind", "subject_key", "id"),)


class AssessmentOverrideRow(Base):
    """A verdict that a person put in place of the table's; the last one of an assessment counts."""

    __tablename__ = "assessment_overrides"

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("assessments.id", ondelete="CASCADE"), index=True
    )
    verdict: Mapped[str] = mapped_column(Text)
    reason: Mapped[Code]
    outcome: Mapped[str] = mapped_column(Text)
    made_by: Mapped[Code]
    made_at: Mapped[Micros]
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class RiskRow(Base):
    """One perceived risk of the register; ``version`` goes up with every change."""

    __tablename__ = "risks"

    id: Mapped[Key]
    title: Mapped[Code]
    params: Mapped[Code]
    origin_kind: Mapped[Code]  # the subject it was first assessed as, empty when made by hand
    origin_key: Mapped[Code]
    owner: Mapped[Code]
    next_review_on: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    reason: Mapped[Code]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_by: Mapped[Code]
    created_at: Mapped[Micros]
    changed_by: Mapped[Code]
    changed_at: Mapped[Micros]
    erased_at: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_risks_origin", "origin_kind", "origin_key"),)
