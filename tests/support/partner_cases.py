"""Cases of a few partners in states that could be real, with ratings, outcomes and owned time."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.desk.boot import Desk
from core.taxonomy import taxonomy
from tests.support.rows import DAY, HOUR, NOW, a_partner, random_cases, store_cases, store_partners

PARTNERS = 5  # as many as random cases belong to


def served_cases(count: int, seed: int) -> list[dict[str, Any]]:
    """Random cases, most of the last weeks, with all that the service of a partner is counted from."""
    rng = np.random.default_rng(seed)
    return [_served(case, rng) for case in random_cases(count, seed)]


def fill_partners(desk: Desk, count: int, seed: int, **traits: str) -> list[dict[str, Any]]:
    """Put the partners and their cases into a desk; gives the cases as they were written."""
    store_partners(desk.store, *(a_partner(i, **traits) for i in range(1, PARTNERS + 1)))
    cases = served_cases(count, seed)
    store_cases(desk.store, *cases)
    return cases


def _served(case: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    older = int(rng.integers(0, 50)) * DAY if rng.random() < 0.4 else 0
    moments = ("received_at", "resolved_at", "closed_at", "first_response_at", "last_event_at")
    moved = {name: case[name] - older for name in moments if case.get(name) is not None}
    found = {**case, **moved, "data_fault": ""}
    resolved = found.get("resolved_at")
    if resolved is None and found["owner"]:
        return {**found, "owner_since_at": found["received_at"]}
    if resolved is None:  # finished, and nobody knows when
        return {**found, "sla_ttr": "none"}
    lists = taxonomy()
    took = resolved - found["received_at"]
    us = int(rng.integers(0, took))
    return {
        **found,
        "first_resolved_at": resolved,
        "ttr_us": took if found["sla_ttr"] != "none" else None,
        "outcome": str(rng.choice([*lists.outcomes, "", "upheld", "overturned_restored"])),
        "enforcement_action": str(rng.choice([*lists.enforcement_actions, "none"])),
        "csat": int(rng.integers(1, 6)) if rng.random() < 0.4 else None,
        "sla_nrt": str(rng.choice(["met", "breached", "none"])),
        "sla_upd": str(rng.choice(["met", "breached", "none"])),
        "time_us_us": us,
        "time_policy_us": took - us if rng.random() < 0.5 else 0,
        "time_requester_us": int(rng.integers(0, HOUR)),
    }


def open_to_all(cases: list[dict[str, Any]], partner_id: int) -> list[dict[str, Any]]:
    """A partner's cases that the whole desk may see."""
    return [c for c in cases if c["partner_id"] == partner_id and c["restriction"] == "open"]


def days_before(days: int) -> int:
    """The start of the UTC day so many days before today."""
    return (NOW // DAY - days) * DAY
