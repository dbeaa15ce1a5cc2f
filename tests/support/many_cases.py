"""A store with very many cases, written column by column: states are drawn, stories are not told."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.storage.engine import Store, sqlite_file
from core.taxonomy import taxonomy
from tests.support.rows import ALWAYS_OPEN, DAY, HOUR, NOW, ORIGIN

PARTNERS = 2_000
YEARS_US = 730 * DAY
Ints = npt.NDArray[np.int64]


def fill(store: Store, count: int, *, seed: int = 1, open_share: float = 0.03) -> None:
    """Put partners and cases into an empty SQLite store, received over two years up to now."""
    with sqlite3.connect(sqlite_file(store), isolation_level=None) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN IMMEDIATE")
        _insert(connection, "partners", _partners())
        _insert(connection, "cases", _cases(count, seed, open_share))
        texts = {"case_id": range(1, count + 1), "title": ["Title"] * count}
        _insert(connection, "case_texts", texts)
        connection.execute("UPDATE app_seq SET seq = seq + 1")
        connection.execute("COMMIT")


def _insert(connection: sqlite3.Connection, table: str, columns: dict[str, Sequence[Any]]) -> None:
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    connection.executemany(statement, zip(*columns.values(), strict=True))


def _partners() -> dict[str, Sequence[Any]]:
    categories = list(taxonomy().partner_categories)
    ids = range(1, PARTNERS + 1)
    return {
        "id": ids,
        "ref": [f"P-{i:04d}" for i in ids],
        "name": [f"Partner {i}" for i in ids],
        "category": [categories[i % len(categories)] for i in ids],
        "created_at": [0] * PARTNERS,
    }


def _cases(count: int, seed: int, open_share: float) -> dict[str, Sequence[Any]]:
    rng = np.random.default_rng(seed)
    received = np.sort(NOW - rng.integers(0, YEARS_US, count))
    # Most open cases are young, a few are old.
    young = np.exp((received - NOW) / (20 * DAY))
    is_open = rng.random(count) < open_share * count * young / young.sum() * 0.9 + open_share / 10
    return {
        "id": range(1, count + 1),
        "ref": [f"E-{i:06d}" for i in range(1, count + 1)],
        "external_id": [str(i) for i in range(1, count + 1)],
        "change_seq": [1] * count,
        "received_at": received.tolist(),
        **_attributes(rng, count),
        **_states(rng, received, is_open),
    }


def _attributes(rng: np.random.Generator, count: int) -> dict[str, Sequence[Any]]:
    lists = taxonomy()

    def pick(values: Sequence[str]) -> list[str]:
        # Few values are frequent and many are rare, as in every real list.
        shares = 1 / np.arange(1, len(values) + 1)
        places = rng.choice(len(values), count, p=shares / shares.sum())
        return [values[place] for place in places.tolist()]

    return {
        "priority": pick(["P2", "P3", "P1", "P0"]),
        "channel": pick(list(lists.channels)),
        "source_type": pick(list(lists.source_types)),
        "requester_kind": pick(list(lists.requester_kinds)),
        "platform": pick(list(lists.platforms)),
        "surface": pick(list(lists.surfaces)),
        "abuse_type": pick(list(lists.abuse_types)),
        "clause": pick([f"clause-{i}" for i in range(100)]),
        "tier": pick(list(lists.tiers)),
        "market": pick(list(lists.markets)[:80]),
        "language": pick(list(lists.languages)[:40]),
        "team": pick([f"team {i}" for i in range(12)]),
        "assignee": pick(["", *(f"user{i}" for i in range(60))]),
        "outcome": pick(["", *lists.outcomes]),
        "overturn_reason": pick(["", *lists.overturn_reasons]),
        "enforcement_action": pick(list(lists.enforcement_actions)),
        "calendar": pick(["24x7", "emea-berlin", "noram-newyork", "apac-tokyo"]),
        "restriction": pick(["open"] * 9 + ["restricted", "sealed"]),
        "partner_id": rng.integers(1, PARTNERS + 1, count).tolist(),
        "reopen_count": (rng.random(count) < 0.05).astype(int).tolist(),
    }


def _states(
    rng: np.random.Generator, received: Ints, is_open: npt.NDArray[np.bool_]
) -> dict[str, Sequence[Any]]:
    count = len(received)
    took = rng.gamma(0.8, 4 * HOUR, count).astype(np.int64)
    resolved = np.minimum(received + took * 6, NOW - HOUR)
    owner = rng.choice(["us", "us", "us", "requester", "policy", "legal"], count)
    runs = is_open & (owner != "requester")
    due = NOW + rng.integers(-20 * HOUR, 60 * HOUR, count)
    base = NOW - ORIGIN - rng.integers(0, 40 * HOUR, count)
    waiting = np.where(owner == "us", "in_progress", np.char.add("awaiting_", owner))
    return {
        "status": np.where(is_open, waiting, "closed").tolist(),
        "owner": np.where(is_open, owner, "").tolist(),
        "owner_since_at": received.tolist(),
        "last_event_at": resolved.tolist(),
        "first_response_at": (received + took).tolist(),
        "frt_us": took.tolist(),
        "resolved_at": _some(resolved, ~is_open),
        "closed_at": _some(resolved + HOUR, ~is_open),
        "ttr_us": _some(resolved - received, ~is_open),
        "sla_frt": rng.choice(["met", "met", "met", "breached"], count).tolist(),
        "sla_nrt": rng.choice(["met", "met", "none"], count).tolist(),
        "sla_upd": rng.choice(["met", "none", "breached"], count, p=[0.7, 0.25, 0.05]).tolist(),
        "sla_ttr": np.where(runs, "running", np.where(is_open, "paused", "met")).tolist(),
        "ttr_due_at": _some(due, runs),
        "first_breached_at": _some(received + took, rng.random(count) < 0.1),
        "next_clock": np.where(runs, "ttr", "").tolist(),
        "next_due_at": _some(due, runs),
        "next_target_us": _some(np.full(count, 40 * HOUR), runs),
        "next_base_us": _some(base, runs),
        "next_calendar": np.where(runs, ALWAYS_OPEN, "").tolist(),
    }


def _some(values: Ints, known: npt.NDArray[np.bool_]) -> list[int | None]:
    return [v if k else None for v, k in zip(values.tolist(), known.tolist(), strict=True)]
