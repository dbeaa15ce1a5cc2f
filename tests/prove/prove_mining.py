"""Planted gaps are among the first candidates, over simulated worlds full of what looks like gaps."""

from __future__ import annotations

from tests.prove.report import Report
from tests.support.mining_worlds import score

SEED = 0
WORLDS, QUIET_FROM, QUIET_WORLDS = 50, 10_000, 50
GAPS = (4, 5)
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
