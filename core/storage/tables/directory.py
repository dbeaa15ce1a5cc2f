"""Partners with accounts and spellings, and the versioned rules: clauses, policies, calendars."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import BIG, Base, Code, Key, Micros


class PartnerRow(Base):
    """An organisation on whose behalf cases are raised."""

    __tablename__ = "partners"

    id: Mapped[Key]
    ref: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    category: Mapped[Code]
    tier: Mapped[Code]
    market: Mapped[Code]
    language: Mapped[Code]
    zone: Mapped[Code]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[Micros]
    batch_id: Mapped[int | None] = mapped_column(BIG)
    version: Mapped[int] = mapped_column(server_default=text("1"))  # goes up with every change
    merged_into_id: Mapped[int | None] = mapped_column(BIG)  # the partner that its cases are of now
    changed_by: Mapped[Code]
    changed_at: Mapped[int | None] = mapped_column(BigInteger)


class PartnerAliasRow(Base):
    """A spelling of a partner's name, folded; the own name is one of them."""

    __tablename__ = "partner_aliases"

    id: Mapped[Key]
    partner_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("partners.id", ondelete="CASCADE"), index=True
    )
    folded: Mapped[str] = mapped_column(Text, unique=True)
    spelling: Mapped[Code]


class PartnerAccountRow(Base):
    """An account of a partner on a platform."""

    __tablename__ = "partner_accounts"

    id: Mapped[Key]
    partner_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("partners.id", ondelete="CASCADE"), index=True
    )
    platform: Mapped[Code]
    handle: Mapped[Code]

    __table_args__ = (UniqueConstraint("partner_id", "platform", "handle"),)


class ClauseRow(Base):
    """One version of the smallest citable rule."""

    __tablename__ = "clauses"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[str] = mapped_column(Text, primary_key=True)
    abuse_type: Mapped[Code]
    title: Mapped[Code]
    body: Mapped[Code]
    effective_from_at: Mapped[Micros]
    effective_to_at: Mapped[int | None] = mapped_column(BigInteger)


class SlaPolicyRow(Base):
    """One version of the service targets, as the document it was published as."""

    __tablename__ = "sla_policies"

    version: Mapped[str] = mapped_column(Text, primary_key=True)
    effective_from_at: Mapped[Micros]
    document: Mapped[str] = mapped_column(Text)


class SlaCalendarRow(Base):
    """One version of a working calendar, as the document it was published as."""

    __tablename__ = "sla_calendars"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    effective_from_at: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    document: Mapped[str] = mapped_column(Text)
