"""Versions of policy documents and what changed between them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.columns import BIG, at, big, code, count

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OUTCOMES = ("first", "change", "noise", "revert", "duplicate", "rejected", "known")
VERDICT = ("kind", "reason", "against", "importance", "because", "abuse_types", "twin_group")
TABLES = ("imports", "documents", "texts", "versions", "sections", "version_clauses", "rejects")


def upgrade() -> None:
    _imports()
    _documents()
    _versions()
    _sections()
    _clauses()
    _rejects()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(f"policy_{table}")


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns or ("id",), name=f"pk_policy_{table}")


def _of(
    table: str, column: str, target: str, *, gone: str | None = None
) -> sa.ForeignKeyConstraint:
    name = f"fk_policy_{table}_{column}"
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete=gone)


def _index(table: str, *columns: str) -> None:
    name = f"ix_policy_{table}_{'_'.join(columns)}"
    op.create_index(name, f"policy_{table}", list(columns))


def _imports() -> None:
    op.create_table(
        "policy_imports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        code("source"),
        code("file_name"),
        at("imported_at"),
        code("by"),
        at("undone_at", null=True),
        *map(count, ("read", *OUTCOMES)),
        _key("imports"),
        sa.UniqueConstraint("ref", name="uq_policy_imports_ref"),
    )


def _documents() -> None:
    op.create_table(
        "policy_documents",
        sa.Column("id", BIG, nullable=False),
        *map(code, ("service", "name", "platform")),
        _key("documents"),
    )
    op.create_index(
        "uq_policy_documents_service_name", "policy_documents", ["service", "name"], unique=True
    )


def _versions() -> None:
    op.create_table(
        "policy_texts",
        sa.Column("hash", sa.Text(), nullable=False),
        code("packed"),
        _key("texts", "hash"),
    )
    op.create_table(
        "policy_versions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        big("document_id"),
        big("import_id"),
        at("fetched_at"),
        count("place"),
        code("name"),
        sa.Column("text_hash", sa.Text(), nullable=False),
        *map(code, ("content_hash", *VERDICT)),
        *map(count, ("words", "words_added", "words_removed")),
        at("taken_back_at", null=True),
        _key("versions"),
        sa.UniqueConstraint("key", name="uq_policy_versions_key"),
        _of("versions", "document_id", "policy_documents.id"),
        _of("versions", "import_id", "policy_imports.id"),
        _of("versions", "text_hash", "policy_texts.hash"),
    )
    _index("versions", "document_id", "fetched_at")
    for column in ("fetched_at", "import_id", "text_hash", "twin_group"):
        _index("versions", column)


def _sections() -> None:
    op.create_table(
        "policy_sections",
        big("version_id"),
        big("place"),
        *map(code, ("path", "was", "edit")),
        *map(count, ("words_added", "words_removed")),
        code("passages"),
        _key("sections", "version_id", "place"),
        _of("sections", "version_id", "policy_versions.id", gone="CASCADE"),
    )


def _clauses() -> None:
    op.create_table(
        "policy_version_clauses",
        big("version_id"),
        sa.Column("clause", sa.Text(), nullable=False),
        code("why"),
        count("likeness_permille"),
        _key("version_clauses", "version_id", "clause"),
        _of("version_clauses", "version_id", "policy_versions.id", gone="CASCADE"),
    )
    _index("version_clauses", "clause")


def _rejects() -> None:
    op.create_table(
        "policy_rejects",
        sa.Column("id", BIG, nullable=False),
        big("import_id"),
        *map(code, ("name", "reason", "hint")),
        _key("rejects"),
        _of("rejects", "import_id", "policy_imports.id", gone="CASCADE"),
    )
    _index("rejects", "import_id")
