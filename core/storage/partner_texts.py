"""What people wrote about partners, as erasing and retention know it.

All texts of a row go: a summary is about those whom it was held with. That there was a note, a
promise, a contact or a band stays, with its dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, or_

from core.clock import to_micros
from core.partners.record_rules import record_rules
from core.storage.engine import Write
from core.storage.partner_records import BANDS, COMMITMENTS, CONTACTS, NOTES
from core.storage.personal_texts import Written, erasing
from core.storage.retention import kept_for

# From when the text of each kind is kept. An open promise has not ended, and a comparison with
# nothing is never true.
KEPT_FROM: Mapping[Table, ColumnElement[Any]] = {
    NOTES: func.coalesce(NOTES.c.changed_at, NOTES.c.made_at),
    COMMITMENTS: COMMITMENTS.c.ended_at,
    CONTACTS: CONTACTS.c.held_at,
    BANDS: BANDS.c.until_at,
}


def _past_time(write: Write, at: datetime) -> dict[Table, ColumnElement[bool]]:
    """What is older than it is kept, and what was deleted for good; open promises stay."""
    before = to_micros(at - kept_for()[record_rules().kept_as])
    gone = to_micros(at - record_rules().undo_for)
    return {
        table: or_(last < before, table.c.deleted_at <= gone)
        if "deleted_at" in table.c
        else last < before
        for table, last in KEPT_FROM.items()
    }


PARTNER_TEXTS = erasing(
    (
        Written(NOTES, ("body",), is_versioned=True),
        Written(COMMITMENTS, ("body", "reason"), is_versioned=True),
        Written(CONTACTS, ("with_whom", "summary"), is_versioned=True),
        Written(BANDS, ("reason",)),
    ),
    _past_time,
)
