"""Notes, commitments, contacts and bands by hand of a partner."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.columns import at, big, code, text, version

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("partner_notes", "partner_commitments", "partner_contacts", "partner_bands")


def upgrade() -> None:
    """Add the four tables."""
    _record(
        "partner_notes",
        *(code("body"), code("made_by"), at("made_at"), at("changed_at", null=True)),
        *(version(), at("deleted_at", null=True), at("erased_at", null=True)),
    )
    _record(
        "partner_commitments",
        *(code("body"), text("due_on"), code("owner"), text("state"), code("reason")),
        *(code("made_by"), at("made_at"), code("changed_by"), at("changed_at", null=True)),
        *(at("ended_at", null=True), version(), at("erased_at", null=True)),
    )
    _record(
        "partner_contacts",
        *(text("kind"), at("held_at"), code("with_whom"), code("summary")),
        *(code("made_by"), at("made_at"), at("changed_at", null=True)),
        *(version(), at("deleted_at", null=True), at("erased_at", null=True)),
    )
    _record(
        "partner_bands",
        *(text("band"), code("reason"), code("set_by"), at("set_at"), at("until_at")),
        *(at("ended_at", null=True), code("ended_by"), at("erased_at", null=True)),
    )


def downgrade() -> None:
    """Drop them with what they hold."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _record(table: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        table,
        big("id"),
        big("partner_id"),
        *columns,
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=f"fk_{table}_partner_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_partner_id", table, ["partner_id"])
