"""What people post and confirm in the feed of policy updates, and why a clause has a new version.

All that people wrote stands in columns that can be emptied.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import Base, Code, Key, Micros


class PolicyPostRow(Base):
    """A post of ops guidance or a workflow change; a list of codes has blanks between."""

    __tablename__ = "policy_posts"

    id: Mapped[Key]
    ref: Mapped[str] = mapped_column(Text, unique=True)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    asks_from: Mapped[int] = mapped_column(server_default=text("1"))
    asks_since_at: Mapped[Micros]
    kind: Mapped[Code]
    importance: Mapped[Code]
    title: Mapped[Code]
    body: Mapped[Code]
    effective_at: Mapped[Micros]
    abuse_types: Mapped[Code]
    clauses: Mapped[Code]
    roles: Mapped[Code]
    posted_by: Mapped[Code]
    posted_at: Mapped[Micros]
    changed_by: Mapped[Code]
    changed_at: Mapped[int | None] = mapped_column(BigInteger)
    withdrawn_by: Mapped[Code]
    withdrawn_at: Mapped[int | None] = mapped_column(BigInteger)
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class ClauseAdditionRow(Base):
    """Who added a version of a clause here, when and why; versions of the reference data have none."""

    __tablename__ = "clause_additions"

    id: Mapped[Key]
    clause: Mapped[Code]
    version: Mapped[Code]
    importance: Mapped[Code]
    reason: Mapped[Code]
    added_by: Mapped[Code]
    added_at: Mapped[Micros]
    erased_at: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        UniqueConstraint("clause", "version"),
        ForeignKeyConstraint(["clause", "version"], ["clauses.key", "clauses.version"]),
    )


class PolicyConfirmationRow(Base):
    """That a person confirmed an update in the version that they read."""

    __tablename__ = "policy_confirmations"

    ref: Mapped[str] = mapped_column(Text, primary_key=True)
    username: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    role: Mapped[Code]
    confirmed_at: Mapped[Micros]

    __table_args__ = (Index("ix_policy_confirmations_username", "username"),)


class PolicyReminderRow(Base):
    """That a person was reminded of an update."""

    __tablename__ = "policy_reminders"

    id: Mapped[Key]
    ref: Mapped[Code]
    username: Mapped[Code]
    reminded_by: Mapped[Code]
    reminded_at: Mapped[Micros]

    __table_args__ = (Index("ix_policy_reminders_ref", "ref"),)
