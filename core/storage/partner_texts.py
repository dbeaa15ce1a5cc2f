"""Erases what people wrote about partners, with the people and cases it names.

All texts of a row go: a summary is about those whom it was held with. That there was a note, a
promise, a contact or a band stays, with its dates.
What names a case under legal hold is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, or_, select, true, update

from core.clock import to_micros
from core.partners.record_rules import record_rules
from core.storage.engine import Write
from core.storage.fold import fold
from core.storage.partner_records import BANDS, COMMITMENTS, CONTACTS, NOTES
from core.storage.retention import CASES, kept_for
from core.storage.sets import among

Tells = Callable[[str], bool]
CASE_REF = re.compile(r"E-\d{6,}")
TEXTS: Mapping[Table, tuple[str, ...]] = {
    NOTES: ("body",),
    COMMITMENTS: ("body", "reason"),
    CONTACTS: ("with_whom", "summary"),
    BANDS: ("reason",),
}
VERSIONED = (NOTES, COMMITMENTS, CONTACTS)


def erase_records_about(write: Write, case_ids: Sequence[int]) -> int:
    """Empty the texts that name one of these cases; gives how many rows lost some."""
    wanted = among(CASES.c.id, case_ids, write.dialect)
    refs = set(write.connection.execute(select(CASES.c.ref).where(wanted)).scalars())
    return _erase(write, lambda text: bool(refs.intersection(CASE_REF.findall(text))))


def erase_record_mentions(write: Write, names: Iterable[str]) -> int:
    """Empty every text that tells any of these names; gives how many rows lost some."""
    known = [folded for folded in map(fold, names) if folded]
    if not known:
        return 0
    told = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in known))
    return _erase(write, lambda text: bool(told.search(fold(text))))


def erase_old_records(write: Write, at: datetime) -> int:
    """Empty what is older than it is kept, and what was deleted for good; open promises stay."""
    before = to_micros(at - kept_for()[record_rules().kept_as])
    gone = to_micros(at - record_rules().undo_for)
    number = 0
    for table, last in _last_moments().items():
        over = last < before
        if "deleted_at" in table.c:
            over = or_(over, table.c.deleted_at <= gone)
        number += _erase(write, bool, {table: over})
    return number


def _last_moments() -> dict[Table, ColumnElement[Any]]:
    """From when the text of each kind is kept."""
    return {
        NOTES: func.coalesce(NOTES.c.changed_at, NOTES.c.made_at),
        # An open promise has not ended, and a comparison with nothing is never true.
        COMMITMENTS: COMMITMENTS.c.ended_at,
        CONTACTS: CONTACTS.c.held_at,
        BANDS: BANDS.c.until_at,
    }


def _erase(
    write: Write, tells: Tells, tables: Mapping[Table, ColumnElement[bool]] | None = None
) -> int:
    held = set(write.connection.execute(select(CASES.c.ref).where(CASES.c.legal_hold)).scalars())
    number = 0
    for table, where in (tables or dict.fromkeys(TEXTS, true())).items():
        for row in write.connection.execute(select(table).where(where)).all():
            texts = {name: getattr(row, name) for name in TEXTS[table]}
            if held.intersection(CASE_REF.findall(" ".join(texts.values()))):
                continue
            if not any(text and tells(text) for text in texts.values()):
                continue
            values: dict[str, object] = dict.fromkeys(texts, "")
            if table in VERSIONED:
                # Nobody saves over it what they still have on the screen.
                values["version"] = row.version + 1
            changed = update(table).where(table.c.id == row.id)
            write.connection.execute(changed.values(**values, erased_at=write.at))
            number += 1
    return number
