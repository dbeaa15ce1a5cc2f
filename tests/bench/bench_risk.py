"""The risk page at a million cases: heatmaps of many pairs of dimensions, the scan, and a start.

Each heatmap is shown for the first time, so that nothing of it was counted before; the second look
stands beside it. The floors are plain group-bys of the same cells by week in the same run: DuckDB
over the same snapshot, pandas, SQLite, and PostgreSQL over a table of those columns only.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pandas as pd
import psycopg
from streamlit.testing.v1 import AppTest

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.desk.boot import Desk, open_desk
from core.desk.risk import heatmap_view
from core.desk.sessions import person_of_token
from core.desk.surges import surges_view
from core.risk.heat_ask import BEFORE, RUNNING, HeatmapAsk, Measure
from core.settings import Settings
from core.ui import serving
from core.ui.state import TOKEN, the_desk
from tests.bench.bench_script import TIMED, run_ms
from tests.bench.report import Report, percentile, repeated_ms, stopwatch
from tests.bench.workspace import CASES, demo_folder
from tests.support.postgres import running_postgres
from tests.support.visits import enter

SCRIPT_BAR_MS = 100
SCAN_BAR_S = 1.0
START_BAR_S = 5.0
FLOOR_GOAL = 3.0
RUNS = 10
WEEK_US = 7 * 24 * 3_600_000_000
PAIRS = (
    *(("abuse_type", "market"), ("abuse_type", "channel"), ("abuse_type", "week")),
    *(("abuse_family", "region"), ("surface", "tier"), ("market", "channel")),
    *(("partner", "abuse_type"), ("partner_category", "channel"), ("outcome", "market")),
    *(("language", "abuse_type"), ("weekday", "hour"), ("market", "day"), ("owner", "priority")),
    *(("clause", "outcome"), ("platform", "surface"), ("tier", "week"), ("market", "abuse_family")),
    *(("requester_kind", "channel"), ("region", "hour"), ("team", "abuse_type")),
)
GROUP_BY = (
    "SELECT abuse_type, market, received_at / {week} AS week, count(*) FROM cases"
    " GROUP BY abuse_type, market, received_at / {week}"
)


def bench(report: Report) -> None:
    """Start from the kept snapshot, then every pair, the scan, and the floors."""
    with demo_folder(report) as folder:
        keep_snapshot(folder)
        with visited(report, folder) as (desk, app):
            report.note(f"{CASES:,} cases")
            floor = floors(report, desk, folder)
            scripts(report, app)
            person = person_of_token(desk, app.session_state[TOKEN])
            assert person is not None
            forget(desk)
            views(report, desk, person, floor)
            scan(report, desk, person)


def keep_snapshot(folder: Path) -> None:
    """Make sure that there is a kept snapshot of what the store holds."""
    os.environ["DESK_LOCAL_DIR"] = str(folder)
    desk = open_desk(Settings())
    desk.snapshot.catch_up(wait=True)
    desk.snapshot.close()
    desk.store.close()


@contextmanager
def visited(report: Report, folder: Path) -> Iterator[tuple[Desk, AppTest]]:
    """The risk page as a team lead sees it, from a desk that has just started."""
    os.environ["DESK_LOCAL_DIR"] = str(folder)
    serving.prepare()
    with stopwatch() as taken:
        desk = the_desk()
        with desk.snapshot.reading():
            report.note("the first reading has all cases")
    report.add("start from the kept snapshot", taken.seconds, "s", bar=START_BAR_S)
    with stopwatch() as taken:
        app = enter(desk, "team_lead", "risk", script=TIMED)
    report.add("first risk page after a start, sign-in included", taken.seconds, "s")
    with stopwatch() as taken:  # what a start still counts beside would be measured with the page
        desk.snapshot._wait_for_background()
        desk.snapshot.errand.wait()
    report.add("until nothing is counted beside any more", taken.seconds, "s")
    yield desk, app
    desk.snapshot.close()
    desk.store.close()


def forget(desk: Desk) -> None:
    """Let go of every result, but not of the arrays of the cases."""
    desk.snapshot.memory.clear()  # a first look is what is measured


def scripts(report: Report, app: AppTest) -> None:
    """The whole page script: pairs never shown before, then the same again; then other choices."""
    pairs = [{"rows": rows, "columns": columns, "weeks": "4"} for rows, columns in PAIRS]
    measure(report, "heatmap of a pair, first look", app, pairs)
    measure(report, "the same, second look", app, pairs)
    longer = [{**pair, "weeks": "13"} for pair in pairs]
    measure(report, "the same pair over 13 weeks, counted before", app, longer)
    measured = [{**pairs[n % 5], "measure": m} for n, m in enumerate([*Measure][1:] * 5)]
    measure(report, "other measures, first look", app, measured)
    others = [{**pair, "end": RUNNING} for pair in pairs[:8]]
    measure(report, "the running week, first look", app, others)
    compared = [{**pair, "against": BEFORE} for pair in pairs[:8]]
    measure(report, "two periods compared", app, compared)


def measure(
    report: Report, name: str, app: AppTest, addresses: Sequence[Mapping[str, str]]
) -> None:
    """Median and p95 of runs at these addresses, each once."""
    taken = sorted(run_ms(app, dict(address)) for address in addresses)
    report.add(f"page script: {name}, median of {len(taken)}", percentile(taken, 0.5), "ms")
    report.add(f"page script: {name}", percentile(taken, 0.95), "ms p95", bar=SCRIPT_BAR_MS)


def views(report: Report, desk: Desk, person: Person, floor: float) -> None:
    """The read alone, without a page around it."""

    def look(rows: str, columns: str) -> float:
        with stopwatch() as taken:
            heatmap_view(desk, person, CaseFilter(), HeatmapAsk(rows, columns, 4))
        return taken.seconds * 1000

    taken = sorted(look(*pair) for pair in PAIRS)
    report.add("heatmap read alone: median", percentile(taken, 0.5), "ms", floor=floor)
    report.add(
        "heatmap read alone",
        percentile(taken, 0.95),
        "ms p95",
        floor=floor,
        bar=FLOOR_GOAL,
        of_floor=True,
    )


def scan(report: Report, desk: Desk, person: Person) -> None:
    """The surges of the last week."""
    for name in ("first", "second"):
        with stopwatch() as taken:
            surges_view(desk, person, CaseFilter())
        bar = SCAN_BAR_S if name == "first" else None
        report.add(f"scan for surges, {name} look", taken.seconds, "s", bar=bar)


def floors(report: Report, desk: Desk, folder: Path) -> float:
    """Abuse type × market × week in one statement each; DuckDB's is the floor of the others."""
    query = GROUP_BY.format(week=WEEK_US)
    with desk.snapshot.reading() as reading:
        cursor = reading.cursor
        duck_query = query.replace("/", "//")
        duck = timed(report, "DuckDB", lambda: cursor.execute(duck_query).fetchnumpy())
        frame = cursor.execute(
            "SELECT abuse_type::VARCHAR AS abuse_type, market::VARCHAR AS market, received_at"
            " FROM cases"
        ).df()
    frame = frame.astype({"abuse_type": "category", "market": "category"})
    timed(report, "pandas, dimensions as categories", lambda: grouped(frame), duck)
    with closing(sqlite3.connect(f"file:{folder / 'desk.db'}?mode=ro", uri=True)) as store:
        timed(report, "SQLite, the store itself", lambda: store.execute(query).fetchall(), duck, 2)
    with postgres(frame) as connection:
        timed(report, "PostgreSQL", lambda: connection.execute(query).fetchall(), duck, 3)
    return duck


def grouped(frame: pd.DataFrame) -> object:
    """The same with pandas."""
    week = frame["received_at"] // WEEK_US
    return frame.groupby(["abuse_type", "market", week], observed=True).size()


def timed(
    report: Report,
    name: str,
    work: Callable[[], object],
    floor: float | None = None,
    runs: int = RUNS,
) -> float:
    """p95 of a group-by."""
    taken = percentile(repeated_ms(work, runs), 0.95)
    report.add(f"group by type, market and week: {name}", taken, "ms p95", floor=floor)
    return taken


@contextmanager
def postgres(frame: pd.DataFrame) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A table of just these columns."""
    with running_postgres() as server, psycopg.connect(server.uri) as connection:
        connection.execute("CREATE TABLE cases (abuse_type TEXT, market TEXT, received_at BIGINT)")
        with connection.cursor().copy("COPY cases FROM STDIN") as copy:
            for row in frame.itertuples(index=False):
                copy.write_row(row)
        connection.execute("ANALYZE cases")
        yield connection
