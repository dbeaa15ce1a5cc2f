"""The frame of clocks: shapes, dtypes, pieces, odd inputs; its numbers are proved elsewhere."""

from __future__ import annotations

from random import Random

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from core.clock import to_micros
from core.errors import BadInput, Broken
from core.sla.batch import clock_frame
from core.sla.cache import cache_row, worked_now
from core.sla.model import CaseFacts, ClockEvent, EventKind
from core.sla.shapes import CLOCK_CACHE
from tests.properties.prove_sla import frames
from tests.properties.sla_cases import MINUTES, a_world
from tests.spec.sla_table import a_book, moment, read

WORLD = a_world(Random("frames"), 40, MINUTES)


def test_the_frame_has_its_declared_shape_and_the_index_of_the_cases() -> None:
    cases, events = frames(WORLD.stories)
    cases.index = pd.Index(range(100, 140))
    frame = clock_frame(cases, events, WORLD.book, WORLD.at)
    assert CLOCK_CACHE.check(frame) is not None
    assert list(frame.index) == list(cases.index)


def test_category_columns_give_the_same_as_text_columns() -> None:
    cases, events = frames(WORLD.stories)
    coded_cases = cases.astype(dict.fromkeys(cases.columns[1:], "category"))
    coded_events = events.astype({"kind": "category", "value": "category"})
    assert_frame_equal(
        clock_frame(cases, events, WORLD.book, WORLD.at),
        clock_frame(coded_cases, coded_events, WORLD.book, WORLD.at),
    )


def test_the_size_of_the_pieces_does_not_show() -> None:
    cases, events = frames(WORLD.stories)
    whole = clock_frame(cases, events, WORLD.book, WORLD.at)
    pieces = clock_frame(cases, events, WORLD.book, WORLD.at, at_once=7)
    assert_frame_equal(pieces, whole)


def test_no_cases_give_an_empty_frame_of_the_shape() -> None:
    cases, events = frames(WORLD.stories)
    frame = clock_frame(cases.iloc[:0], events.iloc[:0], WORLD.book, WORLD.at)
    assert CLOCK_CACHE.check(frame).empty


def test_a_case_without_events_is_a_case_without_receipt() -> None:
    cases, events = frames(WORLD.stories[:2])
    frame = clock_frame(cases, events.iloc[:0], WORLD.book, WORLD.at)
    assert set(frame["data_fault"]) == {"no_received"}
    assert set(frame["sla_ttr"]) == {"none"}
    assert frame["wall_us"].sum() == 0


def test_events_of_unknown_cases_are_refused() -> None:
    cases, events = frames(WORLD.stories[:3])
    strange = events.assign(key=events["key"].replace(1, 7).sort_values().to_numpy())
    with pytest.raises(Broken):
        clock_frame(cases[cases["key"] != 1], events, WORLD.book, WORLD.at)
    with pytest.raises(Broken):
        clock_frame(pd.concat([cases, cases.tail(1).assign(key=9)]), strange, WORLD.book, WORLD.at)


def test_an_unknown_calendar_is_refused_by_name() -> None:
    cases, events = frames(WORLD.stories[:1])
    with pytest.raises(BadInput, match="moon"):
        clock_frame(cases.assign(calendar="moon"), events, WORLD.book, WORLD.at)


def test_a_missing_text_reads_like_an_empty_one() -> None:
    cases, events = frames(WORLD.stories)
    empty = cases.assign(tier="")
    missing = cases.assign(tier=pd.Series([None] * len(cases), dtype="str"))
    assert_frame_equal(
        clock_frame(empty, events, WORLD.book, WORLD.at),
        clock_frame(missing, events, WORLD.book, WORLD.at),
    )


def test_events_after_the_moment_do_not_exist_yet() -> None:
    cases, events = frames(WORLD.stories)
    early = WORLD.begin + (WORLD.at - WORLD.begin) / 2
    known = events[events["at"] <= to_micros(early)]
    assert_frame_equal(
        clock_frame(cases, events, WORLD.book, early), clock_frame(cases, known, WORLD.book, early)
    )


def test_a_queue_reads_elapsed_and_lateness_back_from_the_cache() -> None:
    facts = CaseFacts(priority="P2", tier="T1", calendar="office")
    events = read("Fri 2026-01-16 15:00 received")
    written, later = moment("2026-01-16 16:00"), moment("2026-01-19 10:00")
    row = cache_row(facts, events, a_book(), written)
    assert (row["next_clock"], row["next_due_at"]) == ("frt", to_micros(moment("2026-01-19 11:00")))
    calendar, base, target = row["next_calendar"], row["next_base_us"], row["next_target_us"]
    assert isinstance(base, int)
    assert isinstance(target, int)
    used = (worked_now(a_book(), later)[str(calendar)] - base) / target
    assert used == pytest.approx(0.75)


def test_a_kind_that_no_clock_knows_reads_like_a_note() -> None:
    cases, events = frames(WORLD.stories[:5])
    odd = events.assign(kind=events["kind"].replace(str(EventKind.NOTE), "viewed"))
    assert_frame_equal(
        clock_frame(cases, events, WORLD.book, WORLD.at),
        clock_frame(cases, odd, WORLD.book, WORLD.at),
    )


def test_a_case_received_later_is_not_there_yet() -> None:
    facts = CaseFacts(priority="P2", tier="T1", calendar="office")
    events = (ClockEvent(moment("2026-01-16 15:00"), EventKind.RECEIVED),)
    row = cache_row(facts, events, a_book(), moment("2026-01-12 15:00"))
    assert (row["data_fault"], row["next_clock"], row["sla_frt"]) == ("no_received", "", "none")


@pytest.mark.parametrize("left_out", ["replies_not_recorded", "updates_not_recorded"])
def test_what_sources_leave_out_is_the_same_in_arrays(left_out: str) -> None:
    facts, book, at = CaseFacts("P2", "T1", calendar="office"), a_book(), "2026-01-23 09:00"
    told_of = [
        "Mon 2026-01-12 09:00 received",
        f"Mon 2026-01-12 09:00 attribute {left_out}\nMon 2026-01-12 09:00 received",
        f"Mon 2026-01-12 09:00 received\nMon 2026-01-12 09:00 attribute {left_out}\n"
        "Mon 2026-01-12 10:00 message_in\nTue 2026-01-13 10:00 reply",
    ]
    rows = [
        {"key": key, "at": to_micros(event.at), "kind": str(event.kind), "value": event.value}
        for key, story in enumerate(told_of)
        for event in read(story)
    ]
    cases = pd.DataFrame(
        {
            "key": range(len(told_of)),
            "priority": "P2",
            "tier": "T1",
            "requester_kind": "",
            "calendar": "office",
        }
    )
    frame = clock_frame(cases, pd.DataFrame(rows), book, moment(at))
    for row, story in zip(frame.to_dict("records"), told_of, strict=True):
        alone = cache_row(facts, read(story), book, moment(at))
        assert {k: v for k, v in row.items() if not pd.isna(v)} == {
            k: v for k, v in alone.items() if v is not None and not pd.isna(v)
        }
    assert list(frame["sla_upd"]) == ["breached", "none", "none"]
