"""Whom the open cases of a filter wait for now, and how long the longest of these waits is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.cases.filter import CaseFilter
from core.storage.queue_conditions import Look
from core.storage.queue_matches import Extent, codes_of, matches
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import OPEN_CASES


@dataclass(frozen=True, slots=True)
class Wait:
    """Open cases whose time one owner holds now."""

    owner: str
    count: int
    longest_us: int  # since the turn came to this owner
    longest_id: int  # the case that this is of
    oldest_us: int  # since the oldest of these cases was received


def waits_of(reading: Reading, look: Look, filter_: CaseFilter) -> tuple[Wait, ...]:
    """One entry for each owner with cases, the longest wait first."""
    extent = Extent(OPEN_CASES)
    found = matches(reading, filter_, look, extent)
    rows = np.flatnonzero(found.all())
    codes, owners = codes_of(reading, found, extent, "owner")
    received = np.asarray(found.rows.numbers(OPEN_CASES.c.received_at).numbers, np.int64)[rows]
    since = found.rows.numbers(OPEN_CASES.c.owner_since_at)
    held = np.asarray(since.numbers, np.int64)[rows]
    if since.known is not None:
        # Where the source does not tell since when, the case is as old as the wait.
        held = np.where(since.known[rows], held, received)
    own = np.asarray(codes)[rows]
    waits = []
    for code in np.unique(own).tolist():
        among = np.flatnonzero(own == code)
        longest = among[np.argmin(held[among])]
        waits.append(
            Wait(
                owner=str(owners[code]),
                count=len(among),
                longest_us=look.at - int(held[longest]),
                longest_id=int(found.rows.ids[rows[longest]]),
                oldest_us=look.at - int(received[among].min()),
            )
        )
    return tuple(sorted(waits, key=lambda wait: -wait.longest_us))
