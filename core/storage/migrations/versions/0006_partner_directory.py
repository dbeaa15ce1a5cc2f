"""Who serves a partner and since when, and what partners were merged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.columns import at, big, code, of, text, version

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = (
    "partner_dismissals",
    "partner_merge_moves",
    "partner_merges",
    "partner_covers",
    "partner_tiers",
)
NEW_COLUMNS = ("changed_at", "changed_by", "merged_into_id", "version")


def upgrade() -> None:
    """Give partners a version, and add the tables around them."""
    for column in (version(), big("merged_into_id", null=True), code("changed_by")):
        op.add_column("partners", column)
    op.add_column("partners", at("changed_at", null=True))
    _tiers()
    _covers()
    _merges()
    _dismissals()


def downgrade() -> None:
    """Drop them with what they hold."""
    for table in TABLES:
        op.drop_table(table)
    for column in NEW_COLUMNS:
        op.drop_column("partners", column)


def _tiers() -> None:
    table = "partner_tiers"
    op.create_table(
        table,
        *(big("id"), big("partner_id"), text("tier"), at("from_at")),
        *(code("set_by"), at("set_at")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        of(table, "partner_id", "partners"),
    )
    op.create_index(f"ix_{table}_partner_id", table, ["partner_id"])


def _covers() -> None:
    table = "partner_covers"
    op.create_table(
        table,
        *(big("id"), big("partner_id"), big("user_id"), big("for_user_id", null=True)),
        *(at("from_at"), at("until_at"), code("set_by"), at("set_at")),
        *(at("ended_at", null=True), code("ended_by")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        of(table, "partner_id", "partners"),
        of(table, "user_id", "users"),
    )
    op.create_index(f"ix_{table}_partner_id", table, ["partner_id"])
    op.create_index(f"ix_{table}_user_id", table, ["user_id"])


def _merges() -> None:
    table, moves = "partner_merges", "partner_merge_moves"
    op.create_table(
        table,
        *(big("id"), big("from_id"), big("into_id"), big("seq")),
        *(at("merged_at"), code("merged_by"), at("undone_at", null=True), code("undone_by")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        of(table, "from_id", "partners"),
        of(table, "into_id", "partners"),
    )
    op.create_index(f"ix_{table}_from_id", table, ["from_id"])
    op.create_index(f"ix_{table}_into_id", table, ["into_id"])
    op.create_table(
        moves,
        *(big("merge_id"), text("kind"), big("row_id")),
        sa.PrimaryKeyConstraint("merge_id", "kind", "row_id", name=f"pk_{moves}"),
        of(moves, "merge_id", table),
    )


def _dismissals() -> None:
    table = "partner_dismissals"
    op.create_table(
        table,
        *(big("first_id"), big("second_id"), code("dismissed_by"), at("dismissed_at")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=f"pk_{table}"),
        of(table, "first_id", "partners"),
        of(table, "second_id", "partners"),
    )
