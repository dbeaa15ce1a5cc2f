"""The reasons that people gave about candidates for gaps, as erasing and retention know them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Table

from core.clock import to_micros
from core.gaps.mining_rules import mining_rules
from core.storage.engine import Write
from core.storage.gap_candidates import ACTS
from core.storage.personal_texts import Written, erasing
from core.storage.retention import kept_for


def _past_time(write: Write, at: datetime) -> dict[Table, ColumnElement[bool]]:
    return {ACTS: ACTS.c.acted_at < to_micros(at - kept_for()[mining_rules().kept_as])}


GAP_CANDIDATE_TEXTS = erasing((Written(ACTS, ("reason",)),), _past_time)
