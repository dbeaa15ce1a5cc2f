"""Bulk submissions: alike cases of one partner that come close together are one incident."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.risk.scan_rules import ScanRules
from core.risk.weeked_cases import Ints

US_PER_HOUR = 3_600_000_000


def incident_codes(partner: Ints, alike: Sequence[Ints], at: Ints, rules: ScanRules) -> Ints:
    """One number per incident, for each case.

    ``partner`` is negative where there is none: such a case is its own incident. ``alike`` are the
    codes that must be equal, such as the abuse type. A chain goes on while each case comes within
    ``bulk_hours`` of the one before.
    """
    order = np.lexsort((at, *reversed(alike), partner))
    changed = np.diff(at[order]) > rules.bulk_hours * US_PER_HOUR
    for codes in (partner, *alike):
        changed |= np.diff(codes[order]) != 0
    begins = np.concatenate([np.ones(min(1, len(order)), dtype=np.bool_), changed])
    begins |= partner[order] < 0
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.cumsum(begins) - 1
    return found
