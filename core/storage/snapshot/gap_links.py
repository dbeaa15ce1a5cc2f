"""Which cases are linked to which gap, and from when to when a gap was open: for what affects partners."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, func, select

from core.storage.tables import GapCaseRow, GapEntryRow, GapRow
from core.storage.tables.base import table_of

Whole = npt.NDArray[np.int64]
GAPS, LINKS, ENTRIES = table_of(GapRow), table_of(GapCaseRow), table_of(GapEntryRow)
NEVER_CLOSED = int(np.iinfo(np.int64).max)


def _none() -> Whole:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False, slots=True)
class GapLinks:
    """Links side by side; ``mark`` tells the log that they follow from."""

    mark: tuple[int, int] = (0, 0)
    gaps: Whole = field(default_factory=_none)
    cases: Whole = field(default_factory=_none)
    since: Whole = field(default_factory=_none)  # both the link and the gap are there
    until: Whole = field(default_factory=_none)  # the gap was closed

    @property
    def is_recorded(self) -> bool:
        """True when this desk keeps gaps at all."""
        return self.mark != (0, 0)

    def says_as(self, other: GapLinks) -> bool:
        """True for the same links of the same gaps; a note in the log changes none."""
        mine, theirs = ((one.gaps, one.cases, one.since, one.until) for one in (self, other))
        same = all(np.array_equal(a, b) for a, b in zip(mine, theirs, strict=True))
        return same and self.is_recorded == other.is_recorded

    def open_at(self, moment: int) -> tuple[Whole, Whole]:
        """Gap and case of the links to gaps that were open at a moment."""
        there = (self.since < moment) & (self.until >= moment)
        return self.gaps[there], self.cases[there]


def newest_gap_links(connection: Connection, known: GapLinks) -> GapLinks:
    """The links as a read sees them; the same object while nothing was done to any gap."""
    counted = select(func.coalesce(func.max(ENTRIES.c.id), 0), func.count())
    mark = tuple(connection.execute(counted.select_from(ENTRIES)).one())
    if mark == known.mark:
        return known
    statement = (
        select(
            LINKS.c.gap_id,
            LINKS.c.case_id,
            LINKS.c.linked_at,
            GAPS.c.proposed_at,
            func.coalesce(GAPS.c.closed_at, NEVER_CLOSED),
        )
        .join(GAPS, GAPS.c.id == LINKS.c.gap_id)
        .order_by(LINKS.c.gap_id, LINKS.c.case_id)
    )
    rows = [tuple(row) for row in connection.execute(statement)]
    gaps, cases, linked, proposed, until = np.array(rows, dtype=np.int64).reshape(-1, 5).T.copy()
    return GapLinks(
        mark=(int(mark[0]), int(mark[1])),
        gaps=gaps,
        cases=cases,
        since=np.maximum(linked, proposed),
        until=until,
    )
