"""What was done about a finding."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.columns import BIG, code

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "finding_acts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("week_on", sa.Text(), nullable=False),
        code("slice"),
        code("ground"),
        code("scope"),
        code("act"),
        code("reason"),
        code("by"),
        sa.Column("acted_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        code("ended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_finding_acts"),
    )
    op.create_index("ix_finding_acts_key", "finding_acts", ["key"])
    op.create_index("ix_finding_acts_scope_act", "finding_acts", ["scope", "act"])


def downgrade() -> None:
    op.drop_table("finding_acts")
