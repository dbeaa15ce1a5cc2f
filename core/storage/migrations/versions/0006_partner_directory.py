"""Who serves a partner and since when, and what partners were merged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "partner_dismissals",
    "partner_merge_moves",
    "partner_merges",
    "partner_covers",
    "partner_tiers",
)
NEW_COLUMNS = ("changed_at", "changed_by", "merged_into_id", "version")


def _code(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _big(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, BIG, nullable=null)


def _at(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE"
    )


def upgrade() -> None:
    """Give partners a version, and add the tables around them."""
    version = sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    for column in (version, _big("merged_into_id", null=True), _code("changed_by")):
        op.add_column("partners", column)
    op.add_column("partners", _at("changed_at", null=True))
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
        *(_big("id"), _big("partner_id"), _text("tier"), _at("from_at")),
        *(_code("set_by"), _at("set_at")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _of(table, "partner_id", "partners"),
    )
    op.create_index(f"ix_{table}_partner_id", table, ["partner_id"])


def _covers() -> None:
    table = "partner_covers"
    op.create_table(
        table,
        *(_big("id"), _big("partner_id"), _big("user_id"), _big("for_user_id", null=True)),
        *(_at("from_at"), _at("until_at"), _code("set_by"), _at("set_at")),
        *(_at("ended_at", null=True), _code("ended_by")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _of(table, "partner_id", "partners"),
        _of(table, "user_id", "users"),
    )
    op.create_index(f"ix_{table}_partner_id", table, ["partner_id"])
    op.create_index(f"ix_{table}_user_id", table, ["user_id"])


def _merges() -> None:
    table, moves = "partner_merges", "partner_merge_moves"
    op.create_table(
        table,
        *(_big("id"), _big("from_id"), _big("into_id"), _big("seq")),
        *(_at("merged_at"), _code("merged_by"), _at("undone_at", null=True), _code("undone_by")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _of(table, "from_id", "partners"),
        _of(table, "into_id", "partners"),
    )
    op.create_index(f"ix_{table}_from_id", table, ["from_id"])
    op.create_index(f"ix_{table}_into_id", table, ["into_id"])
    op.create_table(
        moves,
        *(_big("merge_id"), _text("kind"), _big("row_id")),
        sa.PrimaryKeyConstraint("merge_id", "kind", "row_id", name=f"pk_{moves}"),
        _of(moves, "merge_id", table),
    )


def _dismissals() -> None:
    table = "partner_dismissals"
    op.create_table(
        table,
        *(_big("first_id"), _big("second_id"), _code("dismissed_by"), _at("dismissed_at")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=f"pk_{table}"),
        _of(table, "first_id", "partners"),
        _of(table, "second_id", "partners"),
    )
