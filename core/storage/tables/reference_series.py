"""Releases of the public enforcement report with their figures; nothing here is about a case."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import BIG, Base, Code, Key, Micros


class ReferenceReleaseRow(Base):
    """One release as imported; taken back, it stays in the history without its figures."""

    __tablename__ = "reference_releases"

    id: Mapped[Key]
    ref: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[Code]
    last_quarter: Mapped[Code]
    published_on: Mapped[Code]  # ISO date, '' where nobody said
    file_name: Mapped[Code]
    file_hash: Mapped[Code]
    content_hash: Mapped[Code]
    imported_at: Mapped[Micros]
    by: Mapped[Code]
    undone_at: Mapped[int | None] = mapped_column(BigInteger)
    read: Mapped[int] = mapped_column(BIG, server_default="0")
    accepted: Mapped[int] = mapped_column(BIG, server_default="0")
    not_published: Mapped[int] = mapped_column(BIG, server_default="0")  # of the accepted
    repeated: Mapped[int] = mapped_column(BIG, server_default="0")
    rejected: Mapped[int] = mapped_column(BIG, server_default="0")


class ReferenceValueRow(Base):
    """One published figure: pieces, or millionths of one; without either end none was published."""

    __tablename__ = "reference_values"

    release_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("reference_releases.id", ondelete="CASCADE"), primary_key=True
    )
    platform: Mapped[str] = mapped_column(Text, primary_key=True)
    area: Mapped[str] = mapped_column(Text, primary_key=True)  # as published
    series: Mapped[str] = mapped_column(Text, primary_key=True)
    quarter: Mapped[str] = mapped_column(Text, primary_key=True)
    low: Mapped[int | None] = mapped_column(BigInteger)
    high: Mapped[int | None] = mapped_column(BigInteger)
    mark: Mapped[Code]


class ReferenceRejectRow(Base):
    """One row of a release that was refused, with the reason and the way out."""

    __tablename__ = "reference_rejects"

    id: Mapped[Key]
    release_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("reference_releases.id", ondelete="CASCADE")
    )
    line: Mapped[int] = mapped_column(BIG)
    field: Mapped[Code]
    value: Mapped[Code]
    reason: Mapped[Code]
    hint: Mapped[Code]

    __table_args__ = (Index("ix_reference_rejects_release_id_line", "release_id", "line"),)
