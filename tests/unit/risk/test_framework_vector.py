"""Vectors and ranges hold for any levels, known or not; a faulty vector is told its part."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.risk.framework_files import current_table, read_tables
from core.risk.framework_model import FrameworkTable
from core.risk.framework_ranges import completion_counts, flipping_changes, verdict_range
from core.risk.framework_vector import parse_vector, print_vector
from tests.unit.risk.framework_builders import a_table, ssvc_draft

TABLE = current_table()
HEAD = f"CR:1.0@{TABLE.content_hash[:12]}"
FULL = f"{HEAD}/H:S/S:G/R:X/V:M/E:H/P:N"
Chosen = dict[str, str | None]


def any_levels(table: FrameworkTable) -> st.SearchStrategy[Chosen]:
    return st.fixed_dictionaries(
        {point.key: st.sampled_from([None, *point.keys]) for point in table.all_points}
    )


SSVC = a_table(ssvc_draft())
TABLES = st.sampled_from([TABLE, SSVC])
CASES = TABLES.flatmap(lambda table: st.tuples(st.just(table), any_levels(table)))


def test_a_vector_reads_as_documented() -> None:
    table, levels = parse_vector(FULL, read_tables())
    assert table == TABLE
    assert levels == {
        "harm": "severe",
        "spread": "growing",
        "reach": None,
        "vulnerability": "minor",
        "evidence": "high",
        "policy_clarity": "absent",
    }
    assert print_vector(table, levels) == FULL


@given(CASES)
def test_parsing_a_printed_vector_gives_the_levels_back(
    case: tuple[FrameworkTable, Chosen],
) -> None:
    table, levels = case
    text = print_vector(table, levels)
    found, parsed = parse_vector(text, {table.version: table})
    assert (found, parsed) == (table, levels)
    assert print_vector(found, parsed) == text


@given(st.permutations(FULL.split("/")[1:]))
def test_the_order_of_the_points_does_not_matter(parts: list[str]) -> None:
    table, levels = parse_vector("/".join([HEAD, *parts]), read_tables())
    assert print_vector(table, levels) == FULL


@pytest.mark.parametrize(
    ("text", "told", "at"),
    [
        ("", "does not start as one", "part 0"),
        ("CR:1.0/H:S", "does not start as one", "part 0"),
        (FULL.replace("CR:1.0", "CR:9.9"), "unknown table", "part 0"),
        (FULL.replace("CR:", "XY:"), "unknown table", "part 0"),
        (f"CR:1.0@{'0' * 12}/H:S", "another edition", "part 0"),
        (FULL.replace("S:G", "Q:G"), "Point 'Q' is unknown", "part 2 'Q:G'"),
        (FULL.replace("S:G", "S:Z"), "Level 'Z' is unknown", "part 2 'S:Z'"),
        (f"{FULL}/H:S", "Harm stands twice", "part 7 'H:S'"),
        (FULL.replace("/P:N", ""), "lacks policy clarity", "vector"),
    ],
)
def test_a_faulty_vector_is_refused_at_its_part(text: str, told: str, at: str) -> None:
    with pytest.raises(BadInput, match=told) as caught:
        parse_vector(text, read_tables())
    assert at in caught.value.at


@given(CASES)
def test_the_range_holds_the_verdict_of_every_completion_and_both_ends_are_reached(
    case: tuple[FrameworkTable, Chosen],
) -> None:
    table, levels = case
    span = verdict_range(table, levels)
    open_levels = [
        (value,) if (value := levels[point.key]) is not None else point.keys
        for point in table.points
    ]
    names = [point.key for point in table.points]
    ranks = [
        table.ranks[table.verdict_of(dict(zip(names, combination, strict=True)))]
        for combination in product(*open_levels)
    ]
    assert (min(ranks), max(ranks)) == (table.ranks[span.best], table.ranks[span.worst])
    assert sum(completion_counts(table, levels).values()) == len(ranks)


@given(CASES)
def test_learning_a_point_never_widens_the_range(case: tuple[FrameworkTable, Chosen]) -> None:
    table, levels = case
    span = verdict_range(table, levels)
    for point in table.points:
        if levels[point.key] is None:
            for key in point.keys:
                known = verdict_range(table, {**levels, point.key: key})
                assert table.ranks[known.best] >= table.ranks[span.best]
                assert table.ranks[known.worst] <= table.ranks[span.worst]


@given(CASES)
def test_every_change_flips_and_none_nearer_in_its_direction_does(
    case: tuple[FrameworkTable, Chosen],
) -> None:
    table, levels = case
    for change in flipping_changes(table, levels):
        assert change.is_rise == (change.steps > 0)  # the tables are monotone
        assert verdict_range(table, {**levels, change.point: change.level}) == change.after
        assert change.after != change.before
        point = table.point(change.point)
        start = point.keys.index(levels[change.point] or "")
        toward = 1 if change.is_rise else -1
        for step in range(start, start + change.steps, toward):
            assert verdict_range(table, {**levels, change.point: point.keys[step]}) == change.before
