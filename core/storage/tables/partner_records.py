"""What people write down about a partner: notes, commitments, contacts, and bands set by hand.

A partner with a record is not deleted with the import that brought it, so these do not cascade.
"""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import BigInteger, ForeignKey, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import BIG, Base, Code, Key, Micros

OfPartner = Annotated[int, mapped_column(BIG, ForeignKey("partners.id"), index=True)]


class _OnRecord:
    """What all four have: whom it is about, and when its texts were emptied."""

    id: Mapped[Key]
    partner_id: Mapped[OfPartner]
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class _Written(_OnRecord):
    """What has an author and may be edited; every change gives it the next version."""

    made_by: Mapped[Code]
    made_at: Mapped[Micros]
    changed_at: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(server_default=text("1"))


class _Deletable(_Written):
    """Who deletes it can take that back for a while, then its text is emptied."""

    deleted_at: Mapped[int | None] = mapped_column(BigInteger)


class PartnerNoteRow(_Deletable, Base):
    """A note."""

    __tablename__ = "partner_notes"

    body: Mapped[Code]


class PartnerCommitmentRow(_Written, Base):
    """Something that we promised; ``due_on`` is a UTC day, and the promise runs to its end."""

    __tablename__ = "partner_commitments"

    body: Mapped[Code]
    due_on: Mapped[str] = mapped_column(Text)
    owner: Mapped[Code]
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[Code]  # what was said when it ended
    changed_by: Mapped[Code]
    ended_at: Mapped[int | None] = mapped_column(BigInteger)


class PartnerContactRow(_Deletable, Base):
    """A contact outside of a case: a call, a meeting, a mail."""

    __tablename__ = "partner_contacts"

    kind: Mapped[str] = mapped_column(Text)
    held_at: Mapped[Micros]
    with_whom: Mapped[Code]
    summary: Mapped[Code]


class PartnerBandRow(_OnRecord, Base):
    """A band set by hand until a moment; one that is ended early or replaced stays on the record."""

    __tablename__ = "partner_bands"

    band: Mapped[str] = mapped_column(Text)
    reason: Mapped[Code]
    set_by: Mapped[Code]
    set_at: Mapped[Micros]
    until_at: Mapped[Micros]
    ended_at: Mapped[int | None] = mapped_column(BigInteger)
    ended_by: Mapped[Code]
