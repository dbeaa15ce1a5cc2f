"""Zero seconds of error: the clocks against the naive judge, at full size."""

from __future__ import annotations

from tests.properties.prove_sla import run
from tests.properties.sla_cases import MINUTES, SECONDS
from tests.prove.report import Report

SEED = 20_260
MINUTE_CASES = 100_000
SECOND_CASES = 2_000


def prove(report: Report) -> None:
    """Compare verdict, elapsed, due, breach and owner parts of every generated case."""
    for scale, cases, per_book, unit in (
        (MINUTES, MINUTE_CASES, 1_000, "minute"),
        (SECONDS, SECOND_CASES, 200, "second"),
    ):
        outcome = run(SEED, cases, scale, per_book=per_book, rule_every=5)
        report.add(
            f"SLA clocks and owner parts equal a grid of one {unit} to the {unit}",
            seed=SEED,
            runs=outcome.cases,
            holds=not outcome.faults,
            detail=f"{len(outcome.faults)} differ; {len(outcome.seen)} situations met",
        )
