"""Policies and calendars as people write them: read exactly, refused with every fault's place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from core.errors import BadInput
from core.sla.calendars import _offsets, measure_of, standard_day
from core.sla.files import parse_target, parse_week
from core.sla.model import ClockName, EventKind, Owner, Targets, owner_of
from core.sla.policies import SLA_DIR, read_book, read_calendars, read_policies
from core.taxonomy import taxonomy

HOUR = timedelta(hours=1)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def text(targets: Targets) -> str:
    """A cell as the file writes it."""
    return " / ".join(
        str(t) if t else "–" for t in (targets.frt, targets.nrt, targets.upd, targets.ttr)
    )


@pytest.mark.parametrize(
    ("priority", "kind", "tier", "cell"),
    [
        ("P0", "partner", "T1", "15 m / 30 m / 30 m / 4 h"),
        ("P0", "user", "", "30 m / 1 h / 1 h / 6 h"),
        ("P1", "partner", "T3", "4 h / 8 h / 12 h / 48 h"),
        ("P1", "user", "T1", "4 h / 8 h / 12 h / 48 h"),
        ("P2", "press", "T4", "4 h / 8 h / 1 d / 3 d"),
        ("P2", "government", "", "4 h / 8 h / 1 d / 3 d"),
        ("P2", "ngo", "", "8 h / 1 d / 2 d / 5 d"),
        ("P3", "partner", "T4", "3 d / 5 d / – / 20 d"),
        ("P3", "partner", "", "3 d / 5 d / – / 20 d"),
    ],
)
def test_the_requester_kind_picks_the_column_before_the_tier(
    priority: str, kind: str, tier: str, cell: str
) -> None:
    policy = read_book().policy_at(NOW)
    assert policy is not None
    assert text(policy.targets_for(priority, kind, tier)) == cell


@pytest.mark.parametrize(
    ("used", "warned", "at_risk"),
    [(0.49, None, False), (0.5, 0.5, False), (0.75, 0.75, True), (0.95, 0.9, True)],
)
def test_the_policy_warns_at_its_shares(used: float, warned: float | None, at_risk: bool) -> None:
    policy = read_book().policies[0]
    assert (policy.warned_share(used), policy.is_at_risk(used)) == (warned, at_risk)


def test_every_calendar_of_the_desk_is_open_sometimes_and_has_a_day() -> None:
    book = read_book()
    for versions in book.calendars.values():
        for calendar in versions:
            week = measure_of(calendar).worked_at(NOW) - measure_of(calendar).worked_at(
                NOW - 7 * 24 * HOUR
            )
            assert 30 * HOUR < week <= 168 * HOUR
            assert 7 * HOUR < standard_day(calendar) <= 24 * HOUR


def test_every_region_has_a_calendar() -> None:
    book = read_book()
    assert set(taxonomy().regions) == set(book.regions)
    assert book.calendar_for_region("EMEA") == "emea-berlin"
    assert book.calendar_for_region("") == "24x7"


def test_german_public_holidays_and_half_days_are_closed() -> None:
    berlin = read_book().calendar_at("emea-berlin", NOW)
    names = {h.on: h for h in berlin.holidays}
    assert date(2026, 5, 25) in names
    assert names[date(2026, 12, 24)].closed_from == 12 * HOUR


def test_a_second_version_of_a_calendar_holds_from_its_day() -> None:
    book = read_book()
    before = book.calendar_at("apac-sydney", datetime(2025, 6, 30, 13, tzinfo=UTC))
    after = book.calendar_at("apac-sydney", datetime(2025, 6, 30, 14, tzinfo=UTC))
    assert (standard_day(before), standard_day(after)) == (8 * HOUR, 9 * HOUR)


def test_an_unknown_calendar_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match="emea-berlin"):
        read_book().calendar_at("moon", NOW)


@pytest.mark.parametrize("text_", ["4", "4 x", "d", "0 h", "1.5 h", "-1 h"])
def test_what_is_no_target_is_refused(text_: str) -> None:
    with pytest.raises(ValueError, match="not a target"):
        parse_target(text_)


def test_an_interval_that_ends_before_it_begins_reaches_into_the_next_day() -> None:
    (night,) = parse_week({"fri": "22:00-06:00"})
    assert (night.weekday, night.opens, night.closes) == (4, 22 * HOUR, 30 * HOUR)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("15 m / 30 m / 30 m / 4 h", "15 m / 30 m / 4 h", "P0, T1"),
        ("T4: as T3", "T4: as T9", "as T9"),
        ("reopen_days: 14", "reopen_days: soon", "versions.0.reopen_days"),
        ("[requester]", "[policy]", "may pause"),
        ("2000-01-01T00:00:00Z", "2000-01-01T00:00:00", "zone"),
        ("at_risk_share", "at_rsk_share", "at_rsk_share"),
    ],
)
def test_a_fault_in_the_policy_file_is_refused_with_its_place(
    old: str, new: str, place: str
) -> None:
    good = (SLA_DIR / "policies.yaml").read_text("utf-8")
    assert old in good
    with pytest.raises(BadInput, match=place):
        read_policies(good.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("Europe/Berlin", "Europe/Berlyn", "emea-berlin.0.zone"),
        ("holidays: DE", "holidays: XX", "XX"),
        ('{mon-fri: "09:00-17:30"}', '{mon-fro: "09:00-17:30"}', "weekday"),
        ('"12-24"', '"13-24"', "13-24"),
        ("NORAM: noram-newyork", "NORAM: noram-boston", "noram-boston"),
        ('from: "12:00"', 'from: "25:00"', "25:00"),
        ("always_open: true", 'week: {mon: "09:00-17:00"}\n      always_open: true', "either"),
    ],
)
def test_a_fault_in_the_calendar_file_is_refused_with_its_place(
    old: str, new: str, place: str
) -> None:
    good = (SLA_DIR / "calendars.yaml").read_text("utf-8")
    assert old in good
    with pytest.raises(BadInput, match=place):
        read_calendars(good.replace(old, new))


def test_what_is_not_yaml_is_refused() -> None:
    with pytest.raises(BadInput, match="not YAML"):
        read_policies("versions: [")


def test_two_versions_may_not_take_effect_at_once() -> None:
    good = (SLA_DIR / "policies.yaml").read_text("utf-8")
    body = good[good.index("  - id:") :]
    twin = body.replace("standard-1", "standard-2")
    with pytest.raises(BadInput, match="same moment"):
        read_policies(good + twin)
    with pytest.raises(BadInput, match="more than once"):
        read_policies(good + body)


def test_kinds_owners_and_clocks_are_the_lists_of_the_desk() -> None:
    lists = taxonomy()
    assert {str(k) for k in EventKind} == set(lists.event_kinds)
    assert {str(c) for c in ClockName} == set(lists.clocks)
    for status in lists.statuses.values():
        owner = owner_of(status.value)
        assert str(owner or Owner.US) == status["owner"]
        assert (owner is not None) == status.is_set("is_open")


def test_no_change_of_any_zone_is_overlooked() -> None:
    for zone in sorted(available_timezones())[::9]:
        info, stretches = ZoneInfo(zone), _offsets(zone)
        for (since, offset), (until, _) in pairwise(stretches):
            for micros in (since, (since + until) // 2, until - 1):
                local = datetime.fromtimestamp(micros // 1_000_000, info)
                assert local.utcoffset() == timedelta(microseconds=offset)
