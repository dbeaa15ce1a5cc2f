"""The queue at a million cases: every single filter, every order, page turns, a start and a write.

Beside each stands the floor: one plain group-by over all cases in the same DuckDB in the same run.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from core.access.model import Person
from core.cases.filter import DATES, DIMENSIONS, CaseFilter, Flag, Segment, Sort
from core.cases.model import Cursor
from core.clock import FixedClock
from core.desk.boot import Desk, open_desk
from core.desk.queue import QueueView, queue_view
from core.settings import Settings
from tests.bench.report import Report, percentile, repeated_ms, stopwatch
from tests.support.many_cases import fill
from tests.support.rows import a_case, store_cases
from tests.support.stores import MONDAY_MORNING, sqlite_url

CASES = int(os.environ.get("BENCH_CASES", "1000000"))
PAGE_TURNS = 20
VIEW_BAR_MS = 60  # leaves 40 of the page script's 100 ms for drawing
LEAD = Person("user1", "Ana", "team_lead", team="team 1", zone="Europe/Berlin")


def bench(report: Report) -> None:
    """Build the store once, then measure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = opened(folder)
        with stopwatch() as built:
            fill(desk.store, CASES)
        report.note(f"{CASES:,} cases written in {built.seconds:.0f} s")
        start(report, desk, "queue: first view, snapshot from the store")
        desk.snapshot.wait_until_kept()
        desk.store.close()
        desk = opened(folder)
        view = start(report, desk, "queue: first view, snapshot from its file")
        report.note(f"open {view.total:,} of {view.facets.segments['all']:,} cases in scope")
        floor = percentile(repeated_ms(lambda: group_by(desk), 20), 0.95)
        report.add("DuckDB: count cases by abuse type", floor, "ms p95")
        measure_views(report, desk, floor)
        measure_write(report, desk, floor)
        desk.store.close()


def opened(folder: Path) -> Desk:
    """The desk on the store of a folder, at a moment that stands still."""
    return open_desk(
        Settings(database_url=sqlite_url(folder), local_dir=folder), FixedClock(MONDAY_MORNING)
    )


def start(report: Report, desk: Desk, name: str) -> QueueView:
    """The first view after a start."""
    with stopwatch() as taken:
        view = queue_view(desk, LEAD, CaseFilter())
    report.add(name, taken.seconds, "s")
    return view


def group_by(desk: Desk) -> object:
    """The floor."""
    with desk.snapshot.reading() as reading:
        return reading.cursor.execute(
            "SELECT abuse_type, count(*) FROM cases GROUP BY abuse_type"
        ).fetchall()


def measure_views(report: Report, desk: Desk, floor: float) -> None:
    """Every filter, order and page turn, each as a person would meet it: not counted before."""
    view = queue_view(desk, LEAD, CaseFilter())
    with stopwatch() as first:
        queue_view(desk, LEAD, CaseFilter(segment=Segment.ALL, priority=("P0",)))
    report.add("queue: first view of all cases", first.seconds * 1000, "ms", floor=floor)
    groups: dict[str, Iterable[Callable[[], object]]] = {
        "every single filter of open cases": asked(desk, single_filters(view, Segment.OPEN)),
        "every segment": asked(desk, [CaseFilter(segment=s) for s in Segment], facets=()),
        "every order of open cases": asked(desk, [CaseFilter(sort=s) for s in Sort]),
        "page turns": turns(desk, CaseFilter()),
    }
    for name, views in groups.items():
        taken = sorted(map(milliseconds, views))
        report.add(
            f"queue: {name}", percentile(taken, 0.95), "ms p95", floor=floor, bar=VIEW_BAR_MS
        )
    taken = sorted(map(milliseconds, asked(desk, single_filters(view, Segment.ALL))))
    report.add(
        "queue: every single filter of all cases", percentile(taken, 0.95), "ms p95", floor=floor
    )
    report.add("queue: the same, median", percentile(taken, 0.5), "ms", floor=floor)


def single_filters(view: QueueView, segment: Segment) -> Iterator[CaseFilter]:
    """One filter for each dimension with its most frequent value, each flag, each other part."""
    for name in DIMENSIONS:
        values = view.facets.dimensions[name]
        if values:
            yield CaseFilter(segment=segment).but(**{name: (values[0].value,)})
    for flag in Flag:
        yield CaseFilter(segment=segment, flags=(flag,))
    for name in DATES:
        day = MONDAY_MORNING.date().replace(day=1)
        yield CaseFilter(segment=segment).but(**{name: day})
    for name in ("due_within", "age_over", "age_under"):
        yield CaseFilter(segment=segment).but(**{name: 24 * 60})


def asked(
    desk: Desk, filters: Iterable[CaseFilter], facets: Sequence[str] = tuple(DIMENSIONS)
) -> Iterator[Callable[[], object]]:
    """One view per filter, with every count of every dimension unless some are named."""
    for chosen in filters:
        yield partial(queue_view, desk, LEAD, chosen, facets=tuple(facets))


def turns(desk: Desk, chosen: CaseFilter) -> Iterator[Callable[[], object]]:
    """One page after the other."""
    place: Cursor | None = None
    for _ in range(PAGE_TURNS):
        yield partial(queue_view, desk, LEAD, chosen, place)
        place = queue_view(desk, LEAD, chosen, place).next


def measure_write(report: Report, desk: Desk, floor: float) -> None:
    """The first view after somebody changed one case."""
    taken = []
    for id_ in range(CASES + 1, CASES + 11):
        store_cases(desk.store, a_case(id_))
        taken.append(milliseconds(lambda: queue_view(desk, LEAD, CaseFilter())))
    report.add(
        "queue: first view after a write", percentile(sorted(taken), 0.95), "ms p95", floor=floor
    )


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
