"""The audit chain and the counter that orders all changes."""

from __future__ import annotations

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import Base, Big, Code, Key, Micros


class AuditRow(Base):
    """One act, chained to the one before by its hash; ``details`` is canonical JSON, no content."""

    __tablename__ = "audit"

    id: Mapped[Key]
    at: Mapped[Micros]
    actor: Mapped[Code]
    act: Mapped[Code]
    subject: Mapped[Code]
    details: Mapped[Code]
    previous_hash: Mapped[Code]
    hash: Mapped[str] = mapped_column(Text, unique=True)

    __table_args__ = (Index("ix_audit_subject", "subject"),)


class AuditHeadRow(Base):
    """The one row that holds the last hash; taking it is what serialises writers of the chain."""

    __tablename__ = "audit_head"

    id: Mapped[Key]
    entry_id: Mapped[Big]
    hash: Mapped[Code]


class SequenceRow(Base):
    """The counter that every write transaction takes one number from, in commit order."""

    __tablename__ = "app_seq"

    id: Mapped[Key]
    seq: Mapped[Big]
