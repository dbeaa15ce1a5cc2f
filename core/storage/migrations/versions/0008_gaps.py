"""Policy gaps: their states, tasks, decisions and evidence cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.columns import at, big, code, text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("gap_entry_cases", "gap_entries", "gap_tasks", "gap_cases", "gaps")
WORDS = (
    *("title", "statement", "gap_type", "severity", "abuse_types", "clauses", "matching", "owner"),
    *("sponsor_team", "stakeholders", "target_on", "review_on", "response", "implementation"),
    "proposed_by",
)
LINK_WORDS = ("strength", "reason", "linked_by")


def _of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE"
    )


def upgrade() -> None:
    _gaps()
    _tasks()
    _entries()
    _cases("gap_cases", "gap_id", "gaps")
    _cases("gap_entry_cases", "entry_id", "gap_entries")


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _gaps() -> None:
    op.create_table(
        "gaps",
        big("id"),
        text("ref"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *map(code, WORDS),
        *map(at, ("proposed_at", "response_at", "implementation_at")),
        *(at(name, null=True) for name in ("responded_at", "shipped_at", "closed_at")),
        at("changed_at"),
        at("erased_at", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
        sa.UniqueConstraint("ref", name="uq_gaps_ref"),
    )


def _tasks() -> None:
    tasks = "gap_tasks"
    op.create_table(
        tasks,
        big("id"),
        big("gap_id"),
        *map(code, ("body", "owner", "due_on", "added_by")),
        at("added_at"),
        at("done_at", null=True),
        code("done_by"),
        at("erased_at", null=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{tasks}"),
        _of(tasks, "gap_id", "gaps"),
    )
    op.create_index(f"ix_{tasks}_gap_id", tasks, ["gap_id"])


def _entries() -> None:
    entries = "gap_entries"
    op.create_table(
        entries,
        big("id"),
        big("gap_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        at("at"),
        *map(code, ("actor", "act", "value", "reason", "link")),
        at("erased_at", null=True),
        at("undone_at", null=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{entries}"),
        _of(entries, "gap_id", "gaps"),
    )
    op.create_index(f"ix_{entries}_gap_id", entries, ["gap_id"])


def _cases(table: str, owner: str, target: str) -> None:
    op.create_table(
        table,
        big(owner),
        big("case_id"),
        *map(code, LINK_WORDS),
        at("linked_at"),
        at("erased_at", null=True),
        sa.PrimaryKeyConstraint(owner, "case_id", name=f"pk_{table}"),
        _of(table, owner, target),
        _of(table, "case_id", "cases"),
    )
    op.create_index(f"ix_{table}_case_id", table, ["case_id"])
