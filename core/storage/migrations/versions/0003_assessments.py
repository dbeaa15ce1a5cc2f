"""Assessments of risks and their overrides, and the register of perceived risks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _code(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _at(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def upgrade() -> None:
    """Add the three tables."""
    _assessments()
    _overrides()
    _risks()


def downgrade() -> None:
    """Drop them with what they hold."""
    for table in ("risks", "assessment_overrides", "assessments"):
        op.drop_table(table)


def _assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", BIG, nullable=False),
        *(_text("kind"), _text("subject_key"), _code("title"), _code("params")),
        *(_text("table_version"), _text("content_hash"), _text("record"), _text("outcome")),
        *(_code("made_by"), _at("made_at"), _at("erased_at", null=True)),
        sa.PrimaryKeyConstraint("id", name="pk_assessments"),
    )
    op.create_index("ix_assessments_subject", "assessments", ["kind", "subject_key", "id"])


def _overrides() -> None:
    op.create_table(
        "assessment_overrides",
        sa.Column("id", BIG, nullable=False),
        sa.Column("assessment_id", BIG, nullable=False),
        *(_text("verdict"), _code("reason"), _text("outcome")),
        *(_code("made_by"), _at("made_at"), _at("erased_at", null=True)),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name="fk_assessment_overrides_assessment_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_assessment_overrides"),
    )
    name = "ix_assessment_overrides_assessment_id"
    op.create_index(name, "assessment_overrides", ["assessment_id"])


def _risks() -> None:
    op.create_table(
        "risks",
        sa.Column("id", BIG, nullable=False),
        *(_code("title"), _code("params"), _code("origin_kind"), _code("origin_key")),
        *(_code("owner"), _text("next_review_on"), _text("status"), _code("reason")),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        *(_code("created_by"), _at("created_at"), _code("changed_by"), _at("changed_at")),
        _at("erased_at", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_risks"),
    )
    op.create_index("ix_risks_origin", "risks", ["origin_kind", "origin_key"])
