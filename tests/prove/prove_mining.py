"""Planted gaps are among the first candidates: simulated worlds full of what looks like gaps, demos."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd

from core.demo import generate
from core.sla.policies import read_book
from tests.prove.report import Report
from tests.support.mining_demo import demo_candidates, planted_clauses
from tests.support.mining_worlds import score

SEED = 5_000  # the rules were chosen on seeds from 0 to 24
WORLDS, QUIET_FROM, QUIET_WORLDS = 50, 10_000, 50
GAPS = (4, 5)
DEMO_SEEDS, DEMO_CASES, FIRST = (1, 2, 3, 7, 11, 42, 99, 2026), 12_000, 5
AS_OF = datetime(2026, 11, 19, 15, 30, tzinfo=UTC)
LEAST_RECALL, LEAST_PRECISION, MOST_QUIET = 0.8, 0.6, 1.0


def prove(report: Report) -> None:
    """Worlds with four or five gaps each, then worlds without any."""
    found = score(range(SEED, SEED + WORLDS), GAPS)
    report.add(
        f"mining: recall of planted gaps in the first five at least {LEAST_RECALL}",
        seed=SEED,
        runs=WORLDS,
        holds=found.recall >= LEAST_RECALL,
        detail=f"{found.recall:.3f} of {found.planted} planted, {found.exact} with exactly "
        "their cases",
    )
    report.add(
        f"mining: precision at five at least {LEAST_PRECISION}",
        seed=SEED,
        runs=WORLDS,
        holds=found.precision >= LEAST_PRECISION,
        detail=f"{found.precision:.3f} of all first places, {found.precision_of_shown:.3f} of "
        f"those taken; {found.found / found.worlds:.1f} candidates a world",
    )
    quiet = score(range(QUIET_FROM, QUIET_FROM + QUIET_WORLDS), (0,))
    report.add(
        f"mining: at most {MOST_QUIET:g} candidate in a world without gaps, on average",
        seed=QUIET_FROM,
        runs=QUIET_WORLDS,
        holds=quiet.found / quiet.worlds <= MOST_QUIET,
        detail=f"{quiet.found / quiet.worlds:.2f} a world",
    )
    _demos(report)


def _demos(report: Report) -> None:
    """Demo worlds of the usual size."""
    found, last = 0, 0
    for seed in DEMO_SEEDS:
        world = generate(DEMO_CASES, seed, AS_OF, read_book())
        lines = pd.concat([batch.cases for batch in world.batches()], ignore_index=True)
        order = [one.value("clause") for one in demo_candidates(lines)]
        gaps = planted_clauses(world.truth)
        places = [order.index(clause) + 1 for clause in gaps if clause in order]
        found += len(places) == len(gaps) and max(places) <= FIRST
        last = max([last, *places])
    report.add(
        f"mining: both planted gaps of a demo among its first {FIRST} candidates",
        seed=DEMO_SEEDS[0],
        runs=len(DEMO_SEEDS),
        holds=found == len(DEMO_SEEDS),
        detail=f"{found} of {len(DEMO_SEEDS)} seeds; the last of them on place {last}",
    )
