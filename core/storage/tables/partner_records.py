"""What people write down about a partner: notes, commitments, contacts, and bands set by hand.

A partner with a record is not deleted with the import that brought it, so these do not cascade.
"""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import BigInteger, ForeignKey, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import BIG, Base, Code, Key, Micros

OfPartner = Annotated[int, mapped_column(BIG, ForeignKey("partners.id"), index=True)]


class PartnerNoteRow(Base):
    """A note; who deletes it can take that back for a while, then its text is emptied."""

    __tablename__ = "partner_notes"

    id: Mapped[Key]
    partner_id: Mapped[OfPartner]
    body: Mapped[Code]
    made_by: Mapped[Code]
    made_at: Mapped[Micros]
    changed_at: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    deleted_at: Mapped[int | None] = mapped_column(BigInteger)
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class PartnerCommitmentRow(Base):
    """Something that we promised; ``due_on`` is a UTC day, and the promise runs to its end."""

    __tablename__ = "partner_commitments"

    id: Mapped[Key]
    partner_id: Mapped[OfPartner]
    body: Mapped[Code]
    due_on: Mapped[str] = mapped_column(Text)
    owner: Mapped[Code]
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[Code]  # what was said when it ended
    made_by: Mapped[Code]
    made_at: Mapped[Micros]
    changed_by: Mapped[Code]
    changed_at: Mapped[int | None] = mapped_column(BigInteger)
    ended_at: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class PartnerContactRow(Base):
    """A contact outside of a case: a call, a meeting, a mail."""

    __tablename__ = "partner_contacts"

    id: Mapped[Key]
    partner_id: Mapped[OfPartner]
    kind: Mapped[str] = mapped_column(Text)
    held_at: Mapped[Micros]
    with_whom: Mapped[Code]
    summary: Mapped[Code]
    made_by: Mapped[Code]
    made_at: Mapped[Micros]
    changed_at: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    deleted_at: Mapped[int | None] = mapped_column(BigInteger)
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class PartnerBandRow(Base):
    """A band set by hand until a moment; one that is ended early or replaced stays on the record."""

    __tablename__ = "partner_bands"

    id: Mapped[Key]
    partner_id: Mapped[OfPartner]
    band: Mapped[str] = mapped_column(Text)
    reason: Mapped[Code]
    set_by: Mapped[Code]
    set_at: Mapped[Micros]
    until_at: Mapped[Micros]
    ended_at: Mapped[int | None] = mapped_column(BigInteger)
    ended_by: Mapped[Code]
    erased_at: Mapped[int | None] = mapped_column(BigInteger)
