"""Each of the clocks over the rows of many cases: which rows it reads, how its rounds end.

The rules are those of ``clocks``; the accumulation is in ``tally``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.sla.coded import KINDS
from core.sla.measuring import first_per, last_marked, marked
from core.sla.model import ClockName, EventKind, Owner, Verdict
from core.sla.rows import OWNERS, CaseRows
from core.sla.tally import NEVER, NO_TARGET, ClockRows, Tally, tally

if TYPE_CHECKING:
    from core.sla.measuring import Marks, Micros

VERDICTS = tuple(Verdict)
_MET, _BREACHED, _RUNNING, _PAUSED, _NONE = range(len(VERDICTS))


@dataclass(frozen=True, eq=False)
class ClockColumns:
    """One clock of every case; ``NEVER`` where there is no such moment or length.

    ``base`` and ``target`` let a live clock be read later: elapsed = F(now) - base by the calendar
    of ``row``.
    """

    verdict: Micros
    due: Micros
    elapsed: Micros
    worst: Micros
    breached_at: Micros
    ticking: Marks
    base: Micros
    target: Micros
    row: Micros


@dataclass(frozen=True, eq=False)
class _Rounds:
    """The rounds of one clock: where its rows stand, whose they are, do they go on or count."""

    clock: ClockRows
    tally: Tally
    position: Micros
    case: Micros
    live: Marks
    counts: Marks


def first_reply(rows: CaseRows, unknown: Marks) -> ClockColumns:
    """FRT: open rows before the first public human reply; never pauses."""
    replies = np.flatnonzero(rows.is_reply)
    nth = first_per(rows.case[replies], rows.count)
    stop = np.full(rows.count, -1, dtype=np.int64)
    stop[nth >= 0] = replies[nth[nth >= 0]]
    stop_row = stop[rows.case]
    before = rows.is_open & ((stop_row < 0) | (np.arange(len(rows.case)) < stop_row))
    clock, position = _clock_rows(rows, ClockName.FRT, (before, before), rows.first)
    case = rows.case[rows.first]
    replied = stop[case] >= 0
    counts = replied & (rows.is_open | rows.resolution)[stop[case]]
    live = ~replied & rows.is_open[rows.final]
    found = tally(clock, rows.table.measures)
    rounds = _Rounds(clock, found, position, case, live, counts)
    return _blanked(_columns(rows, rounds, lenient=True), unknown)


def next_reply(rows: CaseRows, unknown: Marks) -> ClockColumns:
    """NRT: open rows from the oldest unanswered message to a reply or the end."""
    message = last_marked(rows.kind == KINDS.index(EventKind.MESSAGE_IN))
    answer = last_marked(rows.is_reply | rows.ends)
    waiting = rows.is_open & (message > answer) & (message >= last_marked(rows.first))
    begins = waiting & turned(waiting, rows.first)
    return _blanked(_adjoining(rows, ClockName.NRT, waiting, waiting, begins), unknown)


def update(rows: CaseRows, unknown: Marks) -> ClockColumns:
    """UPD: open rows between public replies; stands while we await the requester."""
    begins = rows.is_open & (turned(rows.is_open, rows.first) | rows.is_reply)
    ticking = rows.is_open & (rows.owner != OWNERS.index(Owner.REQUESTER))
    return _blanked(_adjoining(rows, ClockName.UPD, rows.is_open, ticking, begins), unknown)


def resolution(rows: CaseRows, early_end: Marks) -> tuple[ClockColumns, ClockColumns]:
    """TTR to the first and to the final resolution; a late reopening begins a round anew."""
    begins = rows.first | _late_reopenings(rows)
    ticking = rows.is_open & ~rows.table.pausing[rows.term, rows.owner]
    clock, position = _clock_rows(rows, ClockName.TTR, (rows.is_open, ticking), begins)
    found = tally(clock, rows.table.measures)
    last = position[found.last]
    live = rows.final[last] & rows.is_open[last]
    stop = np.minimum(last + rows.is_open[last], len(rows.case) - 1)
    counts = ~live & rows.resolution[stop]
    rounds = _Rounds(clock, found, position, rows.case[last], live, counts)
    total = _columns(rows, rounds, lenient=False)
    first = _to_first_resolution(rows, rounds, total)
    return _blanked(first, early_end), _blanked(total, early_end)


def turned(marks: Marks, first: Marks) -> Marks:
    """True where a mark differs from the row before of the same case, and on first rows."""
    changes = first.copy()
    changes[1:] |= marks[1:] != marks[:-1]
    return changes


def _late_reopenings(rows: CaseRows) -> Marks:
    reopens = rows.is_open & ~rows.first & turned(rows.is_open, rows.first)
    since_end = rows.since - rows.since[np.maximum(last_marked(rows.ends), 0)]
    return reopens & (since_end > rows.table.reopen_within[rows.term])


def _clock_rows(
    rows: CaseRows, name: ClockName, marks: tuple[Marks, Marks], begins: Marks
) -> tuple[ClockRows, Micros]:
    """The rows of a clock: those it passes (of which some tick) and those that begin a round."""
    passes, ticking = marks
    position = np.flatnonzero(passes | begins)
    passed = passes[position]
    since = rows.since[position]
    until = np.where(passed, rows.until[position], since)
    source = position[_settled(position, begins[position], until > since)]
    term = rows.term[source]
    clock = ClockRows(
        round=np.cumsum(begins[position]) - 1,
        since=since,
        until=until,
        base=rows.base[source],
        worked=np.where(passed, rows.worked[position], 0),
        ticking=ticking[position],
        target=rows.table.target[name][term],
        calendar=rows.table.calendar[term],
    )
    return clock, position


def _settled(position: Micros, begins: Marks, lasts: Marks) -> Micros:
    """Whose terms each row is under: changes at one instant are one change, so a row without
    duration takes those of the next row, unless the round ends or stands there."""
    goes_on = np.append((position[1:] == position[:-1] + 1) & ~begins[1:], False)
    own = lasts | ~goes_on[: len(position)]
    ahead = np.where(own, np.arange(len(position)), len(position))
    taken: Micros = np.minimum.accumulate(ahead[::-1])[::-1]
    return taken


def _adjoining(
    rows: CaseRows, name: ClockName, passes: Marks, ticking: Marks, begins: Marks
) -> ClockColumns:
    """A clock whose rounds end on the row after their last: a reply or the end of the case."""
    clock, position = _clock_rows(rows, name, (passes, ticking), begins)
    found = tally(clock, rows.table.measures)
    last = position[found.last]
    live = rows.final[last]
    stop = np.minimum(last + 1, len(rows.case) - 1)
    counts = ~live & (rows.is_reply | rows.resolution)[stop]
    rounds = _Rounds(clock, found, position, rows.case[last], live, counts)
    return _columns(rows, rounds, lenient=True)


def _columns(rows: CaseRows, rounds: _Rounds, *, lenient: bool) -> ClockColumns:
    """What the last round of each case says; a breach of any round stays."""
    clock, found, case = rounds.clock, rounds.tally, rounds.case
    shown = np.flatnonzero(np.append(case[1:] != case[:-1], True)[: len(case)])
    whose, at_end = case[shown], found.last[shown]
    live, ticks = rounds.live[shown], clock.ticking[at_end]
    met = rounds.counts & (clock.target[found.last] < NO_TARGET)
    ended = np.where(marked(case[met], rows.count)[whose] if lenient else met[shown], _MET, _NONE)
    going = np.where(ticks, _RUNNING, _PAUSED)
    verdict = np.where(live, np.where(clock.target[at_end] < NO_TARGET, going, _NONE), ended)
    breached_at = _first_breach(rounds, rows.count)
    verdict = np.where(breached_at[whose] != NEVER, _BREACHED, verdict)
    stands = live & ~ticks & ~found.fixed[shown]
    elapsed = found.after[at_end]
    base = clock.base[at_end] - found.before[at_end]
    return ClockColumns(
        verdict=_spread(verdict, whose, rows.count, _NONE),
        due=_spread(np.where(stands, NEVER, found.due[shown]), whose, rows.count),
        elapsed=_spread(np.where(rounds.counts[shown], elapsed, NEVER), whose, rows.count),
        worst=_worst(rounds, rows.count),
        breached_at=breached_at,
        ticking=marked(whose[live & ticks], rows.count),
        base=_spread(base, whose, rows.count),
        target=_spread(clock.target[at_end], whose, rows.count),
        row=_spread(rounds.position[at_end], whose, rows.count, 0),
    )


def _to_first_resolution(rows: CaseRows, rounds: _Rounds, total: ClockColumns) -> ClockColumns:
    """The total's state where nothing was resolved yet, else what held at the first resolution."""
    ends = np.flatnonzero(rows.ends & rows.resolution)
    nth = first_per(rows.case[ends], rows.count)
    whose = np.flatnonzero(nth >= 0)
    row = ends[nth[whose]]
    last = np.searchsorted(rounds.position, np.where(rows.first[row], row, row - 1))
    breach_row = np.full(rows.count, -1, dtype=np.int64)
    hits = np.flatnonzero(rounds.tally.breach_row >= 0)[::-1]
    breach_row[rounds.case[hits]] = rounds.tally.breach_row[hits]
    breached = (breach_row[whose] >= 0) & (breach_row[whose] <= last)
    promised = rounds.clock.target[last] < NO_TARGET
    verdict, elapsed = total.verdict.copy(), np.full(rows.count, NEVER, dtype=np.int64)
    verdict[whose] = np.where(breached, _BREACHED, np.where(promised, _MET, _NONE))
    elapsed[whose] = rounds.tally.after[last]
    return replace(total, verdict=verdict, elapsed=elapsed)


def _first_breach(rounds: _Rounds, count: int) -> Micros:
    hits = np.flatnonzero(rounds.tally.breach_row >= 0)[::-1]
    found = np.full(count, NEVER, dtype=np.int64)
    found[rounds.case[hits]] = rounds.tally.breached_at[hits]
    return found


def _worst(rounds: _Rounds, count: int) -> Micros:
    found = np.full(count, NEVER, dtype=np.int64)
    ended = np.flatnonzero(rounds.counts)
    np.maximum.at(found, rounds.case[ended], rounds.tally.after[rounds.tally.last[ended]])
    return found


def _spread(values: Micros, whose: Micros, count: int, otherwise: int = NEVER) -> Micros:
    found = np.full(count, otherwise, dtype=np.int64)
    found[whose] = values
    return found


def _blanked(columns: ClockColumns, unknown: Marks) -> ClockColumns:
    """Nothing is said about a case whose record contradicts itself or leaves this out."""
    blank = {
        name: np.where(unknown, NEVER, getattr(columns, name))
        for name in ("due", "elapsed", "worst", "breached_at")
    }
    return replace(
        columns,
        verdict=np.where(unknown, _NONE, columns.verdict),
        ticking=columns.ticking & ~unknown,
        **blank,
    )
