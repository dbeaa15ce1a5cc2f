"""The cases of a policy gap in the queue: linked or matching, in nobody's view more than their own."""

from __future__ import annotations

import json
import random

import pytest

from core.access.model import Person
from core.cases.filter import LINKED, MATCHING, CaseFilter, Flag, Segment
from core.cases.windows import queue_windows
from core.desk.boot import Desk
from core.desk.export import export_cases
from core.desk.queue import QueueView, queue_view
from core.desk.risk import heatmap_view
from core.errors import NotFound, Refused
from core.gaps.matching import is_narrow, lasting
from core.risk.heat_ask import HeatmapAsk
from tests.support.gap_worlds import (
    PEOPLE,
    PlantedGap,
    Row,
    draw_matching,
    file_gap,
    is_matched,
    link,
    may_see,
)
from tests.support.rows import a_partner, grant, random_cases, store_cases, store_partners

ALL = CaseFilter(segment=Segment.ALL)
LEA = PEOPLE[0]


def plant(desk: Desk, draw: random.Random, gaps: int) -> tuple[list[Row], list[PlantedGap]]:
    cases: list[Row] = [*random_cases(160, seed=draw.randrange(999))]
    store_partners(desk.store, *(a_partner(i) for i in range(1, 6)))
    store_cases(desk.store, *cases)
    planted = []
    for number in range(1, gaps + 1):
        linked = [case["id"] for case in draw.sample(cases, draw.randrange(8))]
        matching = draw_matching(draw, cases) if draw.random() < 0.8 else None
        planted.append(file_gap(desk.store, number, linked, matching))
    return cases, planted


def belongs(case: Row, gap: PlantedGap, suffix: str) -> bool:
    is_linked = suffix != MATCHING and case["id"] in gap.linked
    return is_linked or (suffix != LINKED and is_matched(case, gap.matching))


def seen(view: QueueView) -> set[str]:
    return set(view.rows["ref"])


def test_every_gap_opens_exactly_its_cases_for_every_role(desk: Desk) -> None:
    cases, planted = plant(desk, random.Random(2), gaps=3)
    granted = frozenset(case["id"] for case in cases if case["restriction"] == "restricted")
    for id_ in granted:
        grant(desk.store, id_, "person", "ana")
    some = 0
    for gap in planted:
        for person in PEOPLE:
            own = granted if person.username == "ana" else frozenset()
            visible = [case for case in cases if may_see(case, person, own)]
            for suffix in ("", LINKED, MATCHING):
                behind = {case["ref"] for case in visible if belongs(case, gap, suffix)}
                check_queue(desk, person, ALL.but(gap=gap.ref + suffix), behind)
                some += bool(behind)
    assert some > 30


def check_queue(desk: Desk, person: Person, asked: CaseFilter, behind: set[str]) -> None:
    view = queue_view(desk, person, asked)
    assert view.total == len(behind)
    assert len(seen(view)) == min(len(behind), queue_windows().page_size)
    assert seen(view) <= behind
    assert sum(value.count for value in view.facets.dimensions["priority"]) == len(behind)
    assert view.facets.segments["all"] == len(behind)
    assert view.tiles[0].n == view.facets.segments["open"] <= len(behind)


def test_a_gap_narrows_together_with_other_parts(desk: Desk) -> None:
    cases, (gap,) = plant(desk, random.Random(5), gaps=1)
    asked = ALL.but(gap=gap.ref, market=("DE",), flags=(Flag.REOPENED,))
    behind = {
        case["ref"]
        for case in cases
        if (case["id"] in gap.linked or is_matched(case, gap.matching))
        and (case["market"], case["reopen_count"]) == ("DE", 1)
        and may_see(case, LEA)
    }
    assert seen(queue_view(desk, LEA, asked)) == behind


def test_an_export_holds_the_cases_of_the_gap(desk: Desk) -> None:
    _, (gap,) = plant(desk, random.Random(4), gaps=1)
    asked = ALL.but(gap=gap.ref)
    found = export_cases(desk, LEA, asked, "jsonl")
    refs = {json.loads(line)["ref"] for part in found.portions for line in part.splitlines()}
    assert len(refs) == found.count == queue_view(desk, LEA, asked).total > 0


