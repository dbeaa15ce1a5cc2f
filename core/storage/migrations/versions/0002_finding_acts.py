"""What was done about a finding."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "finding_acts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("week_on", sa.Text(), nullable=False),
        _code("slice"),
        _code("ground"),
        _code("scope"),
        _code("act"),
        _code("reason"),
        _code("by"),
        sa.Column("acted_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        _code("ended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_finding_acts"),
    )
    op.create_index("ix_finding_acts_key", "finding_acts", ["key"])
    op.create_index("ix_finding_acts_scope_act", "finding_acts", ["scope", "act"])


def downgrade() -> None:
    op.drop_table("finding_acts")


def _code(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)
