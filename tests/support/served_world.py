"""Partners and their cases of the last months on any desk: one is served worse since four weeks."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.clock import to_micros
from core.desk.boot import Desk
from core.storage.bulk import insert_columns
from core.storage.tables import CaseRow
from core.storage.tables.base import table_of
from tests.support.rows import DAY, DRAFT, HOUR, a_partner, store_partners

PARTNERS, EACH, DAYS = 24, 75, 160
WORSE, FEW = 1, PARTNERS  # keys: served worse lately in one channel; has hardly any cases
WORSE_REF, OTHER_REF, FEW_REF = "P-0001", "P-0002", f"P-{FEW:04d}"
WORSE_CHANNEL, WORSE_DAYS = "partner_email", 28
FEW_CASES, WORSE_CASES = 4, 320
CASES = table_of(CaseRow)
VALUES = {
    "abuse_type": ("spam", "misinformation", "third_party_ip", ""),
    "channel": ("partner_email", "partner_portal", "chat"),
    "market": ("DE", "FR", "BR"),
    "priority": ("P2", "P3", "P1"),
    "surface": ("feed", "reels"),
    "language": ("de", "en"),
    "requester_kind": ("partner", "press"),
}


def fill_served(desk: Desk, seed: int = 1) -> None:
    """Put partners and cases into an empty store, up to the desk's present."""
    store_partners(desk.store, *(a_partner(key) for key in range(1, PARTNERS + 1)))
    now = to_micros(desk.clock.now())
    columns = _cases(np.random.default_rng(seed), now)
    count = len(columns["received_at"])
    with desk.store.write(DRAFT) as write:
        stamps: dict[str, list[Any]] = {
            "id": list(range(1, count + 1)),
            "ref": [f"E-{number:06d}" for number in range(1, count + 1)],
            "source": ["test"] * count,
            "external_id": [f"T{number}" for number in range(1, count + 1)],
            "change_seq": [write.seq] * count,
            "policy_version": [desk.book.policies[-1].id] * count,
            "calendar": [next(iter(desk.book.calendars))] * count,
        }
        insert_columns(write, CASES, {**stamps, **columns})


def _cases(rng: np.random.Generator, now: int) -> dict[str, list[Any]]:
    cases = {WORSE: WORSE_CASES, FEW: FEW_CASES}
    keys = range(1, PARTNERS + 1)
    partner = np.repeat(keys, [cases.get(key, EACH) for key in keys])
    count = len(partner)
    received = now - rng.integers(HOUR, DAYS * DAY, count)
    drawn = {name: rng.choice(values, count) for name, values in VALUES.items()}
    lately = received > now - WORSE_DAYS * DAY
    hit = (partner == WORSE) & lately & (drawn["channel"] == WORSE_CHANNEL)
    met = rng.random(count) < np.where(hit, 0.1, 0.88)
    took = (rng.lognormal(0, 0.8, count) * 2 * DAY).astype(np.int64)
    resolved = received + took
    is_open = resolved >= now
    outcome = rng.choice(
        ["upheld", "overturned_restored", "no_violation"], count, p=[0.6, 0.15, 0.25]
    )
    rating = np.where(rng.random(count) < 0.4, rng.integers(1, 6, count), 0)
    end = [None if o else int(at) for o, at in zip(is_open, resolved, strict=True)]
    return {
        **{name: values.tolist() for name, values in drawn.items()},
        "partner_id": partner.tolist(),
        "tier": ["T2"] * count,
        "received_at": received.tolist(),
        "restriction": rng.choice(
            ["open", "restricted", "sealed"], count, p=[0.9, 0.07, 0.03]
        ).tolist(),
        "status": np.where(is_open, "in_progress", "closed").tolist(),
        "owner": np.where(is_open, "us", "").tolist(),
        "sla_frt": np.where(met, "met", "breached").tolist(),
        "sla_ttr": np.where(is_open, "running", "met").tolist(),
        "first_response_at": (received + HOUR // 2).tolist(),
        "frt_breached_at": [
            None if m else int(at) + HOUR // 4 for m, at in zip(met, received, strict=True)
        ],
        "ttr_due_at": (received + 3 * DAY).tolist(),
        "first_resolved_at": end,
        "resolved_at": end,
        "closed_at": end,
        "ttr_us": [None if o else int(t) for o, t in zip(is_open, took, strict=True)],
        "outcome": np.where(is_open, "", outcome).tolist(),
        "reopen_count": (rng.random(count) < 0.08).astype(int).tolist(),
        "csat": [None if o or not r else int(r) for o, r in zip(is_open, rating, strict=True)],
        "last_event_at": np.minimum(resolved, now).tolist(),
    }
