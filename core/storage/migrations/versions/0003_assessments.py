"""Assessments of risks and their overrides, and the register of perceived risks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.columns import BIG, at, code, text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


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
        *(text("kind"), text("subject_key"), code("title"), code("params")),
        *(text("table_version"), text("content_hash"), text("record"), text("outcome")),
        *(code("made_by"), at("made_at"), at("erased_at", null=True)),
        sa.PrimaryKeyConstraint("id", name="pk_assessments"),
    )
    op.create_index("ix_assessments_subject", "assessments", ["kind", "subject_key", "id"])


def _overrides() -> None:
    op.create_table(
        "assessment_overrides",
        sa.Column("id", BIG, nullable=False),
        sa.Column("assessment_id", BIG, nullable=False),
        *(text("verdict"), code("reason"), text("outcome")),
        *(code("made_by"), at("made_at"), at("erased_at", null=True)),
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
        *(code("title"), code("params"), code("origin_kind"), code("origin_key")),
        *(code("owner"), text("next_review_on"), text("status"), code("reason")),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        *(code("created_by"), at("created_at"), code("changed_by"), at("changed_at")),
        at("erased_at", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_risks"),
    )
    op.create_index("ix_risks_origin", "risks", ["origin_kind", "origin_key"])
