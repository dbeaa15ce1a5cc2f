"""Notes, commitments, contacts and bands by hand of a partner."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("partner_notes", "partner_commitments", "partner_contacts", "partner_bands")


def _code(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _at(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)


def upgrade() -> None:
    """Add the four tables."""
    _record(
        "partner_notes",
        *(_code("body"), _code("made_by"), _at("made_at"), _at("changed_at", null=True)),
        *(_version(), _at("deleted_at", null=True), _at("erased_at", null=True)),
    )
    _record(
        "partner_commitments",
        *(_code("body"), _text("due_on"), _code("owner"), _text("state"), _code("reason")),
        *(_code("made_by"), _at("made_at"), _code("changed_by"), _at("changed_at", null=True)),
        *(_at("ended_at", null=True), _version(), _at("erased_at", null=True)),
    )
    _record(
        "partner_contacts",
        *(_text("kind"), _at("held_at"), _code("with_whom"), _code("summary")),
        *(_code("made_by"), _at("made_at"), _at("changed_at", null=True)),
        *(_version(), _at("deleted_at", null=True), _at("erased_at", null=True)),
    )
    _record(
        "partner_bands",
        *(_text("band"), _code("reason"), _code("set_by"), _at("set_at"), _at("until_at")),
        *(_at("ended_at", null=True), _code("ended_by"), _at("erased_at", null=True)),
    )


def downgrade() -> None:
    """Drop them with what they hold."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _record(table: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        table,
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=f"fk_{table}_partner_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_partner_id", table, ["partner_id"])
