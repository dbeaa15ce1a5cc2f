"""Public figures beside our own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.columns import BIG, code, count

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RELEASE_CODES = ("name", "last_quarter", "published_on", "file_name", "file_hash", "content_hash")
RELEASE_COUNTS = ("read", "accepted", "not_published", "repeated", "rejected")


def _release_id() -> sa.Column[int]:
    return sa.Column("release_id", BIG, nullable=False)


def _of_release(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["release_id"],
        ["reference_releases.id"],
        name=f"fk_{table}_release_id",
        ondelete="CASCADE",
    )


def upgrade() -> None:
    _releases()
    _values()
    _rejects()


def downgrade() -> None:
    op.drop_table("reference_rejects")
    op.drop_table("reference_values")
    op.drop_table("reference_releases")


def _releases() -> None:
    op.create_table(
        "reference_releases",
        sa.Column("id", BIG, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        *map(code, RELEASE_CODES),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        code("by"),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        *map(count, RELEASE_COUNTS),
        sa.PrimaryKeyConstraint("id", name="pk_reference_releases"),
        sa.UniqueConstraint("ref", name="uq_reference_releases_ref"),
    )


def _values() -> None:
    names = ("platform", "area", "series", "quarter")
    op.create_table(
        "reference_values",
        _release_id(),
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        code("mark"),
        sa.PrimaryKeyConstraint("release_id", *names, name="pk_reference_values"),
        _of_release("reference_values"),
    )


def _rejects() -> None:
    op.create_table(
        "reference_rejects",
        sa.Column("id", BIG, nullable=False),
        _release_id(),
        sa.Column("line", BIG, nullable=False),
        *map(code, ("field", "value", "reason", "hint")),
        sa.PrimaryKeyConstraint("id", name="pk_reference_rejects"),
        _of_release("reference_rejects"),
    )
    op.create_index(
        "ix_reference_rejects_release_id_line", "reference_rejects", ["release_id", "line"]
    )
