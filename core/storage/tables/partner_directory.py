"""Around a partner: its tiers over time, who covers for whom, merges, and pairs that are not the same.

Nothing here is free text; what people write about a partner stands in its records.
"""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import BIG, Base, Big, Code, Key, Micros

OfPartner = Annotated[
    int, mapped_column(BIG, ForeignKey("partners.id", ondelete="CASCADE"), index=True)
]


class PartnerTierRow(Base):
    """A tier and the moment it counts from; the first is written with the first change."""

    __tablename__ = "partner_tiers"

    id: Mapped[Key]
    partner_id: Mapped[OfPartner]
    tier: Mapped[str] = mapped_column(Text)
    from_at: Mapped[Micros]
    set_by: Mapped[Code]  # '' for the tier that it had before anybody changed it
    set_at: Mapped[Micros]


class PartnerCoverRow(Base):
    """Somebody who serves a partner for a while; ``until_at`` is the first moment without."""

    __tablename__ = "partner_covers"

    id: Mapped[Key]
    partner_id: Mapped[OfPartner]
    user_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    for_user_id: Mapped[int | None] = mapped_column(BIG)
    from_at: Mapped[Micros]
    until_at: Mapped[Micros]
    set_by: Mapped[Code]
    set_at: Mapped[Micros]
    ended_at: Mapped[int | None] = mapped_column(BigInteger)  # early, by hand
    ended_by: Mapped[Code]


class PartnerMergeRow(Base):
    """One partner taken into another; undone, the row stays with the moment of that."""

    __tablename__ = "partner_merges"

    id: Mapped[Key]
    from_id: Mapped[OfPartner]
    into_id: Mapped[OfPartner]
    seq: Mapped[Big]  # a case with a higher number has changed since
    merged_at: Mapped[Micros]
    merged_by: Mapped[Code]
    undone_at: Mapped[int | None] = mapped_column(BigInteger)
    undone_by: Mapped[Code]


class PartnerMergeMoveRow(Base):
    """One row that a merge moved, by its table (``kind``) and key, so that it can be moved back."""

    __tablename__ = "partner_merge_moves"

    merge_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("partner_merges.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    row_id: Mapped[int] = mapped_column(BIG, primary_key=True)


class PartnerDismissalRow(Base):
    """Two partners that are not the same, the lower key first: never proposed again."""

    __tablename__ = "partner_dismissals"

    first_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True
    )
    second_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True
    )
    dismissed_by: Mapped[Code]
    dismissed_at: Mapped[Micros]
