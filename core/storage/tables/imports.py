"""Import batches, the rows they refused, and what they would have to put back when undone."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import BIG, Base, Code, Key, Micros


class ImportBatchRow(Base):
    """One run of an import; it is 'running' until the transaction that holds its rows commits."""

    __tablename__ = "import_batches"

    id: Mapped[Key]
    ref: Mapped[str] = mapped_column(Text, unique=True)
    source: Mapped[Code]
    file_name: Mapped[Code]
    file_hash: Mapped[Code]
    mapping: Mapped[Code]  # the mapping document that was used
    status: Mapped[Code]  # running, done, failed, undone
    started_at: Mapped[Micros]
    finished_at: Mapped[int | None] = mapped_column(BigInteger)
    undone_at: Mapped[int | None] = mapped_column(BigInteger)
    by: Mapped[Code]
    read: Mapped[int] = mapped_column(BIG, server_default="0")
    accepted: Mapped[int] = mapped_column(BIG, server_default="0")
    updated: Mapped[int] = mapped_column(BIG, server_default="0")
    unchanged: Mapped[int] = mapped_column(BIG, server_default="0")
    rejected: Mapped[int] = mapped_column(BIG, server_default="0")
    cases_created: Mapped[int] = mapped_column(BIG, server_default="0")
    cases_updated: Mapped[int] = mapped_column(BIG, server_default="0")
    message: Mapped[Code]


class ImportRejectRow(Base):
    """One row of a file that was refused, with the reason and the way out."""

    __tablename__ = "import_rejects"

    id: Mapped[Key]
    batch_id: Mapped[int] = mapped_column(BIG, ForeignKey("import_batches.id", ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(BIG)
    field: Mapped[Code]
    value: Mapped[Code]
    reason: Mapped[Code]
    hint: Mapped[Code]

    __table_args__ = (Index("ix_import_rejects_batch_id_line", "batch_id", "line"),)


class ImportBeforeRow(Base):
    """A case as it stood before a batch changed it (JSON), for undo."""

    __tablename__ = "import_befores"

    batch_id: Mapped[int] = mapped_column(BIG, primary_key=True)
    case_id: Mapped[int] = mapped_column(BIG, primary_key=True)
    before: Mapped[str] = mapped_column(Text)