def test_the_heatmap_of_a_gap_counts_its_cases_apart_from_those_of_another(desk: Desk) -> None:
    _, planted = plant(desk, random.Random(2), gaps=4)
    ask = HeatmapAsk("market", "tier", 4)
    for gap in planted:
        view = heatmap_view(desk, LEA, CaseFilter(gap=gap.ref), ask)
        assert view.cases == queue_view(desk, LEA, view.cell_filter()).total


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_link_is_seen_at_the_next_look(desk: Desk) -> None:
    cases, _ = plant(desk, random.Random(7), gaps=0)
    gap = file_gap(desk.store, 9)
    asked = ALL.but(gap=gap.ref)
    assert queue_view(desk, LEA, asked).total == 0
    mine = next(case for case in cases if may_see(case, LEA))
    link(desk.store, 9, [mine["id"]])
    assert seen(queue_view(desk, LEA, asked)) == {mine["ref"]}


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_later_page_of_the_list_stays_with_the_gap(desk: Desk) -> None:
    size = queue_windows().page_size
    store_cases(desk.store, *random_cases(3 * size, seed=8, open_share=1.0))
    gap = file_gap(desk.store, 1, range(1, 2 * size))
    asked = ALL.but(gap=gap.ref)
    view = queue_view(desk, PEOPLE[-1], asked)
    later = queue_view(desk, PEOPLE[-1], asked, view.next)
    assert len(later.rows) == view.total - size
    assert {int(ref[2:]) for ref in seen(later)} < gap.linked


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_unknown_gaps_and_gaps_that_may_not_be_read_show_nothing_in_the_same_words(
    desk: Desk,
) -> None:
    cases, _ = plant(desk, random.Random(3), gaps=0)
    file_gap(desk.store, 1, [case["id"] for case in cases])
    view = queue_view(desk, LEA, ALL.but(gap="G-0404"))
    assert (view.total, view.notices) == (0, ("Gap G-0404 was not found.",))
    with pytest.raises(NotFound, match="G-0404"):
        export_cases(desk, LEA, ALL.but(gap="G-0404"), "csv")


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_gap_may_match_cases_by_reference_or_text(desk: Desk) -> None:
    cases, _ = plant(desk, random.Random(6), gaps=0)
    mine = [case["ref"] for case in cases if may_see(case, LEA)][:3]
    file_gap(desk.store, 1, matching=CaseFilter(cases=tuple(mine)))
    file_gap(desk.store, 2, matching=CaseFilter(text=mine[0]))
    file_gap(desk.store, 3, matching=CaseFilter(text="?"))
    found = [seen(queue_view(desk, LEA, ALL.but(gap=f"G-000{n}"))) for n in (1, 2, 3)]
    assert found == [set(mine), {mine[0]}, set()]


def test_a_gap_within_a_gap_is_refused() -> None:
    with pytest.raises(Refused, match="another gap"):
        lasting(CaseFilter(gap="G-0001"))


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_gap_within_a_gap_that_is_stored_all_the_same_matches_nothing(desk: Desk) -> None:
    plant(desk, random.Random(3), gaps=2)
    gap = file_gap(desk.store, 9, matching=CaseFilter(gap="G-0001", market=("DE",)))
    assert queue_view(desk, LEA, ALL.but(gap=gap.ref)).total == 0


def test_what_passes_is_no_part_of_a_matching_filter() -> None:
    asked = CaseFilter(segment=Segment.MINE, due_within=60, flags=(Flag.AT_RISK, Flag.REOPENED))
    assert lasting(asked) == CaseFilter(segment=Segment.ALL, flags=(Flag.REOPENED,))
    assert not is_narrow(CaseFilter(segment=Segment.MINE, age_over=30))


@pytest.mark.parametrize("text", ["G-1", "G-0001.all", "g-0001", "G-0001.linked.matching", "0001"])
def test_what_is_no_reference_of_a_gap_is_left_out_of_the_address(text: str) -> None:
    found, ignored = CaseFilter.from_params({"gap": text})
    assert found == CaseFilter()
    assert len(ignored) == 1


@pytest.mark.parametrize("part", ["G-0001", "G-0001.linked", "G-0001.matching", "G-123456"])
def test_a_gap_survives_the_address(part: str) -> None:
    asked = CaseFilter(gap=part)
    assert CaseFilter.from_params(asked.to_params()) == (asked, [])
