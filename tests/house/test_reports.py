"""A bench and a proof judge themselves by the bars they were given."""

from __future__ import annotations

import pytest

from tests.bench.report import Report as BenchReport
from tests.bench.report import percentile
from tests.prove.report import Report as ProofReport


def test_a_bar_on_the_ratio_judges_value_against_floor() -> None:
    report = BenchReport()
    report.add("import", 9.0, "s", floor=3.0, bar=3.0, of_floor=True)
    report.add("export", 10.0, "s", floor=3.0, bar=3.0, of_floor=True)
    assert report.failed == ["export"]


def test_a_bar_on_the_value_needs_no_floor() -> None:
    report = BenchReport()
    report.add("page", 99.0, "ms", bar=100.0)
    report.add("click", 251.0, "ms", floor=60.0, bar=250.0)
    report.add("size", 3.0, "MB")
    assert report.failed == ["click"]
    assert "size" in report.table()


@pytest.mark.parametrize(("share", "expected"), [(0.5, 10.0), (0.95, 19.0), (1.0, 20.0)])
def test_percentile_is_the_smallest_value_that_enough_do_not_exceed(
    share: float, expected: float
) -> None:
    assert percentile([float(n) for n in range(1, 21)], share) == expected


def test_a_claim_that_fails_once_fails_the_proof() -> None:
    report = ProofReport()
    report.add("parts sum to wall clock", seed=1, runs=10, holds=True)
    report.add("no second is lost", seed=1, runs=10, holds=False)
    assert report.failed == ["no second is lost"]
