"""The feed of policy updates on both stores: who is asked, who confirmed, what an update touches."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.clock import FixedClock
from core.desk import policy_acts as acts
from core.desk.boot import Desk
from core.desk.policy_acts import SeenPost
from core.desk.policy_feed import overdue_count
from core.desk.policy_impact import impact
from core.desk.policy_update import update_view
from core.errors import BadInput, Conflict, NotFound, Refused
from core.policy.feed import Standing
from core.storage.policy_texts import POLICY_TEXTS
from core.storage.trail import audit_entries
from tests.support.policy_team import (
    ADMIN,
    ANN,
    BEN,
    LEAD,
    LIAISON,
    PAT,
    POST,
    VIEWER,
    a_version,
    add_team,
    line,
    look,
    opens,
    posted,
)
from tests.support.rows import (
    DRAFT,
)


@pytest.fixture(autouse=True)
def team(desk: Desk) -> None:
    """People of every role, and cases of two partners under two clauses."""
    add_team(desk)


def test_versions_after_the_first_stand_in_the_feed_newest_first(desk: Desk) -> None:
    found = [one.update for one in look(desk, ANN).lines]
    assert {one.kind for one in found} == {"clause_version"}
    assert [one.announced_at for one in found] == sorted(
        (one.announced_at for one in found), reverse=True
    )
    assert "RM-2@1.0" not in {one.ref for one in found}


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_what_was_announced_long_ago_waits_for_nobody(desk: Desk) -> None:
    old, new = "CH-2@2.0", "AS-1@2.0"  # of 2025-02-03 and 2026-01-19; now is 2026-03-02
    found = {one.update.ref: one.standing for one in look(desk, ANN, is_unread=False).lines}
    assert found.get(old, Standing.CLOSED) is Standing.CLOSED
    assert found[new] is Standing.OVERDUE


def test_a_post_asks_its_roles_until_its_day_and_each_person_confirms_once(
    desk: Desk, clock: FixedClock
) -> None:
    ref = posted(desk)
    before = overdue_count(desk, ANN)
    assert line(desk, ANN, ref).standing is Standing.ASKED
    assert line(desk, PAT, ref).standing is Standing.NOT_ASKED
    assert line(desk, ANN, ref).update.due_at == datetime(2026, 3, 10, tzinfo=UTC)
    clock.at = datetime(2026, 3, 10, tzinfo=UTC)
    assert line(desk, ANN, ref).standing is Standing.OVERDUE
    assert overdue_count(desk, ANN) == before + 1
    acts.confirm(desk, ANN, ref, 1)
    assert line(desk, ANN, ref).standing is Standing.CONFIRMED
    assert overdue_count(desk, ANN) == before
    with pytest.raises(Refused, match="confirmed this already"):
        acts.confirm(desk, ANN, ref, 1)
    acts.take_back(desk, ANN, ref)
    assert line(desk, ANN, ref).standing is Standing.OVERDUE
    with pytest.raises(Refused, match="have not confirmed"):
        acts.take_back(desk, ANN, ref)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_lead_and_liaison_see_who_is_missing_and_others_only_how_many(desk: Desk) -> None:
    ref = posted(desk)
    acts.confirm(desk, ANN, ref, 1)
    for person in (LEAD, LIAISON):
        view = update_view(desk, person, ref)
        assert view.attendance is not None
        assert [one.username for one in view.attendance.missing] == ["ben", "lee"]
    for person in (ANN, VIEWER):
        view = update_view(desk, person, ref)
        assert view.attendance is None
        assert (view.line.asked_count, view.line.missing_count) == (3, 2)


def test_a_reminder_is_kept_shown_to_the_person_and_not_repeated_at_once(
    desk: Desk, clock: FixedClock
) -> None:
    ref = posted(desk)
    acts.confirm(desk, ANN, ref, 1)
    with pytest.raises(Refused):
        acts.remind(desk, ANN, ref)
    assert acts.remind(desk, LEAD, ref, ["ben"]) == 1
    reminder = line(desk, BEN, ref).reminder
    assert reminder is not None
    assert reminder.by == "lee"
    assert acts.remind(desk, LEAD, ref) == 1  # lee is left
    with pytest.raises(Refused, match="reminded already"):
        acts.remind(desk, LEAD, ref)
    clock.advance(timedelta(hours=25))
    assert acts.remind(desk, LEAD, ref) == 2
    entry = next(iter(audit_entries_of(desk, "policy.remind")))
    assert sorted(entry.details["people"]) == ["ben", "lee"]


def test_an_edit_that_asks_again_makes_confirmations_of_before_void(desk: Desk) -> None:
    ref = posted(desk)
    acts.confirm(desk, ANN, ref, 1)
    acts.edit_post(desk, LIAISON, SeenPost(ref, 1), POST)
    assert line(desk, ANN, ref).standing is Standing.CONFIRMED
    acts.edit_post(desk, LIAISON, SeenPost(ref, 2), POST, asks_again=True)
    assert line(desk, ANN, ref).standing is Standing.ASKED
    with pytest.raises(Conflict, match="changed while you read it"):
        acts.confirm(desk, BEN, ref, 1)
    with pytest.raises(Conflict, match="changed while you looked"):
        acts.edit_post(desk, LIAISON, SeenPost(ref, 1), POST)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_withdrawn_post_leaves_the_feed_and_comes_back(desk: Desk) -> None:
    ref = posted(desk)
    acts.withdraw_post(desk, LIAISON, SeenPost(ref, 1))
    assert ref not in {one.update.ref for one in look(desk, ANN).lines}
    assert [one.ref for one in look(desk, LIAISON).withdrawn] == [ref]
    assert look(desk, ANN).withdrawn == ()
    assert update_view(desk, ANN, ref).line.update.withdrawn_by == "liv"
    with pytest.raises(NotFound):
        acts.confirm(desk, ANN, ref, 2)
    acts.restore_post(desk, LIAISON, SeenPost(ref, 2))
    assert line(desk, ANN, ref).standing is Standing.ASKED


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_post_that_says_too_little_or_wrong_is_refused(desk: Desk) -> None:
    for parts, said in (
        ({"title": " "}, "title is empty"),
        ({"kind": "clause_version"}, "comes by itself"),
        ({"importance": "huge"}, "is no importance"),
        ({"effective_from": date(2026, 3, 1)}, "is past"),
        ({"effective_from": date(2028, 3, 1)}, "too far away"),
        ({"roles": ("viewer",)}, "confirms no update"),
        ({"abuse_types": ("fun",)}, "is no abuse type"),
        ({"clauses": tuple(f"RM-{n}" for n in range(30))}, "30 clauses are named"),
    ):
        with pytest.raises(BadInput, match=said):
            posted(desk, **parts)
    with pytest.raises(NotFound, match="ZZ-9"):
        posted(desk, clauses=("ZZ-9",))


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_only_the_liaison_posts_and_only_who_confirms_may_confirm(desk: Desk) -> None:
    for person in (ANN, LEAD, VIEWER):
        with pytest.raises(Refused):
            acts.add_post(desk, person, POST)
    ref = posted(desk)
    for person in (VIEWER, ADMIN):
        with pytest.raises(Refused):
            acts.confirm(desk, person, ref, 1)
    with pytest.raises(Refused):
        look(desk, ADMIN)
    with pytest.raises(NotFound):
        update_view(desk, ANN, "PU-0099")


def test_open_cases_under_an_update_are_those_of_the_queue_in_the_viewers_scope(
    desk: Desk,
) -> None:
    ref = posted(desk)
    for person, number in ((ANN, 2), (PAT, 1), (VIEWER, 2)):
        touched = line(desk, person, ref).touched
        assert touched is not None
        assert touched.cases.count == number == opens(desk, person, touched.cases)
        found = impact(desk, person, line(desk, person, ref).update)
        assert found.under_clauses == touched.cases
        assert found.of_types is None
    ref = posted(desk, clauses=(), abuse_types=("rights_match_dispute",))
    touched = line(desk, ANN, ref).touched
    assert touched is not None
    assert touched.cases.count == 3 == opens(desk, ANN, touched.cases)


def test_every_act_is_on_the_record_without_what_was_written(desk: Desk) -> None:
    ref = posted(desk)
    acts.confirm(desk, ANN, ref, 1)
    acts.take_back(desk, ANN, ref)
    acts.add_clause_version(desk, LIAISON, a_version())
    with desk.store.read() as connection:
        entries = [e for e in audit_entries(connection) if e.act.startswith("policy.")]
    assert {e.act for e in entries} == {
        "policy.post",
        "policy.acknowledge",
        "policy.take_back",
        "policy.add_clause_version",
    }
    told = " ".join(str(e) for e in entries)
    assert POST.title not in told
    assert "Licences" not in told


def audit_entries_of(desk: Desk, act: str) -> list[Any]:
    with desk.store.read() as connection:
        return [e for e in audit_entries(connection) if e.act == act]


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_filters_of_the_feed_hold_together(desk: Desk) -> None:
    ref = posted(desk)
    assert [
        o.update.ref for o in look(desk, ANN, clauses=("RM-2",), kinds=("ops_guidance",)).lines
    ] == [ref]
    assert look(desk, ANN, clauses=("RM-2",), importances=("note",)).lines == ()
    assert {o.standing for o in look(desk, ANN, is_unread=True).lines} <= {
        Standing.ASKED,
        Standing.OVERDUE,
    }
    first, last = look(desk, ANN), look(desk, ANN, place=10_000)
    assert (len(first.lines), last.ask.place) == (first.most, first.total - len(last.lines))
    assert not {o.update.ref for o in first.lines} & {o.update.ref for o in last.lines}
    missed = look(desk, LEAD, is_missing=True).lines
    assert ref in {o.update.ref for o in missed}
    assert all(o.missing_count and not o.is_past for o in missed)


def test_what_names_somebody_is_erased_and_withdrawn_posts_have_their_time(
    desk: Desk, clock: FixedClock
) -> None:
    ref = posted(desk, text="As Maria Quell asked in E-000001.")
    kept = posted(desk)
    acts.add_clause_version(desk, LIAISON, a_version(reason="Maria Quell was right."))
    with desk.store.write(DRAFT) as write:
        assert POLICY_TEXTS.mentions(write, ["maria quell"]) == 2
    found = update_view(desk, ANN, ref).line.update
    assert (found.text, found.title, found.is_erased, found.version) == ("", "", True, 2)
    assert update_view(desk, ANN, "RM-2@3.0").line.update.text == ""
    acts.withdraw_post(desk, LIAISON, SeenPost(kept, 1))
    clock.advance(timedelta(days=4000))
    with desk.store.write(DRAFT) as write:
        assert POLICY_TEXTS.old(write, desk.clock.now()) == 1
    assert update_view(desk, ANN, kept).line.update.is_erased
