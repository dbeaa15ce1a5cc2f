"""The open cases of one partner that somebody may see: the most urgent, and whom they wait for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.cases.filter import CaseFilter, Flag, Sort
from core.stats.arrays import Ints
from core.storage.queue_conditions import Look, has_flag, order_key
from core.storage.queue_matches import Extent, matches
from core.storage.snapshot import Reading
from core.storage.snapshot.columns import Coded
from core.storage.snapshot.evaluate import Evaluator
from core.storage.snapshot.tables import OPEN_CASES


@dataclass(frozen=True, slots=True)
class Wait:
    """Open cases whose time one owner holds now."""

    owner: str
    count: int
    longest_us: int  # since the turn came to this owner
    longest_id: int  # the case that this is of
    oldest_us: int  # since the oldest of these cases was received


def open_cases_of(reading: Reading, look: Look, partner_id: int) -> Evaluator:
    """The rows of a partner's open cases."""
    found = matches(reading, CaseFilter(), look, Extent(OPEN_CASES))
    mine = found.rows.mask(OPEN_CASES.c.partner_id == partner_id)
    return found.rows.chosen(np.flatnonzero(found.all() & mine))


def most_urgent(rows: Evaluator, look: Look, most: int) -> list[int]:
    """Keys of the cases that come first in the order of the queue."""
    key = np.asarray(rows.numbers(order_key(Sort.URGENCY, OPEN_CASES, look)).numbers)
    order = np.lexsort((rows.ids, -key))[:most]
    found: list[int] = rows.ids[order].tolist()
    return found


def count_breached(rows: Evaluator, look: Look) -> int:
    """How many have missed a clock."""
    return int(np.count_nonzero(rows.mask(has_flag(Flag.BREACHED, OPEN_CASES, look))))


def waits_of(rows: Evaluator, look: Look) -> tuple[Wait, ...]:
    """One entry for each owner with cases, the longest wait first."""
    owners = rows.column(OPEN_CASES.c.owner)
    if not isinstance(owners, Coded):
        msg = "the owner is a dimension"
        raise TypeError(msg)
    received = np.asarray(rows.numbers(OPEN_CASES.c.received_at).numbers, np.int64)
    held = _held_since(rows, received)
    waits = []
    for code in np.unique(owners.codes).tolist():
        among = np.flatnonzero(owners.codes == code)
        longest = among[np.argmin(held[among])]
        waits.append(
            Wait(
                owner=owners.values[code],
                count=len(among),
                longest_us=look.at - int(held[longest]),
                longest_id=int(rows.ids[longest]),
                oldest_us=look.at - int(received[among].min()),
            )
        )
    return tuple(sorted(waits, key=lambda wait: -wait.longest_us))


def _held_since(rows: Evaluator, received: Ints) -> Ints:
    """Since when its owner holds each case; where the source does not tell, since it was received."""
    since = rows.numbers(OPEN_CASES.c.owner_since_at)
    held = np.asarray(since.numbers, np.int64)
    return held if since.known is None else np.where(since.known, held, received)
