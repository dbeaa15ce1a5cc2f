"""Who serves a partner, and who covers for a while: the scope follows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.clock import FixedClock, to_micros
from core.desk.boot import Desk
from core.desk.directory import (
    add_spelling,
    details_view,
)
from core.desk.partner_cover import (
    CoverAsk,
    change_managers,
    cover_partner,
    stop_cover,
    take_up_cover,
    who_may_serve,
)
from core.desk.partner_merges import MergeAsk, merge_partners
from core.errors import BadInput, NotFound, Refused
from core.storage.partner_assignments import managers_of
from tests.storage.builders import Door
from tests.support.partner_directory import (
    LEAD,
    counted,
    last_entry,
    signed_in,
)

DAY = timedelta(days=1)


# Managers and cover


def test_a_cover_begins_and_ends_with_its_days(desk: Desk, filled: Door, clock: FixedClock) -> None:
    today = clock.at.date()
    ask = CoverAsk("pavel", today + DAY, today + 2 * DAY, "pia")
    cover_partner(desk, signed_in(desk, "pia"), "P-0001", ask)
    reach = []
    for _ in range(4):
        pavel = signed_in(desk, "pavel")
        reach.append((sorted(pavel.partner_ids), sorted(pavel.covered_ids), counted(desk, pavel)))
        clock.at += DAY
    assert reach == [([3], [], 2), ([1, 3], [1], 4), ([1, 3], [1], 4), ([3], [], 2)]
    with pytest.raises(NotFound):
        details_view(desk, signed_in(desk, "pavel"), "P-0001")


def test_the_end_of_a_cover_is_the_first_moment_without(
    desk: Desk, filled: Door, clock: FixedClock
) -> None:
    today = clock.at.date()
    cover_partner(desk, LEAD, "P-0001", CoverAsk("pavel", today, today))
    end = datetime(2026, 3, 3, tzinfo=UTC)
    clock.at = end - timedelta(microseconds=1)
    assert signed_in(desk, "pavel").covered_ids == {1}
    clock.at = end
    assert signed_in(desk, "pavel").covered_ids == frozenset()


def test_a_cover_can_be_ended_and_taken_up_again(
    desk: Desk, filled: Door, clock: FixedClock
) -> None:
    today = clock.at.date()
    key = cover_partner(desk, LEAD, "P-0001", CoverAsk("pavel", today, today + DAY))
    stop_cover(desk, LEAD, "P-0001", key)
    assert signed_in(desk, "pavel").partner_ids == {3}
    with pytest.raises(Refused, match="over already"):
        stop_cover(desk, LEAD, "P-0001", key)
    take_up_cover(desk, LEAD, "P-0001", key)
    assert signed_in(desk, "pavel").partner_ids == {1, 3}


def test_whoever_covers_works_on_the_partner_but_does_not_hand_it_on(
    desk: Desk, filled: Door, clock: FixedClock
) -> None:
    today = clock.at.date()
    cover_partner(desk, LEAD, "P-0001", CoverAsk("pavel", today, today))
    pavel = signed_in(desk, "pavel")
    add_spelling(desk, pavel, "P-0001", "NL Zeitung")
    assert details_view(desk, pavel, "P-0001").why_not_manage
    for act in (
        lambda: change_managers(desk, pavel, "P-0001", add=["paul"]),
        lambda: cover_partner(desk, pavel, "P-0001", CoverAsk("paul", today, today)),
        lambda: merge_partners(desk, pavel, MergeAsk("P-0001", "P-0003")),
    ):
        with pytest.raises(Refused, match="cover this partner"):
            act()


def test_who_serves_a_partner_is_told_with_covers_last(
    desk: Desk, filled: Door, clock: FixedClock
) -> None:
    today, at = clock.at.date(), to_micros(clock.at)
    cover_partner(desk, LEAD, "P-0001", CoverAsk("pavel", today, today, "pia"))
    with desk.store.read() as connection:
        now = managers_of(connection, [1, 3], at)
        later = managers_of(connection, [1], at + 2 * 86_400_000_000)
    assert [(s.username, s.is_cover) for s in now[1]] == [("pia", False), ("pavel", True)]
    assert now[1][1].until_at == to_micros(datetime(2026, 3, 3, tzinfo=UTC))
    assert [s.username for s in now[3]] == ["pavel"]
    assert [s.username for s in later[1]] == ["pia"]


def test_managers_are_put_on_a_partner_and_taken_off(desk: Desk, filled: Door) -> None:
    assert change_managers(desk, LEAD, "P-0001", add=["paul"], remove=["pia"]) == ("paul",)
    assert last_entry(desk).details["before"] == ["pia"]
    assert signed_in(desk, "pia").partner_ids == frozenset()
    assert signed_in(desk, "paul").partner_ids == {1, 2}
    with pytest.raises(Refused, match="off themselves"):
        change_managers(desk, signed_in(desk, "paul"), "P-0001", remove=["paul"])


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (CoverAsk("pia", date(2026, 3, 2), date(2026, 3, 3)), "anyway"),
        (CoverAsk("pavel", date(2026, 3, 3), date(2026, 3, 2)), "ends after it begins"),
        (CoverAsk("pavel", date(2026, 2, 1), date(2026, 2, 2)), "over already"),
        (CoverAsk("pavel", date(2026, 3, 2), date(2026, 9, 2)), "too long"),
        (CoverAsk("nobody", date(2026, 3, 2), date(2026, 3, 2)), "not found"),
    ],
)
def test_a_cover_that_cannot_be_is_refused(
    desk: Desk, filled: Door, ask: CoverAsk, words: str
) -> None:
    with pytest.raises((BadInput, Refused), match=words):
        cover_partner(desk, LEAD, "P-0001", ask)


def test_only_partner_managers_serve_partners(desk: Desk, filled: Door) -> None:
    assert [username for username, _ in who_may_serve(desk, LEAD)] == ["paul", "pavel", "pia"]
