"""Definitions of the queue's figures, the windows that they use, and the place in a list."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cases import measures
from core.cases.filter import CaseFilter, Flag, Segment, Sort, Whose
from core.cases.measures import (
    SORT_RULES,
    TILES,
    ageing_ground,
    flow_ground,
    response_window,
    tile_definition,
    tile_filter,
    whole,
    zone_of,
)
from core.cases.model import Cursor
from core.cases.windows import day_edges, last_days, queue_windows
from core.clock import to_micros
from core.errors import BadInput

SUNDAY = to_micros(datetime(2026, 3, 29, 22, 30, tzinfo=UTC))  # Monday 00:30 in Berlin


def test_every_tile_and_order_says_what_it_means() -> None:
    assert all("{" not in tile_definition(tile) for tile in TILES)
    assert set(SORT_RULES) == set(Sort)


def test_a_tile_keeps_the_persons_filters_and_decides_only_its_own() -> None:
    chosen = CaseFilter(
        segment=Segment.MINE, priority=("P0",), flags=(Flag.BREACHED, Flag.REOPENED), due_within=5
    )
    opened = tile_filter("open", chosen, SUNDAY, "UTC")
    assert opened == CaseFilter(priority=("P0",), flags=(Flag.REOPENED,), whose=(Whose.ME,))
    unassigned = tile_filter("unassigned", chosen, SUNDAY, "UTC")
    assert set(unassigned.flags) == {Flag.REOPENED, Flag.UNASSIGNED}
    assert whole(chosen.but(whose=(Whose.ME,))).whose == (Whose.ME,)


def test_charts_drop_what_a_click_on_them_would_choose() -> None:
    chosen = CaseFilter(owner=("us",), age_over=5, received_from=date(2026, 1, 1), tier=("T1",))
    assert ageing_ground(chosen) == chosen.without("owner", "age_over")
    assert ageing_ground(chosen.but(segment="all")).segment is Segment.OPEN
    assert flow_ground(chosen) == chosen.but(received_from=None, segment="all")


def test_windows_are_days_of_the_zone() -> None:
    assert last_days(2, SUNDAY, "Europe/Berlin") == (date(2026, 3, 29), date(2026, 3, 30))
    assert response_window(SUNDAY, "Europe/Berlin") == (date(2026, 3, 24), date(2026, 3, 30))
    before = response_window(SUNDAY, "Europe/Berlin", back=1)
    assert before == (date(2026, 3, 17), date(2026, 3, 23))
    edges = day_edges((date(2026, 3, 29),), "Europe/Berlin")
    assert (edges[1] - edges[0]) / 3_600_000_000 == 23  # the clocks go forward


def test_dates_of_a_filter_fix_the_zone_of_the_view() -> None:
    assert zone_of(CaseFilter(zone="Asia/Tokyo"), "Europe/Berlin") == "Europe/Berlin"
    dated = CaseFilter(zone="Asia/Tokyo", closed_to=date(2026, 1, 1))
    assert zone_of(dated, "Europe/Berlin") == "Asia/Tokyo"


def test_ageing_buckets_touch_and_the_last_is_open() -> None:
    buckets = queue_windows().ageing_buckets()
    assert [upper for _, _, upper in buckets[:-1]] == [lower for _, lower, _ in buckets[1:]]
    assert (buckets[0][1], buckets[-1][2]) == (0, None)


def test_a_faulty_file_of_windows_is_named(tmp_path: Path) -> None:
    path = tmp_path / "queue.yaml"
    path.write_text("source: here\ndate: 2026-01-01\npage_size: 900\n", encoding="utf-8")
    with pytest.raises(BadInput) as fault:
        queue_windows(path)
    assert "queue.yaml" in fault.value.at


numbers = st.integers(0, 10**17)


@given(numbers, st.integers(-(10**18), 10**18), numbers, numbers, st.booleans())
def test_a_cursor_survives_the_address(
    at: int, key: int, id_: int, position: int, backwards: bool
) -> None:
    cursor = Cursor(at, key, id_, position, backwards)
    assert Cursor.from_text(cursor.to_text()) == cursor


@pytest.mark.parametrize(
    "text", ["", "f", "f.1.2.3", "x.1.2.3.4", "f.1.2.3.4.5", "f.-1.2.3.4", "f.a.b.c.d"]
)
def test_anything_else_is_no_cursor(text: str) -> None:
    assert Cursor.from_text(text) is None


def test_what_is_overturned_was_reviewed() -> None:
    assert set(measures.overturned_outcomes()) < set(measures.reviewed_outcomes())
    ground = CaseFilter(market=("BR",))
    assert "upheld" in measures.reviewed_filter(ground).outcome
    assert "upheld" not in measures.overturned_filter(ground).outcome
    assert measures.appeal_filter(ground).market == ("BR",)
