"""Decisions of a year with one gap in them, written on either store: what candidates are mined from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import select

from core.clock import to_micros
from core.storage.bulk import insert_columns
from core.storage.engine import Store
from core.storage.tables import CaseRow, CaseTextRow, DecisionRow
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
TEXTS = table_of(CaseTextRow)
DECISIONS = table_of(DecisionRow)
ALIKE = "Song lyrics quoted by station {} were taken down as a slur on the {} page"
PEOPLE = ("ada", "bo", "cy", "dee", "eli")


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


def add_alike_texts(store: Store, at: datetime, *, first: int = 50_001, count: int = 24) -> None:
    """Cases that nobody could act on, told alike; every eighth is restricted; and some noise."""
    rng = np.random.default_rng([8, first])
    ids = list(range(first, first + 2 * count))
    alike = [i < first + count for i in ids]
    received = (to_micros(at) - rng.integers(DAY, 300 * DAY, len(ids))).tolist()
    noise = ["".join(rng.choice(list("bcdfgklmnprst") + list("aeiou"), 7)) for _ in range(900)]
    texts = [
        ALIKE.format(rng.choice(["north", "south", "river"]), rng.choice(["news", "fan", "club"]))
        if one
        else " ".join(rng.choice(noise, 10))
        for one in alike
    ]
    cases: dict[str, list[Any]] = {
        "id": ids,
        "ref": [f"E-{i:06d}" for i in ids],
        "source": ["test"] * len(ids),
        "external_id": [f"T{i}" for i in ids],
        "status": ["closed"] * len(ids),
        "received_at": received,
        "last_event_at": received,
        "outcome": ["not_actionable"] * len(ids),
        "priority": ["P1"] * len(ids),
        "partner_id": [1] * len(ids),
        "restriction": ["restricted" if i % 8 == 0 else "open" for i in ids],
    }
    with store.write(DRAFT) as write:
        insert_columns(write, CASES, {**cases, "change_seq": [write.seq] * len(ids)})
        insert_columns(write, TEXTS, {"case_id": ids, "title": texts})


def add_deciders(store: Store, at: datetime, seed: int = 6) -> None:
    """A decision of somebody on every case; under the clause with the gap two overturn all."""
    rng = np.random.default_rng(seed)
    with store.write(DRAFT) as write:
        rows = write.connection.execute(
            select(CASES.c.id, CASES.c.clause).where(CASES.c.clause != "").order_by(CASES.c.id)
        ).all()
        who = rng.choice(PEOPLE, len(rows))
        share = [
            (0.95 if p in PEOPLE[:2] else 0.1) if row.clause == GAP else USUAL
            for row, p in zip(rows, who, strict=True)
        ]
        hit = rng.random(len(rows)) < np.array(share)
        columns: dict[str, list[Any]] = {
            "id": list(range(1, len(rows) + 1)),
            "case_id": [row.id for row in rows],
            "at": [to_micros(at)] * len(rows),
            "decided_by": who.tolist(),
            "clause": [row.clause for row in rows],
            "outcome": np.where(hit, "overturned_restored", "upheld").tolist(),
        }
        insert_columns(write, DECISIONS, columns)
