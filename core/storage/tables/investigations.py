"""Investigations: their facts, people, pinned cases, texts with evidence, and what happened to them.

All that people wrote stands in columns that can be emptied; the entries carry codes and keys only.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import BIG, Base, Code, Key, Micros


class InvestigationRow(Base):
    """One investigation; every act on it gives it the next version."""

    __tablename__ = "investigations"

    id: Mapped[Key]
    ref: Mapped[str] = mapped_column(Text, unique=True)
    version: Mapped[int] = mapped_column(server_default="1")
    status: Mapped[Code]
    question: Mapped[Code]
    outcome: Mapped[Code]
    scope: Mapped[Code]  # parameters of a filter, as in an address
    lead: Mapped[Code]
    opened_by: Mapped[Code]
    opened_at: Mapped[Micros]
    changed_at: Mapped[Micros]
    ended_at: Mapped[int | None] = mapped_column(BigInteger)
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class InvestigationPersonRow(Base):
    """Somebody who is on an investigation besides its lead."""

    __tablename__ = "investigation_people"

    investigation_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("investigations.id", ondelete="CASCADE"), primary_key=True
    )
    username: Mapped[str] = mapped_column(Text, primary_key=True)


class InvestigationCaseRow(Base):
    """A case that is pinned to an investigation."""

    __tablename__ = "investigation_cases"

    investigation_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("investigations.id", ondelete="CASCADE"), primary_key=True
    )
    case_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    pinned_by: Mapped[Code]
    pinned_at: Mapped[Micros]


class InvestigationItemRow(Base):
    """A finding or a hypothesis."""

    __tablename__ = "investigation_items"

    id: Mapped[Key]
    investigation_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("investigations.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[Code]  # finding or hypothesis
    state: Mapped[Code]  # of a hypothesis
    body: Mapped[Code]
    reason: Mapped[Code]
    written_by: Mapped[Code]
    written_at: Mapped[Micros]
    changed_at: Mapped[int | None] = mapped_column(BigInteger)
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class InvestigationLinkRow(Base):
    """What a finding rests on; without a key of the case table, so that a case can go."""

    __tablename__ = "investigation_links"

    id: Mapped[Key]
    item_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("investigation_items.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[Code]  # case, filter or url
    case_id: Mapped[int | None] = mapped_column(BIG, index=True)
    value: Mapped[Code]
    count_then: Mapped[int | None] = mapped_column(BIG)


class InvestigationEntryRow(Base):
    """One thing that was done to an investigation; never changed, and without any content."""

    __tablename__ = "investigation_entries"

    id: Mapped[Key]
    investigation_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("investigations.id", ondelete="CASCADE")
    )
    version: Mapped[int]  # that the act led to
    at: Mapped[Micros]
    actor: Mapped[Code]
    act: Mapped[Code]
    value: Mapped[Code]
    item_id: Mapped[int | None] = mapped_column(BIG)
    case_id: Mapped[int | None] = mapped_column(BIG)

    __table_args__ = (
        Index("ix_investigation_entries_investigation_id_version", "investigation_id", "version"),
    )
