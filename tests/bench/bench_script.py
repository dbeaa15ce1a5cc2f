"""The script of the queue page at full size, without a browser beside it.

Every single filter, segment and order and a number of page turns, each as a whole run of the app
from its first line to its last: sign-in looked up, shell, cases counted and listed, all elements
built. None was counted before in its minute. The floor is the same run over a store with one case.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.cases.filter import DIMENSIONS, CaseFilter, Flag, Segment, Sort
from core.desk.boot import Desk
from core.desk.queue import queue_view
from core.desk.sessions import person_of_token
from core.ui import serving
from core.ui.state import TOKEN, the_desk
from tests.bench.report import Report, percentile
from tests.bench.workspace import CASES, demo_folder
from tests.support.app import make_demo
from tests.support.visits import RUN, enter

SCRIPT_BAR_MS = 100
PAGE_TURNS = 40
FLOOR_CASES = 1
FLOOR_RUNS = 40
TAKEN = "bench.taken_ms"
TIMED = f"""
import time
import streamlit as st
started = time.perf_counter()
{RUN}
st.session_state[{TAKEN!r}] = (time.perf_counter() - started) * 1000
"""
Address = Mapping[str, str | list[str]]


def bench(report: Report) -> None:
    """Measure the floor, then the same page over all cases."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_demo(folder, FLOOR_CASES)
        with visited(folder) as (_, app):
            floor = percentile(sorted(run_ms(app, {}) for _ in range(FLOOR_RUNS)), 0.95)
    report.add(f"page script over {FLOOR_CASES} case", floor, "ms p95")
    with demo_folder(report) as folder, visited(folder) as (desk, app):
        report.note(f"{CASES:,} cases")
        for kind, addresses in kinds(desk, app).items():
            taken = sorted(run_ms(app, address) for address in addresses)
            report.add(f"page script: {kind}, median of {len(taken)}", percentile(taken, 0.5), "ms")
            report.add(
                f"page script: {kind}",
                percentile(taken, 0.95),
                "ms p95",
                floor=floor,
                bar=SCRIPT_BAR_MS,
            )


@contextmanager
def visited(folder: Path) -> Iterator[tuple[Desk, AppTest]]:
    """The queue of a store as a team lead sees it, loaded and looked at once."""
    os.environ["DESK_LOCAL_DIR"] = str(folder)
    serving.prepare()
    desk = the_desk()
    desk.snapshot.catch_up(wait=True)
    yield desk, enter(desk, "team_lead", "queue", script=TIMED)
    desk.snapshot.close()
    desk.store.close()


def kinds(desk: Desk, app: AppTest) -> dict[str, Iterable[Address]]:
    """The addresses of each kind of click."""
    person = person_of_token(desk, app.session_state[TOKEN])
    assert person is not None
    view = queue_view(desk, person, CaseFilter())
    filters = [
        CaseFilter().but(**{name: (facet.value,)})
        for name in DIMENSIONS
        for facet in view.facets.dimensions[name][:2]
    ]
    filters += [CaseFilter(flags=(flag,)) for flag in Flag]
    filters += [CaseFilter(due_within=240), CaseFilter(age_over=1440), CaseFilter(age_under=1440)]
    places: list[Address] = []
    cursor = view.next
    while cursor is not None and len(places) < PAGE_TURNS:
        places.append({"place": [cursor.to_text()]})
        cursor = queue_view(desk, person, CaseFilter(), cursor, facets=()).next
    return {
        "single filters": [chosen.to_params() for chosen in filters],
        "segments": [CaseFilter(segment=one).to_params() for one in Segment],
        "orders": [CaseFilter(sort=one).to_params() for one in Sort],
        "page turns": places,
    }


def run_ms(app: AppTest, address: Address) -> float:
    """How long one run at an address takes."""
    app.query_params.clear()
    for name, values in address.items():
        app.query_params[name] = values
    app.run()
    assert not app.exception
    return float(app.session_state[TAKEN])
