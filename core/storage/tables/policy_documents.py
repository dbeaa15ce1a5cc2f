"""Versions of policy documents: what was fetched, each text once, and what was made of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import BIG, Base, Code, Key, Micros


class PolicyImportRow(Base):
    """One import; taken back, it stays in the history without its versions."""

    __tablename__ = "policy_imports"

    id: Mapped[Key]
    ref: Mapped[str] = mapped_column(Text, unique=True)
    source: Mapped[Code]  # folder, archive or git
    file_name: Mapped[Code]
    imported_at: Mapped[Micros]
    by: Mapped[Code]
    undone_at: Mapped[int | None] = mapped_column(BigInteger)
    read: Mapped[int] = mapped_column(BIG, server_default="0")
    first: Mapped[int] = mapped_column(BIG, server_default="0")
    change: Mapped[int] = mapped_column(BIG, server_default="0")
    noise: Mapped[int] = mapped_column(BIG, server_default="0")
    revert: Mapped[int] = mapped_column(BIG, server_default="0")
    duplicate: Mapped[int] = mapped_column(BIG, server_default="0")
    rejected: Mapped[int] = mapped_column(BIG, server_default="0")
    known: Mapped[int] = mapped_column(BIG, server_default="0")  # here already, left as it was


class PolicyDocumentRow(Base):
    """A document of a service, such as the rules of one platform."""

    __tablename__ = "policy_documents"

    id: Mapped[Key]
    service: Mapped[Code]
    name: Mapped[Code]
    platform: Mapped[Code]

    __table_args__ = (Index("uq_policy_documents_service_name", "service", "name", unique=True),)


class PolicyTextRow(Base):
    """A fetched text by the hash of its bytes, packed: most versions differ in a few bytes."""

    __tablename__ = "policy_texts"

    hash: Mapped[str] = mapped_column(Text, primary_key=True)
    packed: Mapped[Code]


class PolicyVersionRow(Base):
    """A fetched version and the verdict on it; verdicts are made anew when versions come between."""

    __tablename__ = "policy_versions"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(Text, unique=True)
    document_id: Mapped[int] = mapped_column(BIG, ForeignKey("policy_documents.id"))
    import_id: Mapped[int] = mapped_column(BIG, ForeignKey("policy_imports.id"))
    fetched_at: Mapped[Micros]
    place: Mapped[int] = mapped_column(BIG, server_default="0")  # among those of one moment
    name: Mapped[Code]
    text_hash: Mapped[str] = mapped_column(Text, ForeignKey("policy_texts.hash"))
    content_hash: Mapped[Code]  # of what it says, whatever its layout
    words: Mapped[int] = mapped_column(BIG, server_default="0")
    kind: Mapped[Code]
    reason: Mapped[Code]
    against: Mapped[Code]
    importance: Mapped[Code]
    because: Mapped[Code]  # codes, blank between
    abuse_types: Mapped[Code]  # codes, blank between
    twin_group: Mapped[Code]  # the same in all versions that say the same change
    words_added: Mapped[int] = mapped_column(BIG, server_default="0")
    words_removed: Mapped[int] = mapped_column(BIG, server_default="0")
    taken_back_at: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        Index("ix_policy_versions_document_id_fetched_at", "document_id", "fetched_at"),
        Index("ix_policy_versions_fetched_at", "fetched_at"),
        Index("ix_policy_versions_import_id", "import_id"),
        Index("ix_policy_versions_text_hash", "text_hash"),
        Index("ix_policy_versions_twin_group", "twin_group"),
    )


class PolicySectionRow(Base):
    """What a version did to one section; the passages are a JSON list."""

    __tablename__ = "policy_sections"

    version_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("policy_versions.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(BIG, primary_key=True)
    path: Mapped[Code]  # JSON list
    was: Mapped[Code]  # JSON list
    edit: Mapped[Code]
    words_added: Mapped[int] = mapped_column(BIG, server_default="0")
    words_removed: Mapped[int] = mapped_column(BIG, server_default="0")
    passages: Mapped[Code]


class PolicyVersionClauseRow(Base):
    """A clause of the register that a version touches."""

    __tablename__ = "policy_version_clauses"

    version_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("policy_versions.id", ondelete="CASCADE"), primary_key=True
    )
    clause: Mapped[str] = mapped_column(Text, primary_key=True)
    why: Mapped[Code]
    likeness_permille: Mapped[int] = mapped_column(BIG, server_default="0")

    __table_args__ = (Index("ix_policy_version_clauses_clause", "clause"),)


class PolicyRejectRow(Base):
    """A fetched file that could not become a version, with the reason and the way out."""

    __tablename__ = "policy_rejects"

    id: Mapped[Key]
    import_id: Mapped[int] = mapped_column(BIG, ForeignKey("policy_imports.id", ondelete="CASCADE"))
    name: Mapped[Code]
    reason: Mapped[Code]
    hint: Mapped[Code]

    __table_args__ = (Index("ix_policy_rejects_import_id", "import_id"),)
