"""The demo world as a whole: shapes, reproducibility, and everything that must occur in it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from core.cases.lines import CASE_LINES, ENTITY_LINES, EVENT_LINES
from core.clock import to_micros
from core.demo import generate
from core.demo.world import CHUNK
from core.sla.policies import read_book
from core.taxonomy import taxonomy
from tests.unit.demo.worlds import AS_OF, US_PER_DAY, fingerprint, seen

SMALL, FULL = 4_000, 60_000
SIGN_INS = {
    "lead": "team_lead",
    "analyst": "analyst",
    "partner.manager": "partner_manager",
    "liaison": "policy_liaison",
    "viewer": "viewer",
    "admin": "admin",
    "auditor": "auditor",
}


@pytest.mark.parametrize("count", [1, 7, 300])
def test_a_world_has_exactly_the_cases_that_were_asked_for(count: int) -> None:
    world = generate(count, 1, AS_OF, read_book())
    assert sum(len(cases) for cases, _ in world.chunks()) == count


def test_the_frames_have_the_declared_shapes_and_order() -> None:
    found = seen(SMALL)
    CASE_LINES.check(found.cases)
    EVENT_LINES.check(found.events)
    ENTITY_LINES.check(found.entities)
    assert found.cases["key"].is_monotonic_increasing
    assert found.cases["key"].is_unique
    assert found.cases["external_id"].is_unique
    assert found.cases["received_at"].is_monotonic_increasing
    order = found.events[["key", "at"]]
    assert order.equals(order.sort_values(["key", "at"], kind="stable"))


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    first, again = seen(SMALL), seen.__wrapped__(SMALL)
    assert fingerprint(first) == fingerprint(again)
    assert first.world.truth == again.world.truth
    pd.testing.assert_frame_equal(first.cases, again.cases)
    pd.testing.assert_frame_equal(first.events, again.events)
    pd.testing.assert_frame_equal(first.world.directory.people, again.world.directory.people)
    assert fingerprint(first) != fingerprint(seen.__wrapped__(SMALL, 8))


def test_a_world_can_be_walked_twice_and_no_chunk_is_larger_than_agreed() -> None:
    world = seen(FULL).world
    sizes = [len(cases) for cases, _ in world.chunks()]
    assert max(sizes) <= CHUNK
    assert sizes == [len(batch.cases) for batch in world.batches()]


def test_nothing_happens_after_as_of_or_more_than_two_years_before() -> None:
    found, now = seen(FULL), to_micros(AS_OF)
    assert found.events["at"].max() <= now
    assert found.cases["received_at"].max() <= now
    assert found.cases["received_at"].min() > now - 731 * US_PER_DAY
    received = found.events[found.events["kind"] == "received"]
    assert received["at"].tolist() == found.cases["received_at"].tolist()


def test_a_case_has_at_least_five_events_on_average() -> None:
    found = seen(FULL)
    assert len(found.events) / len(found.cases) >= 5


def test_three_to_five_percent_are_open_and_the_queue_is_lively() -> None:
    clocks, now = seen(FULL).clocks, to_micros(AS_OF)
    is_open = clocks["owner"] != ""
    assert 0.03 <= is_open.mean() <= 0.05
    opened = clocks[is_open]
    overdue = (opened["next_due_at"] < now).fillna(False).mean()
    assert 0.15 <= overdue <= 0.5
    assert set(opened["owner"]) == {
        "us", "requester", "policy", "product", "legal", "external",
    }  # fmt: skip
    soon = opened["next_due_at"].between(now, now + US_PER_DAY // 12)
    assert soon.sum() >= 10


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("channel", "channels"),
        ("source_type", "source_types"),
        ("requester_kind", "requester_kinds"),
        ("platform", "platforms"),
        ("surface", "surfaces"),
        ("abuse_type", "abuse_types"),
        ("priority", "priorities"),
        ("tier", "tiers"),
        ("outcome", "outcomes"),
        ("overturn_reason", "overturn_reasons"),
        ("enforcement_action", "enforcement_actions"),
        ("restriction", "restriction_levels"),
    ],
)
def test_every_value_of_the_vocabulary_occurs(column: str, name: str) -> None:
    values = set(seen(FULL).cases[column]) - {""}
    assert values == set(taxonomy().terms(name))


def test_every_kind_of_event_every_status_and_namibia_occur() -> None:
    found, lists = seen(FULL), taxonomy()
    assert set(found.events["kind"]) == set(lists.event_kinds)
    statuses = found.events.loc[found.events["kind"] == "status", "value"]
    assert set(statuses) | {"new"} == set(lists.statuses)
    assert "NA" in set(found.cases["market"])
    assert set(found.cases["market"]) <= set(lists.markets)
    assert set(found.cases["language"]) <= set(lists.languages)
    assert set(found.cases["clause"]) <= {*found.cases["clause"]} - {""}


def test_a_surface_exists_on_its_platform() -> None:
    pairs = seen(FULL).cases[["platform", "surface"]].drop_duplicates()
    for platform, surface in pairs.itertuples(index=False):
        assert surface in taxonomy().surfaces_of(platform)


def test_misses_returns_overturns_holds_and_seals_occur() -> None:
    found = seen(FULL)
    clocks = found.clocks
    for clock in ("sla_frt", "sla_nrt", "sla_upd", "sla_ttr"):
        assert {"met", "breached"} <= set(clocks[clock])
    assert (clocks["reopen_count"] > 0).mean() == pytest.approx(0.05, abs=0.01)
    assert clocks["unsupported_pause"].any()
    assert "first_reply_before_received" in set(clocks["data_fault"])
    assert found.cases["legal_hold"].any()
    sealed = found.cases[found.cases["restriction"] == "sealed"]
    assert sealed["legal_hold"].all()


def test_titles_come_in_thousands_and_in_many_scripts() -> None:
    titles = seen(FULL).cases["title"]
    assert titles.nunique() > 20_000
    scripts = {
        "Arabic": "[\u0600-\u06ff]",
        "Thai": "[\u0e00-\u0e7f]",
        "Japanese": "[\u3040-\u30ff]",
        "Chinese": "[\u4e00-\u9fff]",
        "Korean": "[\uac00-\ud7af]",
    }
    for script in scripts.values():
        assert titles.str.contains(script).sum() > 100
    everything = pd.concat([titles, seen(FULL).cases["summary"], seen(FULL).events["text"]])
    assert not everything.str.contains(r"[{}]").any(), "a slot was left open"
    assert (titles.str.len() > 5).all()


def test_weekdays_are_busier_than_weekends_and_days_are_over_dispersed() -> None:
    received = pd.to_datetime(seen(FULL).cases["received_at"], unit="us")
    per_day = received.dt.floor("D").value_counts().sort_index().iloc[1:-1]
    weekday = per_day.index.day_of_week  # type: ignore[attr-defined]
    assert per_day[weekday < 5].mean() > 1.4 * per_day[weekday >= 5].mean()
    tuesdays = per_day[weekday == 1]
    assert tuesdays.var() > 2 * tuesdays.mean()
    dates = pd.Series(per_day.index.strftime("%m-%d"), index=per_day.index)  # type: ignore[attr-defined]
    assert per_day[dates == "12-25"].max() < per_day.median() * 0.7


def test_the_people_contain_the_seven_sign_ins_and_teams_by_region() -> None:
    people = seen(SMALL).world.directory.people.set_index("username")
    assert people.index.is_unique
    assert {name: people.at[name, "role"] for name in SIGN_INS} == SIGN_INS
    workers = people[people["role"].isin(["analyst", "senior_analyst"])]
    assert len(workers) >= 18
    assert workers["team"].nunique() == 4
    assert str(people.at["partner.manager", "partners"]).count("|") + 1 >= 10


def test_the_directory_hangs_together() -> None:
    found = seen(SMALL)
    directory, lists = found.world.directory, taxonomy()
    names = set(directory.partners["name"])
    assert directory.partners["name"].str.casefold().is_unique
    assert set(directory.partners["category"]) == set(lists.partner_categories)
    assert not names & set(directory.aliases["alias"])
    assert set(directory.accounts["partner"]) <= names
    assert set(found.cases["partner"]) <= names | set(directory.aliases["alias"]) | {""}
    assert set(found.cases["assignee"]) <= set(directory.people["username"]) | {""}
    assert found.cases["partner"].isin(directory.aliases["alias"]).any()


def test_a_merged_case_is_named_by_the_one_that_took_it_in() -> None:
    found = seen(FULL)
    status = found.events[found.events["kind"] == "status"]
    merged = set(status.loc[status["value"] == "merged", "key"])
    taken = found.events.loc[found.events["kind"] == "merged_in", "value"]
    keys = found.cases.set_index("external_id")["key"]
    assert set(keys[taken]) == merged
    assert merged


def test_a_case_without_a_partner_has_no_tier_and_no_known_contact() -> None:
    cases = seen(SMALL).cases
    alone = cases[cases["partner"] == ""]
    assert (alone["first_tier"] == "").all()
    assert alone["requester_contact"].str.endswith("@example.net").all()


def test_as_of_may_be_any_moment_of_the_day() -> None:
    for hour in (0, 6, 23):
        as_of = datetime(2025, 1, 1, hour, 59, tzinfo=UTC)
        world = generate(200, 3, as_of, read_book())
        cases, events = next(world.chunks())
        assert len(cases) == 200
        assert np.max(events["at"].to_numpy()) <= to_micros(as_of)
