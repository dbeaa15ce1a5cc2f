"""Times of the SLA clocks at a million cases: one calendar alone, and all five clocks from events."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.sla.batch import clock_frame
from core.sla.calendars import measure_of
from core.sla.policies import read_book
from tests.bench.report import Report

CASES = 1_000_000
AT = datetime(2026, 6, 30, tzinfo=UTC)
HOUR_US = 3_600_000_000
FIVE_CLOCKS_BAR_S = 30.0
KINDS = ("received", "message_in", "reply", "question", "status", "priority", "note")
MOVES = ("in_progress", "awaiting_requester", "awaiting_policy", "triaged", "resolved")


def bench(report: Report) -> None:
    """Elapsed and due on one calendar, then every clock of a million cases."""
    one = one_calendar(CASES)
    report.add("SLA: elapsed + due, one calendar, 1M cases", one, "s", bar=1.0)
    took, events = five_clocks(CASES)
    report.add(
        f"SLA: five clocks from {events / 1e6:.1f}M events, 1M cases",
        took,
        "s",
        bar=FIVE_CLOCKS_BAR_S,
    )


def one_calendar(cases: int, seed: int = 1) -> float:
    """Seconds for elapsed and due of ``cases`` cases on the Berlin office calendar."""
    measure = measure_of(read_book().calendar_at("emea-berlin", AT))
    random = np.random.default_rng(seed)
    end = int(AT.timestamp()) * 1_000_000
    since = end - random.integers(0, 2 * 365 * 24 * HOUR_US, cases)
    until = since + random.integers(0, 500 * HOUR_US, cases)
    started = time.perf_counter()
    begun = measure.worked(since)
    elapsed = measure.worked(until) - begun
    due = measure.moment(begun + 24 * HOUR_US)
    took = time.perf_counter() - started
    if not (elapsed >= 0).all() or not (due > since).all():
        msg = "elapsed or due runs backwards"
        raise AssertionError(msg)
    return took


def five_clocks(cases: int, seed: int = 1) -> tuple[float, int]:
    """Seconds for all clocks of ``cases`` cases, and how many events they had."""
    facts, events = a_load(cases, seed)
    book = read_book()
    for versions in book.calendars.values():
        for calendar in versions:
            measure_of(calendar)
    started = time.perf_counter()
    frame = clock_frame(facts, events, book, AT)
    took = time.perf_counter() - started
    if len(frame) != cases:
        msg = "a case went missing"
        raise AssertionError(msg)
    return took, len(events)


def a_load(cases: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases over two years with five to eight events each, coded as an import codes them."""
    random = np.random.default_rng(seed)
    book = read_book()
    facts = pd.DataFrame(
        {
            "key": np.arange(cases, dtype=np.int64),
            "priority": _drawn(random, ("P0", "P1", "P2", "P3"), cases),
            "tier": _drawn(random, ("T1", "T2", "T3", "T4"), cases),
            "requester_kind": _drawn(random, ("partner", "partner", "press", "user"), cases),
            "calendar": _drawn(random, tuple(book.calendars), cases),
        }
    )
    count = random.integers(5, 9, cases)
    key = np.repeat(facts["key"].to_numpy(), count)
    nth = np.arange(len(key)) - np.repeat(np.cumsum(count) - count, count)
    end = int(AT.timestamp()) * 1_000_000
    received = end - random.integers(0, 2 * 365 * 24 * HOUR_US, cases)
    gaps = np.where(nth == 0, 0, random.exponential(9 * HOUR_US, len(key))).astype(np.int64)
    passed = np.cumsum(gaps)
    at = received[key] + passed - passed[np.cumsum(count) - count][key]
    kind = np.where(nth == 0, 0, random.integers(1, len(KINDS), len(key)))
    kind = np.where(nth == count[key] - 1, KINDS.index("status"), kind)
    move = np.where(nth == count[key] - 1, len(MOVES) - 1, random.integers(0, len(MOVES), len(key)))
    values = (*MOVES, "P1", "")
    value = np.where(kind == KINDS.index("priority"), len(MOVES), len(MOVES) + 1)
    value = np.where(kind == KINDS.index("status"), move, value)
    events = pd.DataFrame(
        {
            "key": key,
            "at": at,
            "kind": _category(kind, KINDS),
            "value": _category(value, values),
        }
    )
    return facts, events


def _drawn(random: np.random.Generator, names: tuple[str, ...], count: int) -> pd.Series:
    distinct = tuple(dict.fromkeys(names))
    codes = np.array([distinct.index(name) for name in names])[
        random.integers(0, len(names), count)
    ]
    return _category(codes, distinct)


def _category(codes: npt.NDArray[np.int64], names: tuple[str, ...]) -> pd.Series:
    return pd.Series(pd.Categorical.from_codes(codes.tolist(), pd.Index(names)))


if __name__ == "__main__":
    bench(Report())
