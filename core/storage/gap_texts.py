"""What people wrote about gaps, as erasing and retention know it.

Why a case was linked goes with that case; a linked case under legal hold holds all other texts of
its gap. That there was a gap, a task or an act stays, with its dates and states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, exists, select, tuple_, update

from core.cases.filter import CaseFilter
from core.clock import to_micros
from core.gaps.limits import gap_limits
from core.gaps.matching import is_narrow
from core.storage.engine import Write
from core.storage.gaps import ENTRIES, ENTRY_CASES, GAPS, LINKS, TASKS, filter_text
from core.storage.personal_texts import Erasing, Tells, Written, erasing, naming, telling
from core.storage.retention import CASES, kept_for
from core.storage.sets import among

HEAD = ("title", "statement", "sponsor_team", "stakeholders")
WHYS = (LINKS, ENTRY_CASES)  # why a case was linked, now and at each act
NOBODY = "[]"  # how no stakeholders are stored


def _lost(row: Row[Any], tells: Tells) -> Mapping[str, object]:
    """The texts of a gap go one by one, and a searched text goes out of its filter."""
    facts = {name: "" for name in HEAD if _tells(getattr(row, name), tells)}
    matching = CaseFilter.model_validate_json(row.matching) if row.matching else None
    if matching and _tells(matching.text, tells):
        left = matching.without("text")
        facts["matching"] = filter_text(left if is_narrow(left) else None)
    return facts


def _tells(text: str, tells: Tells) -> bool:
    return text not in {"", NOBODY} and tells(text)


def _is_held(gap_id: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(
        LINKS.c.gap_id == gap_id, CASES.c.id == LINKS.c.case_id, CASES.c.legal_hold
    )


def _past_time(_write: Write, at: datetime) -> dict[Table, ColumnElement[bool]]:
    """Gaps that were closed longer ago than they are kept, with all that hangs on them."""
    ended = _ended(at)
    return {
        GAPS: GAPS.c.id.in_(ended),
        TASKS: TASKS.c.gap_id.in_(ended),
        ENTRIES: ENTRIES.c.gap_id.in_(ended),
    }


def _ended(at: datetime) -> Select[Any]:
    before = to_micros(at - kept_for()[gap_limits().kept_as])
    return select(GAPS.c.id).where(GAPS.c.closed_at < before)


_BESIDE_CASES = erasing(
    (
        Written(
            GAPS,
            (*HEAD, "matching"),
            emptied=_lost,
            rows=select(GAPS).where(~_is_held(GAPS.c.id)),
            is_versioned=True,
        ),
        Written(TASKS, ("body",), rows=select(TASKS).where(~_is_held(TASKS.c.gap_id))),
        Written(
            ENTRIES, ("reason", "link"), rows=select(ENTRIES).where(~_is_held(ENTRIES.c.gap_id))
        ),
    ),
    _past_time,
)


def _about(write: Write, case_ids: Sequence[int]) -> int:
    own = sum(
        _empty(write, table, among(table.c.case_id, case_ids, write.dialect)) for table in WHYS
    )
    return (
        own + _whys_that_tell(write, naming(write, case_ids)) + _BESIDE_CASES.about(write, case_ids)
    )


def _mentions(write: Write, names: Iterable[str]) -> int:
    known = tuple(names)
    return _whys_that_tell(write, telling(known)) + _BESIDE_CASES.mentions(write, known)


def _old(write: Write, at: datetime) -> int:
    entries = select(ENTRIES.c.id).where(ENTRIES.c.gap_id.in_(_ended(at)))
    whys = _empty(write, LINKS, LINKS.c.gap_id.in_(_ended(at)) & ~_own_case_is_held(LINKS))
    past = ENTRY_CASES.c.entry_id.in_(entries) & ~_own_case_is_held(ENTRY_CASES)
    return whys + _empty(write, ENTRY_CASES, past) + _BESIDE_CASES.old(write, at)


def _whys_that_tell(write: Write, tells: Tells) -> int:
    number = 0
    for table in WHYS:
        key = tuple_(*table.primary_key)
        statement = select(table).where(table.c.reason != "", ~_own_case_is_held(table))
        for row in write.connection.execute(statement).all():
            if tells(row.reason):
                own = [getattr(row, column.name) for column in table.primary_key]
                number += _empty(write, table, key == tuple_(*own))
    return number


def _own_case_is_held(table: Table) -> ColumnElement[bool]:
    return exists().where(CASES.c.id == table.c.case_id, CASES.c.legal_hold)


def _empty(write: Write, table: Table, chosen: ColumnElement[bool]) -> int:
    changed = update(table).where(chosen, table.c.reason != "")
    return write.connection.execute(changed.values(reason="", erased_at=write.at)).rowcount


GAP_TEXTS = Erasing(_about, _mentions, _old)
