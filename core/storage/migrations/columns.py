"""Columns as migrations write them. Frozen: a change here would rewrite migrations that have run."""

from __future__ import annotations

import sqlalchemy as sa

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # a key; SQLite counts only INTEGER up


def code(name: str) -> sa.Column[str]:
    """A word of a list, or short text; empty when there is none."""
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def text(name: str) -> sa.Column[str]:
    """Text that is always given."""
    return sa.Column(name, sa.Text(), nullable=False)


def big(name: str, *, null: bool = False) -> sa.Column[int]:
    """A key of another table, or a number as large."""
    return sa.Column(name, BIG, nullable=null)


def count(name: str) -> sa.Column[int]:
    """A number that begins at nothing."""
    return sa.Column(name, BIG, server_default="0", nullable=False)


def at(name: str, *, null: bool = False) -> sa.Column[int]:
    """A moment in microseconds."""
    return sa.Column(name, sa.BigInteger(), nullable=null)


def version() -> sa.Column[int]:
    """The number that every change makes one higher."""
    return sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)


def of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """A row that belongs to another one and goes with it."""
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE"
    )
