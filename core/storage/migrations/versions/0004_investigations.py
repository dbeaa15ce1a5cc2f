"""Investigations with their people, pinned cases, texts, evidence and entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.columns import at, big, code, text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "investigation_entries",
    "investigation_links",
    "investigation_items",
    "investigation_cases",
    "investigation_people",
    "investigations",
)


def _of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE"
    )


def upgrade() -> None:
    _investigations()
    _parts()
    _texts()
    _entries()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _investigations() -> None:
    op.create_table(
        "investigations",
        big("id"),
        text("ref"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *(code(name) for name in ("status", "question", "outcome", "scope", "lead", "opened_by")),
        at("opened_at"),
        at("changed_at"),
        at("ended_at", null=True),
        at("erased_at", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_investigations"),
        sa.UniqueConstraint("ref", name="uq_investigations_ref"),
    )


def _parts() -> None:
    people, cases = "investigation_people", "investigation_cases"
    op.create_table(
        people,
        big("investigation_id"),
        text("username"),
        sa.PrimaryKeyConstraint("investigation_id", "username", name=f"pk_{people}"),
        _of(people, "investigation_id", "investigations"),
    )
    op.create_table(
        cases,
        big("investigation_id"),
        big("case_id"),
        code("pinned_by"),
        at("pinned_at"),
        sa.PrimaryKeyConstraint("investigation_id", "case_id", name=f"pk_{cases}"),
        _of(cases, "investigation_id", "investigations"),
        _of(cases, "case_id", "cases"),
    )
    op.create_index(f"ix_{cases}_case_id", cases, ["case_id"])


def _texts() -> None:
    items, links = "investigation_items", "investigation_links"
    op.create_table(
        items,
        big("id"),
        big("investigation_id"),
        *(code(name) for name in ("kind", "state", "body", "reason", "written_by")),
        at("written_at"),
        at("changed_at", null=True),
        at("erased_at", null=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{items}"),
        _of(items, "investigation_id", "investigations"),
    )
    op.create_index(f"ix_{items}_investigation_id", items, ["investigation_id"])
    op.create_table(
        links,
        big("id"),
        big("item_id"),
        code("kind"),
        big("case_id", null=True),
        code("value"),
        big("count_then", null=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{links}"),
        _of(links, "item_id", items),
    )
    op.create_index(f"ix_{links}_item_id", links, ["item_id"])
    op.create_index(f"ix_{links}_case_id", links, ["case_id"])


def _entries() -> None:
    entries = "investigation_entries"
    op.create_table(
        entries,
        big("id"),
        big("investigation_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        at("at"),
        *(code(name) for name in ("actor", "act", "value")),
        big("item_id", null=True),
        big("case_id", null=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{entries}"),
        _of(entries, "investigation_id", "investigations"),
    )
    op.create_index(
        f"ix_{entries}_investigation_id_version", entries, ["investigation_id", "version"]
    )
