"""The partners page and the partner page over a million cases of 5,000 partners, script alone.

Looks at days and partners not shown before, then again, then after a write that changes a case.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from core.audit.model import Draft
from core.clock import to_micros
from core.desk.boot import Desk
from core.desk.health_book import health_book, today_of
from core.desk.health_history import hold_health_ready
from core.desk.partner_ask import Order
from core.taxonomy import taxonomy
from core.ui import serving
from core.ui.state import the_desk
from tests.bench.bench_script import TIMED, run_ms
from tests.bench.report import Report, percentile, repeated_ms, stopwatch
from tests.bench.workspace import CASES, READY_MADE
from tests.support.program import CommandLine
from tests.support.visits import enter

PARTNERS = int(os.environ.get("BENCH_PARTNERS", "5000"))
SCRIPT_BAR_MS = 150
BOOK_BAR_MS = 150
LOOKS = 40
LISTS = ("list", "movers", "funnel", "directory")
ONE = ("health", "service", "cases", "record", "brief", "formula", "details")
Address = Mapping[str, str | list[str]]


def bench(report: Report) -> None:
    """The book alone, then each view of both pages."""
    with workspace(report) as folder, opened(folder) as desk:
        report.note(f"{CASES:,} cases, {PARTNERS:,} partners")
        with stopwatch() as taken, desk.snapshot.reading() as reading:
            health_book(reading, today_of(to_micros(desk.clock.now())))
        report.add("first health book after a start, with its chain of days", taken.seconds, "s")
        with stopwatch() as taken, desk.snapshot.reading() as reading:
            hold_health_ready(reading)
        report.add(
            "the weeks of every history, in the background after a start", taken.seconds, "s"
        )
        books(report, desk)
        lists(report, desk)
        partners(report, desk)


@contextmanager
def workspace(report: Report) -> Iterator[Path]:
    """The folder that is ready made, or a demo of its own."""

    with tempfile.TemporaryDirectory() as own:
        if not READY_MADE:
            with stopwatch() as making:
                size = ("--cases", str(CASES), "--partners", str(PARTNERS))
                CommandLine(Path(own)).run("demo", *size)
            report.note(f"the demo took {making.seconds:,.0f} s to make")
        yield Path(READY_MADE or own)


@contextmanager
def opened(folder: Path) -> Iterator[Desk]:
    """The desk over a folder, its cases loaded."""
    os.environ["DESK_LOCAL_DIR"] = str(folder)
    serving.prepare()
    desk = the_desk()
    desk.snapshot.catch_up(wait=True)
    yield desk
    desk.snapshot.close()
    desk.store.close()


def books(report: Report, desk: Desk) -> None:
    """One day counted anew, of which nothing is remembered but the days before."""
    today = today_of(to_micros(desk.clock.now()))

    def count() -> None:
        with desk.snapshot.reading() as reading:
            shelf = desk.snapshot.memory._shelves["health scored"]
            for key in [k for k in shelf.held if isinstance(k, tuple) and k[0] == today]:
                del shelf.held[key]
            health_book(reading, today)

    taken = sorted(repeated_ms(count, LOOKS))
    report.add("health book of today, counted anew: median", percentile(taken, 0.5), "ms")
    report.add(
        "health book of today, counted anew", percentile(taken, 0.95), "ms p95", bar=BOOK_BAR_MS
    )


def lists(report: Report, desk: Desk) -> None:
    """Every view of the partners page, each look with another filter, order or page."""
    app = enter(desk, "team_lead", "partners", script=TIMED)
    for view in LISTS:
        with stopwatch() as taken:
            run_ms(app, {"view": view})
        report.add(f"partners, {view}: first look", taken.seconds, "s")
        measure(report, f"partners, {view}", app, [{"view": view, **ask} for ask in asks()])
    desk.store.record(Draft("bench", "bench.note", "bench", {}))
    measure(report, "partners, after a write without a case", app, [{"view": "list"}])


def asks() -> list[dict[str, str]]:
    """Looks at the same partners, no two alike."""
    tiers = [{}, *({"tier": tier} for tier in taxonomy().terms("tiers"))]
    orders = [{"sort": order, "page": str(page)} for page in (1, 2) for order in Order]
    return [{**tier, **order} for order in orders for tier in tiers][:LOOKS]


def partners(report: Report, desk: Desk) -> None:
    """Every view of the partner page, each look at another partner."""
    with desk.snapshot.reading() as reading:
        refs = reading.roster.refs
    rng = np.random.default_rng(1)
    app = enter(desk, "team_lead", "partner", script=TIMED, partner=refs[0])
    for view in ONE:
        run_ms(app, {"partner": refs[0], "view": view})
        some = rng.choice(len(refs), LOOKS, replace=False).tolist()
        looks: list[Address] = [{"partner": refs[at], "view": view} for at in some]
        measure(report, f"partner, {view}", app, looks)


def measure(report: Report, name: str, app: AppTest, addresses: Sequence[Address]) -> None:
    """Median and p95 of runs at these addresses."""
    taken = sorted(run_ms(app, address) for address in addresses)
    report.add(f"page script: {name}, median of {len(taken)}", percentile(taken, 0.5), "ms")
    report.add(f"page script: {name}", percentile(taken, 0.95), "ms p95", bar=SCRIPT_BAR_MS)
