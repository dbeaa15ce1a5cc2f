"""Impact and ranking of policy gaps over a million cases, script alone.

Each look is of another gap, or of another dimension of reach; then after writes that change a case.
"""

from __future__ import annotations

import random

from sqlalchemy import func, select, update
from streamlit.testing.v1 import AppTest

from core.audit.model import Draft
from core.cases.filter import CaseFilter, Segment
from core.clock import to_micros
from core.desk.boot import OPERATOR, Desk
from core.desk.gaps import propose_gap
from core.gaps.impact import REACH
from core.gaps.model import NewGap
from core.storage.gap_reads import gaps_of
from core.storage.investigation_lists import refs_received
from core.storage.tables import CaseRow
from core.taxonomy import taxonomy
from tests.bench.bench_partners import opened, workspace
from tests.bench.bench_script import TIMED, run_ms
from tests.bench.report import Report, percentile, stopwatch
from tests.bench.workspace import CASES
from tests.support.visits import enter

GAPS = 24
LINKED = 40
SCRIPT_BAR_MS = 150
WRITES = 20
SEED = 20_261_123
FEW_MARKETS = 4


def bench(report: Report) -> None:
    """File gaps where there are few, then look at them."""
    with workspace(report) as folder, opened(folder) as desk:
        refs = filed(desk)
        report.note(f"{CASES:,} cases, {len(refs)} open gaps with a filter")
        app = enter(desk, "team_lead", "gaps", script=TIMED)
        with stopwatch() as taken:
            run_ms(app, {"view": "ranking"})
        report.add("gaps, ranking: first look", taken.seconds, "s")
        measure(report, "gaps, ranking", [run_ms(app, {"view": "ranking"}) for _ in range(WRITES)])
        measure(
            report, "gaps, ranking, after a write", after_writes(desk, app, {"view": "ranking"})
        )
        impact(report, desk, refs)


def impact(report: Report, desk: Desk, refs: list[str]) -> None:
    """Each gap by each dimension of reach, none of them seen before in its minute."""
    app = enter(desk, "team_lead", "gap", script=TIMED, gap=refs[0], view="impact")
    looks = [{"gap": ref, "view": "impact", "by": by} for by in REACH for ref in refs]
    measure(report, "gap, impact", [run_ms(app, look) for look in looks[: 2 * GAPS]])
    measure(report, "gap, impact, after a write", after_writes(desk, app, looks[0]))


def measure(report: Report, name: str, taken: list[float]) -> None:
    """Median and p95 of some runs."""
    taken = sorted(taken)
    report.add(f"page script: {name}, median of {len(taken)}", percentile(taken, 0.5), "ms")
    report.add(f"page script: {name}", percentile(taken, 0.95), "ms p95", bar=SCRIPT_BAR_MS)


def after_writes(desk: Desk, app: AppTest, address: dict[str, str]) -> list[float]:
    """The same look again and again, a case having changed each time."""
    taken = []
    for number in range(WRITES):
        touch(desk, number)
        taken.append(run_ms(app, address))
    return taken


def touch(desk: Desk, number: int) -> None:
    """Change one case of those that came last."""
    with desk.store.write(Draft("bench", "bench.note", "bench", {})) as write:
        last = write.connection.execute(select(func.max(CaseRow.id))).scalar_one()
        row = update(CaseRow).where(CaseRow.id == last - number)
        write.connection.execute(row.values(assignee="bench", change_seq=write.seq))


def filed(desk: Desk) -> list[str]:
    """The open gaps with a filter, as many as the bench wants at least."""
    with desk.store.read() as connection:
        gaps = [gap for gap in gaps_of(connection) if gap.is_open and gap.matching]
        refs = refs_received(connection, {}, 0, to_micros(desk.clock.now()), GAPS * LINKED)
    draw = random.Random(SEED)
    for number in range(len(gaps), GAPS):
        cases = refs[number * LINKED : (number + 1) * LINKED]
        propose_gap(desk, OPERATOR, drawn(draw, number), cases)
    with desk.store.read() as connection:
        return [gap.ref for gap in gaps_of(connection) if gap.is_open and gap.matching]


def drawn(draw: random.Random, number: int) -> NewGap:
    """A gap of one abuse type, in a few markets or everywhere."""
    lists = taxonomy()
    markets = draw.sample(list(lists.markets), FEW_MARKETS) if number % 3 else []
    filter_ = CaseFilter(
        segment=Segment.ALL,
        abuse_type=(draw.choice(list(lists.abuse_types)),),
        market=tuple(markets),
    )
    return NewGap(
        f"Bench {number}", "A gap of the bench.", "ambiguous_rule", "moderate", matching=filter_
    )
