"""Bulk submissions: alike cases of one partner that come close together are one incident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.risk.scan_rules import ScanRules
from core.risk.weeked_cases import Flags, Ints

US_PER_HOUR = 3_600_000_000


@dataclass(frozen=True, eq=False, slots=True)
class Submissions:
    """Who sent each case, what it is about, and when: incidents are only asked for a few of them."""

    partner: Ints  # negative where there is none
    alike: Ints
    at: Ints

    def incidents(self, members: Flags, among: Flags, rules: ScanRules) -> Ints:
        """One number per incident for each member; chains may run over all of ``among``."""
        kinds = int(self.alike.max(initial=0)) + 2
        pair = (self.partner + 1) * kinds + self.alike + 1
        wanted = np.zeros(int(pair.max(initial=0)) + 1, dtype=np.bool_)
        wanted[pair[members]] = True
        near = np.flatnonzero(among & wanted[pair])
        codes = incident_codes(self.partner[near], [self.alike[near]], self.at[near], rules)
        found: Ints = codes[members[near]]
        return found


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
