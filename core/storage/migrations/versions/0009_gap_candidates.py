"""What people did about candidates mined from decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.columns import BIG, at, big, code, count, text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gap_candidate_acts",
        sa.Column("id", BIG, nullable=False),
        text("key"),
        code("kind"),
        code("place"),
        code("scope"),
        code("act"),
        big("gap_id", null=True),
        code("reason"),
        code("by"),
        at("acted_at"),
        count("count_then"),
        at("ended_at", null=True),
        code("ended_by"),
        at("erased_at", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_gap_candidate_acts"),
    )
    op.create_index("ix_gap_candidate_acts_key", "gap_candidate_acts", ["key"])
    op.create_table(
        "gap_candidate_cases",
        big("act_id"),
        big("case_id"),
        sa.PrimaryKeyConstraint("act_id", "case_id", name="pk_gap_candidate_cases"),
        sa.ForeignKeyConstraint(
            ["act_id"],
            ["gap_candidate_acts.id"],
            name="fk_gap_candidate_cases_act_id_gap_candidate_acts",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_gap_candidate_cases_case_id", "gap_candidate_cases", ["case_id"])


def downgrade() -> None:
    op.drop_table("gap_candidate_cases")
    op.drop_table("gap_candidate_acts")
