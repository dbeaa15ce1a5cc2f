"""What people wrote in the feed of policy updates, as erasing and retention know it.

A post is guidance for as long as it stands in the feed, so its time begins when it is withdrawn;
the reason for a version of a clause is kept as long as the clause.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Table

from core.clock import to_micros
from core.policy.feed_rules import feed_rules
from core.storage.clause_register import ADDITIONS
from core.storage.engine import Write
from core.storage.personal_texts import Written, erasing
from core.storage.policy_feed import POSTS
from core.storage.retention import kept_for


def _past_time(_write: Write, at: datetime) -> dict[Table, ColumnElement[bool]]:
    before = to_micros(at - kept_for()[feed_rules().kept_as])
    return {POSTS: POSTS.c.withdrawn_at < before}


POLICY_TEXTS = erasing(
    (
        Written(POSTS, ("title", "body"), is_versioned=True),
        Written(ADDITIONS, ("reason",)),
    ),
    _past_time,
)
