"""Investigations with their people, pinned cases, texts, evidence and entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "investigation_entries",
    "investigation_links",
    "investigation_items",
    "investigation_cases",
    "investigation_people",
    "investigations",
)


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
        _big("id"),
        _text("ref"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *(_code(name) for name in ("status", "question", "outcome", "scope", "lead", "opened_by")),
        _at("opened_at"),
        _at("changed_at"),
        _at("ended_at", null=True),
        _at("erased_at", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_investigations"),
        sa.UniqueConstraint("ref", name="uq_investigations_ref"),
    )


def _parts() -> None:
    people, cases = "investigation_people", "investigation_cases"
    op.create_table(
        people,
        _big("investigation_id"),
        _text("username"),
        sa.PrimaryKeyConstraint("investigation_id", "username", name=f"pk_{people}"),
        _of(people, "investigation_id", "investigations"),
    )
    op.create_table(
        cases,
        _big("investigation_id"),
        _big("case_id"),
        _code("pinned_by"),
        _at("pinned_at"),
        sa.PrimaryKeyConstraint("investigation_id", "case_id", name=f"pk_{cases}"),
        _of(cases, "investigation_id", "investigations"),
        _of(cases, "case_id", "cases"),
    )
    op.create_index(f"ix_{cases}_case_id", cases, ["case_id"])


def _texts() -> None:
    items, links = "investigation_items", "investigation_links"
    op.create_table(
        items,
        _big("id"),
        _big("investigation_id"),
        *(_code(name) for name in ("kind", "state", "body", "reason", "written_by")),
        _at("written_at"),
        _at("changed_at", null=True),
        _at("erased_at", null=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{items}"),
        _of(items, "investigation_id", "investigations"),
    )
    op.create_index(f"ix_{items}_investigation_id", items, ["investigation_id"])
    op.create_table(
        links,
        _big("id"),
        _big("item_id"),
        _code("kind"),
        _big("case_id", null=True),
        _code("value"),
        _big("count_then", null=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{links}"),
        _of(links, "item_id", items),
    )
    op.create_index(f"ix_{links}_item_id", links, ["item_id"])
    op.create_index(f"ix_{links}_case_id", links, ["case_id"])


def _entries() -> None:
    entries = "investigation_entries"
    op.create_table(
        entries,
        _big("id"),
        _big("investigation_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        _at("at"),
        *(_code(name) for name in ("actor", "act", "value")),
        _big("item_id", null=True),
        _big("case_id", null=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{entries}"),
        _of(entries, "investigation_id", "investigations"),
    )
    op.create_index(
        f"ix_{entries}_investigation_id_version", entries, ["investigation_id", "version"]
    )
