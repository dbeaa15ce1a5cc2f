"""Two years of quiet cases with one surge in their last whole week, written on either store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from core.clock import to_micros
from core.risk.finding import Condition, Slice
from core.storage.bulk import insert_columns
from core.storage.engine import Store
from core.storage.tables import CaseRow
from core.storage.tables.base import table_of
from tests.support.rows import DAY, DRAFT, a_partner, store_partners

WEEKS = 112
A_WEEK = 100
EXTRA = 36  # cases of the surge
PARTNERS = 12
SURGE_ON = date(2026, 2, 23)  # a Monday
THURSDAY = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)  # of the week after
SURGE: Slice = (
    Condition("abuse_type", "identity_misrepresentation"),
    Condition("market", "BR"),
)
# The first value is the most frequent; '' is unknown.
VALUES = {
    "abuse_type": ("spam", "identity_misrepresentation", "misinformation", "cybersecurity", ""),
    "channel": ("partner_email", "chat", "phone"),
    "market": ("DE", "FR", "BR", "IN", ""),
    "surface": ("feed", "reels", "stories", ""),
    "platform": ("facebook", "instagram"),
    "tier": ("T2", "T1", "T3"),
    "priority": ("P2", "P3", "P1"),
    "requester_kind": ("partner", "press", "user"),
}
NEW_CASES = 6  # of the surge
NEW_SURFACE = "live"  # never seen before the week of the surge
CASES = table_of(CaseRow)


def fill_with_surge(store: Store, surge_on: date = SURGE_ON, seed: int = 1) -> None:
    """Put partners and cases into an empty store, up to the Thursday after the surge's week."""
    store_partners(store, *(a_partner(number) for number in range(1, PARTNERS + 1)))
    rng = np.random.default_rng(seed)
    columns = _quiet(rng, surge_on)
    _add_surge(rng, columns, surge_on)
    count = len(columns["received_at"])
    ids = list(range(1, count + 1))
    with store.write(DRAFT) as write:
        stamps: dict[str, list[Any]] = {
            "id": ids,
            "ref": [f"E-{id_:06d}" for id_ in ids],
            "source": ["test"] * count,
            "external_id": [f"T{id_}" for id_ in ids],
            "change_seq": [write.seq] * count,
            "status": ["closed"] * count,
            "last_event_at": columns["received_at"],
        }
        insert_columns(write, CASES, {**stamps, **columns})


def _quiet(rng: np.random.Generator, surge_on: date) -> dict[str, list[Any]]:
    """Cases without a pattern."""
    end = _midnight(surge_on) + 10 * DAY + DAY // 2
    count = A_WEEK * WEEKS
    received = np.sort(rng.integers(_midnight(surge_on) - 7 * WEEKS * DAY, end, count))
    columns: dict[str, list[Any]] = {"received_at": received.tolist()}
    for name, values in VALUES.items():
        share = 1 / np.arange(2, len(values) + 2)
        columns[name] = rng.choice(values, count, p=share / share.sum()).tolist()
    columns["partner_id"] = rng.integers(1, PARTNERS + 1, count).tolist()
    columns["restriction"] = rng.choice(
        ["open", "restricted", "sealed"], count, p=[0.9, 0.08, 0.02]
    ).tolist()
    return columns


def _add_surge(rng: np.random.Generator, columns: dict[str, list[Any]], surge_on: date) -> None:
    """More cases of the slice; some of them on a surface that is new."""
    drawn = rng.choice(len(columns["received_at"]), EXTRA).tolist()
    # Away from the edges of the week, so that it is the same week in every zone.
    moments = (_midnight(surge_on) + DAY + rng.integers(0, 5 * DAY, EXTRA)).tolist()
    for number, (place, moment) in enumerate(zip(drawn, moments, strict=True)):
        case = {name: values[place] for name, values in columns.items()}
        case |= {"received_at": moment, **{c.dimension: c.value for c in SURGE}}
        if number < NEW_CASES:
            case["surface"] = NEW_SURFACE
        for name, value in case.items():
            columns[name].append(value)


def _midnight(day: date) -> int:
    return to_micros(datetime(day.year, day.month, day.day, tzinfo=UTC))
