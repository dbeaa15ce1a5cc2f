"""The columns of ``CLOCK_CACHE``: the clocks side by side with what is due next and who owned time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.sla.coded import KINDS, CaseMarks, among
from core.sla.measuring import last_marked
from core.sla.model import CLOSED, RESOLVED, EventKind, Owner
from core.sla.rows import ENDED, OWNERS, CaseRows
from core.sla.tally import NEVER
from core.sla.timeline import END_BEFORE_RECEIVED, NO_RECEIVED, REPLY_BEFORE_RECEIVED
from core.sla.verdicts import (
    VERDICTS,
    ClockColumns,
    first_reply,
    next_reply,
    resolution,
    update,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.sla.measuring import Marks, Micros

    Columns = dict[str, Any]

_DUE_NEXT = ("frt", "nrt", "upd", "ttr")


def cache_columns(rows: CaseRows, marks: CaseMarks) -> Columns:
    """All columns, one value per case."""
    frt = first_reply(rows, marks.early_reply | marks.silent)
    nrt, upd = next_reply(rows, marks.one_reply), update(rows, marks.one_reply)
    ttr_first, ttr = resolution(rows, marks.early_end)
    clocks = {"frt": frt, "nrt": nrt, "upd": upd, "ttr_first": ttr_first, "ttr": ttr}
    last = np.full(rows.count, -1, dtype=np.int64)
    last[rows.case[rows.final]] = np.flatnonzero(rows.final)
    return {
        **{f"sla_{name}": text(VERDICTS, one.verdict) for name, one in clocks.items()},
        **{f"{name}_due_at": known(clocks[name].due) for name in _DUE_NEXT},
        "frt_us": known(frt.elapsed),
        "ttr_first_us": known(ttr_first.elapsed),
        "ttr_us": known(ttr.elapsed),
        "nrt_worst_us": known(nrt.worst),
        "upd_worst_us": known(upd.worst),
        "frt_breached_at": known(frt.breached_at),
        "ttr_breached_at": known(ttr.breached_at),
        "first_breached_at": known(_earliest([c.breached_at for c in (frt, nrt, upd, ttr)])),
        **_next(rows, [frt, nrt, upd, ttr]),
        **_ownership(rows, marks, last),
        **_record(rows, marks, last),
    }


def known(values: Micros) -> pd.arrays.IntegerArray:
    """A column in which ``NEVER`` is missing."""
    missing = values == NEVER
    return pd.arrays.IntegerArray(np.where(missing, 0, values), missing)


def text(names: Sequence[str], codes: Micros) -> pd.api.extensions.ExtensionArray:
    """A text column from codes; a negative code is ''."""
    texts = pd.array([*(str(name) for name in names), ""], dtype="str")
    return texts.take(np.where(codes < 0, len(names), codes))


def _earliest(moments: Sequence[Micros]) -> Micros:
    late = np.iinfo(np.int64).max
    found = np.min([np.where(m == NEVER, late, m) for m in moments], axis=0)
    return np.where(found == late, NEVER, found)


def _next(rows: CaseRows, clocks: Sequence[ClockColumns]) -> Columns:
    """The ticking clock that is due first, with what is needed to read it later."""
    late = np.iinfo(np.int64).max
    dues = np.stack([np.where(c.ticking & (c.due != NEVER), c.due, late) for c in clocks])
    first = dues.argmin(axis=0)
    none = dues.min(axis=0) == late

    def chosen(values: Sequence[Micros]) -> Micros:
        return np.where(none, NEVER, np.choose(first, values))

    row = np.choose(first, [c.row for c in clocks])
    used = rows.calendar[row] if len(rows.case) else np.zeros(rows.count, dtype=np.int64)
    calendars = [calendar.id for calendar in rows.table.measures.calendars]
    return {
        "next_clock": text(_DUE_NEXT, np.where(none, -1, first)),
        "next_due_at": known(chosen([c.due for c in clocks])),
        "next_target_us": known(chosen([c.target for c in clocks])),
        "next_base_us": known(chosen([c.base for c in clocks])),
        "next_calendar": text(calendars, np.where(none, -1, used)),
    }


def _ownership(rows: CaseRows, marks: CaseMarks, last: Micros) -> Columns:
    """Who owns the time now, and what belongs to whom up to the last event."""
    takes = turned_owner(rows)
    since = rows.since[last_marked(takes)]
    owner = _at(rows.owner, last, ENDED)
    held = np.where(owner == ENDED, NEVER, _at(since, last, NEVER))
    until = np.minimum(rows.until, marks.last_event[rows.case])
    length = np.maximum(until - rows.since, 0)
    ours = _ours(rows, until)
    columns: Columns = {
        "owner": text(OWNERS, owner),
        "owner_since_at": known(held),
    }
    sums = {}
    for code, name in enumerate(OWNERS):
        share = np.where(rows.owner == code, length, 0)
        if name is Owner.US:
            share = ours
        if name is Owner.OUT_OF_HOURS:
            share = np.where(rows.owner == OWNERS.index(Owner.US), length - ours, 0)
        sums[f"time_{name}_us"] = _sum(rows, share)
    bare = ~rows.supported & (rows.until > rows.since)
    unsupported = np.zeros(rows.count, dtype=np.bool_)
    unsupported[rows.case[bare]] = True
    wall = np.sum(list(sums.values()), axis=0)
    return columns | sums | {"wall_us": wall, "unsupported_pause": unsupported}


def turned_owner(rows: CaseRows) -> Marks:
    """True where another owner takes over, and on first rows."""
    changes = rows.first.copy()
    changes[1:] |= rows.owner[1:] != rows.owner[:-1]
    return changes


def _ours(rows: CaseRows, until: Micros) -> Micros:
    """Our working time of each row, up to ``until``."""
    ours = np.where(rows.owner == OWNERS.index(Owner.US), rows.worked, 0)
    cut = np.flatnonzero((ours > 0) & (until < rows.until))
    measures = rows.table.measures
    end = measures.worked(rows.calendar[cut], np.maximum(until, rows.since)[cut])
    ours[cut] = end - rows.base[cut]
    return ours


def _sum(rows: CaseRows, share: Micros) -> Micros:
    """Sums per case; exact, because whole microseconds below 2**53 are exact in a float."""
    return np.bincount(rows.case, weights=share, minlength=rows.count).astype(np.int64)


def _at(values: Micros, last: Micros, otherwise: int) -> Micros:
    """The value at each case's last row."""
    if not len(values):
        return np.full(len(last), otherwise, dtype=np.int64)
    return np.where(last >= 0, values[last], otherwise).astype(np.int64)


