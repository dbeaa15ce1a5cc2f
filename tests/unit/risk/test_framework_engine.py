"""The engine against a public table of the same kind, whose counts are known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.risk.framework_checks import Draft, RowLine, check_draft
from core.risk.framework_ranges import flip_shares, row_counts, verdict_range
from tests.unit.risk.framework_builders import a_table, ssvc_draft

DRAFT = ssvc_draft()
TABLE = a_table(DRAFT)


def test_the_public_table_is_complete_without_duplicates_and_monotone() -> None:
    checks = {check.key: check for check in check_draft(DRAFT)}
    assert checks["complete"].count == len(DRAFT.lines) == 72
    assert [check.key for check in checks.values() if not check.holds] == []
    assert checks["monotone"].count == 48 + 48 + 36 + 54


def test_its_rows_per_verdict_are_the_known_ones() -> None:
    assert row_counts(TABLE) == {"defer": 7, "scheduled": 42, "out_of_cycle": 20, "immediate": 3}


@pytest.mark.parametrize(
    ("point", "share"),
    [("exploitation", 0.521), ("automatable", 0.361), ("human_impact", 0.296), ("exposure", 0.250)],
)
def test_its_flip_shares_are_the_known_ones(point: str, share: float) -> None:
    assert round(flip_shares(TABLE)[point].share, 3) == share


def test_the_engine_gives_every_row_its_own_verdict() -> None:
    points = [point.key for point in TABLE.points]
    given = [TABLE.verdict_of(dict(zip(points, x.levels, strict=True))) for x in DRAFT.lines]
    assert given == [line.verdict for line in DRAFT.lines]


def test_immediate_is_given_where_the_public_table_gives_it() -> None:
    found = {line.levels for line in DRAFT.lines if line.verdict == "immediate"}
    assert found == {
        ("active", "open", "no", "very_high"),
        ("active", "open", "yes", "high"),
        ("active", "open", "yes", "very_high"),
    }


def test_what_is_unknown_spans_from_the_best_to_the_worst_row() -> None:
    span = verdict_range(TABLE, {"exploitation": "active", "exposure": "open"})
    assert (span.best, span.worst) == ("scheduled", "immediate")
    assert verdict_range(TABLE, {}).words == "defer to immediate"


def faults(draft: Draft, key: str) -> list[str]:
    check = next(check for check in check_draft(draft) if check.key == key)
    return [f"{fault.at}: {fault.message}" for fault in check.faults]


@given(st.sampled_from(DRAFT.lines))
def test_any_row_that_is_taken_out_is_named(line: RowLine) -> None:
    kept = tuple(other for other in DRAFT.lines if other is not line)
    assert faults(replace(DRAFT, lines=kept), "complete") == [
        f"table.csv: {' × '.join(line.levels)} has no row"
    ]


@given(st.sampled_from(DRAFT.lines), st.sampled_from(DRAFT.verdicts))
def test_any_row_that_stands_twice_is_told_both_lines(line: RowLine, verdict: str) -> None:
    twice = (*DRAFT.lines, RowLine(99, line.levels, verdict))
    (told,) = faults(replace(DRAFT, lines=twice), "no_duplicate")
    assert told.startswith("table.csv, line 99: ")
    assert told.endswith(f"stands already in line {line.line}")


@given(st.sampled_from(DRAFT.lines), st.sampled_from(DRAFT.verdicts))
def test_any_verdict_out_of_order_with_a_neighbour_is_told_at_the_pair(
    line: RowLine, verdict: str
) -> None:
    changed = tuple(replace(x, verdict=verdict) if x is line else x for x in DRAFT.lines)
    told = faults(replace(DRAFT, lines=changed), "monotone")
    rank = DRAFT.verdicts.index
    near = [x for x in DRAFT.lines if steps_between(line, x) == 1]
    fallen = [x for x in near if (rank(x.verdict) < rank(verdict)) if is_above(x, line)]
    fallen += [x for x in near if (rank(x.verdict) > rank(verdict)) if is_above(line, x)]
    assert len(told) == len(fallen)
    assert all(f"line {line.line}" in text for text in told)


def places(line: RowLine) -> list[int]:
    return [p.keys.index(x) for p, x in zip(DRAFT.points, line.levels, strict=True)]


def steps_between(one: RowLine, other: RowLine) -> int:
    return sum(abs(a - b) for a, b in zip(places(one), places(other), strict=True))


def is_above(one: RowLine, other: RowLine) -> bool:
    return sum(places(one)) > sum(places(other))
