"""Policy gaps: their facts, the cases that show them, tasks, and the log of what was decided.

All that people wrote stands in columns that can be emptied; a case that goes takes its links along.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import BIG, Base, Code, Key, Micros


class GapRow(Base):
    """One gap; every change of its facts gives it the next version."""

    __tablename__ = "gaps"

    id: Mapped[Key]
    ref: Mapped[str] = mapped_column(Text, unique=True)
    version: Mapped[int] = mapped_column(server_default="1")
    title: Mapped[Code]
    statement: Mapped[Code]
    gap_type: Mapped[Code]
    severity: Mapped[Code]
    abuse_types: Mapped[Code]  # a JSON list, as are clauses and stakeholders
    clauses: Mapped[Code]
    matching: Mapped[Code]  # a filter; empty: only linked cases
    owner: Mapped[Code]
    sponsor_team: Mapped[Code]
    stakeholders: Mapped[Code]
    target_on: Mapped[Code]  # ISO days; empty: not said
    review_on: Mapped[Code]
    response: Mapped[Code]
    implementation: Mapped[Code]
    proposed_by: Mapped[Code]
    proposed_at: Mapped[Micros]
    response_at: Mapped[Micros]  # since when it has this response
    implementation_at: Mapped[Micros]
    responded_at: Mapped[int | None] = mapped_column(BigInteger)
    shipped_at: Mapped[int | None] = mapped_column(BigInteger)
    closed_at: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[Micros]
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class GapCaseRow(Base):
    """A case that is linked to a gap as evidence, and why."""

    __tablename__ = "gap_cases"

    gap_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("gaps.id", ondelete="CASCADE"), primary_key=True
    )
    case_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    strength: Mapped[Code]
    reason: Mapped[Code]
    linked_by: Mapped[Code]
    linked_at: Mapped[Micros]
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class GapTaskRow(Base):
    """A step towards the change."""

    __tablename__ = "gap_tasks"

    id: Mapped[Key]
    gap_id: Mapped[int] = mapped_column(BIG, ForeignKey("gaps.id", ondelete="CASCADE"), index=True)
    body: Mapped[Code]
    owner: Mapped[Code]
    due_on: Mapped[Code]
    added_by: Mapped[Code]
    added_at: Mapped[Micros]
    done_at: Mapped[int | None] = mapped_column(BigInteger)
    done_by: Mapped[Code]
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class GapEntryRow(Base):
    """One thing that was done to a gap, with the reason that was given."""

    __tablename__ = "gap_entries"

    id: Mapped[Key]
    gap_id: Mapped[int] = mapped_column(BIG, ForeignKey("gaps.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]  # of the gap after it
    at: Mapped[Micros]
    actor: Mapped[Code]
    act: Mapped[Code]
    value: Mapped[Code]
    reason: Mapped[Code]
    link: Mapped[Code]
    erased_at: Mapped[int | None] = mapped_column(BigInteger)
    undone_at: Mapped[int | None] = mapped_column(BigInteger)


class GapEntryCaseRow(Base):
    """A case that an act linked or unlinked, with the link as it was then."""

    __tablename__ = "gap_entry_cases"

    entry_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("gap_entries.id", ondelete="CASCADE"), primary_key=True
    )
    case_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    strength: Mapped[Code]
    reason: Mapped[Code]
    linked_by: Mapped[Code]
    linked_at: Mapped[Micros]
    erased_at: Mapped[int | None] = mapped_column(BigInteger)
