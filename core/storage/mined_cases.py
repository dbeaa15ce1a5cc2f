"""The re-reviewed cases that candidates for gaps are mined from, from the arrays of the snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.cases.filter import CaseFilter
from core.gaps.candidates import overturned_part, reviewed_part, unclear_part
from core.gaps.mining import event_numbers
from core.gaps.mining_cells import ReviewedCases
from core.gaps.mining_rules import MiningRules
from core.stats.arrays import Bools, Ints
from core.storage.queue_conditions import DAY_US, Look
from core.storage.queue_matches import Extent, Matches, codes_of, matches
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES


@dataclass(frozen=True, eq=False, slots=True)
class MinedCases:
    """Re-reviewed cases with both kinds of hits."""

    overturned: ReviewedCases
    unclear: ReviewedCases
    ids: Ints


def mined_cases(reading: Reading, ground: CaseFilter, look: Look, rules: MiningRules) -> MinedCases:
    """The re-reviewed ones among the cases of a filter that somebody may see."""
    found = matches(reading, reviewed_part(ground), look, Extent(CASES))
    chosen = np.flatnonzero(found.all())
    values: dict[str, tuple[str, ...]] = {}
    codes: dict[str, Ints] = {}
    for name in rules.factors:
        values[name], codes[name] = _coded(reading, found, name, chosen)
    event = _events(reading, found, chosen, codes[rules.rule], rules)

    def hits(filter_: CaseFilter) -> ReviewedCases:
        own: Bools = matches(reading, filter_, look, Extent(CASES)).all()[chosen]
        return ReviewedCases(values, codes, own, event)

    ids = np.asarray(found.rows.numbers(CASES.c.id).numbers)[chosen]
    return MinedCases(hits(overturned_part(ground)), hits(unclear_part(ground, rules)), ids)


def count_cases(reading: Reading, filter_: CaseFilter, look: Look) -> int:
    """How many cases of a filter somebody may see."""
    return int(np.count_nonzero(matches(reading, filter_, look, Extent(CASES)).all()))


def newest_ids(reading: Reading, filter_: CaseFilter, look: Look, most: int) -> list[int]:
    """The cases of a filter that were received last."""
    found = matches(reading, filter_, look, Extent(CASES))
    rows = np.flatnonzero(found.all())
    at = np.asarray(found.rows.numbers(CASES.c.received_at).numbers)[rows]
    ids = np.asarray(found.rows.numbers(CASES.c.id).numbers)[rows]
    newest = np.lexsort((-ids, -at))[:most]
    return [int(one) for one in ids[newest]]


def _coded(
    reading: Reading, found: Matches, name: str, chosen: npt.NDArray[np.intp]
) -> tuple[tuple[str, ...], Ints]:
    """The values that occur, and the place of each case's among them."""
    codes, values = codes_of(reading, found, Extent(CASES), name)
    own = codes[chosen]
    present = np.flatnonzero(np.bincount(own, minlength=len(values)))
    place = np.zeros(max(1, len(values)), dtype=np.int64)
    place[present] = np.arange(len(present))
    return tuple(str(values[code]) for code in present.tolist()), place[own]


def _events(
    reading: Reading,
    found: Matches,
    chosen: npt.NDArray[np.intp],
    rule: Ints,
    rules: MiningRules,
) -> Ints:
    partner: npt.NDArray[Any]
    partner, _ = codes_of(reading, found, Extent(CASES), "partner")  # 0 is none
    at = np.asarray(found.rows.numbers(CASES.c.received_at).numbers)[chosen]
    day = at // DAY_US
    first = int(day.min(initial=int(day.max(initial=0))))
    return event_numbers(partner[chosen].astype(np.int64) - 1, rule, day - first, rules.alike_days)
