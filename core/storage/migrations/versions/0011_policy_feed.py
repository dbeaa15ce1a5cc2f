"""Posts of the feed, added versions of clauses, confirmations and reminders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.columns import BIG, at, code, text

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("policy_posts", "clause_additions", "policy_confirmations", "policy_reminders")


def upgrade() -> None:
    """Add the four tables."""
    _posts()
    _additions()
    _confirmations()
    _reminders()


def downgrade() -> None:
    """Drop them with what they hold."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _one(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=sa.text("1"), nullable=False)


def _posts() -> None:
    op.create_table(
        "policy_posts",
        sa.Column("id", BIG, nullable=False),
        *(text("ref"), _one("version"), _one("asks_from"), at("asks_since_at")),
        *map(code, ("kind", "importance", "title", "body")),
        at("effective_at"),
        *map(code, ("abuse_types", "clauses", "roles", "posted_by")),
        *(at("posted_at"), code("changed_by"), at("changed_at", null=True)),
        *(code("withdrawn_by"), at("withdrawn_at", null=True), at("erased_at", null=True)),
        sa.PrimaryKeyConstraint("id", name="pk_policy_posts"),
        sa.UniqueConstraint("ref", name="uq_policy_posts_ref"),
    )


def _additions() -> None:
    op.create_table(
        "clause_additions",
        sa.Column("id", BIG, nullable=False),
        *map(code, ("clause", "version", "importance", "reason", "added_by")),
        *(at("added_at"), at("erased_at", null=True)),
        sa.PrimaryKeyConstraint("id", name="pk_clause_additions"),
        sa.UniqueConstraint("clause", "version", name="uq_clause_additions_clause_version"),
        sa.ForeignKeyConstraint(
            ["clause", "version"],
            ["clauses.key", "clauses.version"],
            name="fk_clause_additions_clause_version",
        ),
    )


def _confirmations() -> None:
    op.create_table(
        "policy_confirmations",
        *(text("ref"), text("username"), _one("version"), code("role"), at("confirmed_at")),
        sa.PrimaryKeyConstraint("ref", "username", name="pk_policy_confirmations"),
    )
    op.create_index("ix_policy_confirmations_username", "policy_confirmations", ["username"])


def _reminders() -> None:
    op.create_table(
        "policy_reminders",
        sa.Column("id", BIG, nullable=False),
        *map(code, ("ref", "username", "reminded_by")),
        at("reminded_at"),
        sa.PrimaryKeyConstraint("id", name="pk_policy_reminders"),
    )
    op.create_index("ix_policy_reminders_ref", "policy_reminders", ["ref"])
