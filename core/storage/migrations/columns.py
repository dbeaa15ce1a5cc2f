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