def _record(rows: CaseRows, marks: CaseMarks, last: Micros) -> Columns:
    """What the events say without any clock."""
    is_status = rows.kind == KINDS.index(EventKind.STATUS)
    is_last_end = ~rows.is_open & (rows.run == _at(rows.run, last, -1)[rows.case])
    resolves, closes = (
        is_status
        & among(rows.status, [i for i, n in enumerate(rows.names) if n == name], len(rows.names))
        for name in (RESOLVED, CLOSED)
    )
    runs = _at(rows.run, last, 0) - _first_run(rows)
    begins_open = rows.is_open[np.maximum(_first_row(rows), 0)] if len(rows.case) else last < 0
    open_row = np.full(rows.count, -1, dtype=np.int64)
    open_row[rows.case[rows.is_open]] = np.flatnonzero(rows.is_open)
    version = [one.policy.id if one.policy else "" for one in rows.table.terms]
    fault = np.select([marks.start == NEVER, marks.early_reply, marks.early_end], [0, 1, 2], -1)
    unread = last < 0
    return {
        "last_event_at": known(marks.last_event),
        "first_response_at": known(marks.first_response),
        "first_resolved_at": known(_first_recorded(rows, resolves)),
        "resolved_at": known(_first_recorded(rows, resolves & is_last_end)),
        "closed_at": known(_first_recorded(rows, closes & is_last_end)),
        "reopen_count": np.where(unread, 0, (runs + ~begins_open) // 2),
        "status": text(rows.names, _at(rows.status, last, -1)),
        "priority": _fact(rows, marks, "priority", last),
        "tier": _fact(rows, marks, "tier", last),
        "policy_version": text(version, _at(rows.term, open_row, -1)),
        "data_fault": text([NO_RECEIVED, REPLY_BEFORE_RECEIVED, END_BEFORE_RECEIVED], fault),
    }


def _fact(
    rows: CaseRows, marks: CaseMarks, name: str, last: Micros
) -> pd.api.extensions.ExtensionArray:
    initial = marks.facts[name].astype(np.int64)
    held = _at(rows.facts[name], last, -1)
    return text(rows.names, np.where(held < 0, initial, held))


def _first_row(rows: CaseRows) -> Micros:
    found = np.full(rows.count, -1, dtype=np.int64)
    found[rows.case[rows.first]] = np.flatnonzero(rows.first)
    return found


def _first_run(rows: CaseRows) -> Micros:
    found = np.zeros(rows.count, dtype=np.int64)
    found[rows.case[rows.first]] = rows.run[rows.first]
    return found


def _first_recorded(rows: CaseRows, here: Marks) -> Micros:
    found = np.full(rows.count, NEVER, dtype=np.int64)
    found[rows.case[here][::-1]] = rows.recorded[here][::-1]
    return found
