"""Decisions of a year with one gap in them, written on either store: what candidates are mined from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from core.clock import to_micros
from core.storage.bulk import insert_columns
from core.storage.engine import Store
from core.storage.tables import CaseRow
from core.storage.tables.base import table_of
from tests.support.rows import DAY, DRAFT, a_partner, store_partners

GAP = "RM-2"
USUAL, RAISED = 0.25, 0.6
PARTNERS, CASES_EACH, RESTRICTED_EVERY = 4, 120, 9
CLAUSES = {
    "RM-1": "rights_match_dispute",
    "RM-2": "rights_match_dispute",
    "RM-3": "rights_match_dispute",
    "MD-1": "monetisation_dispute",
    "MD-2": "monetisation_dispute",
    "FC-1": "fact_check_dispute",
    "FC-2": "fact_check_dispute",
    "MI-1": "misinformation",
}
CASES = table_of(CaseRow)


def fill_with_decisions(store: Store, at: datetime, seed: int = 4) -> None:
    """Partners and re-reviewed cases of the year before a moment; every ninth case is restricted."""
    store_partners(store, *(a_partner(number) for number in range(1, PARTNERS + 1)))
    add_decisions(store, at, seed=seed)


def add_decisions(
    store: Store,
    at: datetime,
    *,
    seed: int = 4,
    first: int = 1,
    each: int = CASES_EACH,
    days: int = 360,
) -> None:
    """Re-reviewed cases under every clause, resolved a day after they came."""
    rng = np.random.default_rng(seed)
    clause = np.repeat(list(CLAUSES), each)
    rng.shuffle(clause)
    n = len(clause)
    share = np.where(clause == GAP, RAISED, USUAL)
    overturned = rng.random(n) < share
    unclear = overturned & (rng.random(n) < np.where(clause == GAP, 0.7, 0.05))
    received = to_micros(at) - rng.integers(2 * DAY, days * DAY, n)
    ids = np.arange(first, first + n)
    columns: dict[str, list[Any]] = {
        "id": ids.tolist(),
        "ref": [f"E-{i:06d}" for i in ids],
        "source": ["test"] * n,
        "external_id": [f"T{i}" for i in ids],
        "status": ["closed"] * n,
        "received_at": received.tolist(),
        "resolved_at": (received + DAY).tolist(),
        "last_event_at": (received + DAY).tolist(),
        "clause": clause.tolist(),
        "abuse_type": [CLAUSES[c] for c in clause],
        "market": rng.choice(["DE", "BR", "US"], n).tolist(),
        "surface": rng.choice(["feed", "reels"], n).tolist(),
        "partner_id": rng.integers(1, PARTNERS + 1, n).tolist(),
        "outcome": np.where(overturned, "overturned_restored", "upheld").tolist(),
        "overturn_reason": np.where(
            unclear, "policy_ambiguous", np.where(overturned, "context_missed", "")
        ).tolist(),
        "restriction": np.where(ids % RESTRICTED_EVERY == 0, "restricted", "open").tolist(),
    }
    with store.write(DRAFT) as write:
        insert_columns(write, CASES, {**columns, "change_seq": [write.seq] * n})
