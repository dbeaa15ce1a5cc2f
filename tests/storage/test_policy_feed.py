"""The feed of policy updates on both stores: who is asked, who confirmed, what an update touches."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.clock import FixedClock
from core.desk import policy_acts as acts
from core.desk.boot import Desk
from core.desk.clause_register import clause_register, clause_view
from core.desk.policy_acts import NewPost, NewVersion, SeenPost
from core.desk.policy_feed import FeedAsk, FeedLine, FeedView, feed, overdue_count
from core.desk.policy_impact import Counted, impact
from core.desk.policy_update import update_view
from core.desk.queue import queue_view
from core.errors import BadInput, Conflict, NotFound, Refused
from core.policy.feed import Standing
from core.storage import people
from core.storage.policy_texts import POLICY_TEXTS
from core.storage.tables import DecisionRow
from core.storage.trail import audit_entries
from tests.support.rows import (
    DAY,
    DRAFT,
    NOW,
    a_case,
    a_finished_case,
    a_partner,
    store_cases,
    store_partners,
)

LIAISON = Person("liv", "Liv", "policy_liaison")
LEAD = Person("lee", "Lee", "team_lead")
ANN = Person("ann", "Ann", "analyst")
BEN = Person("ben", "Ben", "analyst")
PAT = Person("pat", "Pat", "partner_manager", partner_ids=frozenset({1}))
VIEWER = Person("vic", "Vic", "viewer")
ADMIN = Person("ada", "Ada", "admin")
TODAY = date(2026, 3, 2)
POST = NewPost(
    kind="ops_guidance",
    importance="major",
    title="Ask for the original first",
    text="Ask the partner for the original file before a match is judged.",
    effective_from=TODAY,
    clauses=("RM-2",),
    roles=("analyst", "team_lead"),
)


@pytest.fixture(autouse=True)
def team(desk: Desk) -> None:
    """People of every role, and cases of two partners under two clauses."""
    with desk.store.write(DRAFT) as write:
        for who in (LIAISON, LEAD, ANN, BEN, PAT, VIEWER, ADMIN):
            people.add_user(write, people.NewUser(who.username, who.name, who.role, ""))
    store_partners(desk.store, a_partner(1), a_partner(2))
    store_cases(
        desk.store,
        a_case(1, partner_id=1, clause="RM-2", abuse_type="rights_match_dispute"),
        a_case(2, partner_id=2, clause="RM-2", abuse_type="rights_match_dispute"),
        a_case(3, partner_id=2, clause="RM-1", abuse_type="rights_match_dispute"),
        a_case(4, partner_id=2, clause="RM-2", restriction="sealed"),
        a_finished_case(5, partner_id=1, clause="RM-2", outcome="upheld"),
        a_finished_case(6, partner_id=2, clause="RM-2", outcome="upheld"),
        a_finished_case(7, partner_id=2, clause="RM-2", outcome="duplicate"),
        a_finished_case(
            8, partner_id=2, clause="RM-2", outcome="upheld", resolved_at=NOW - 200 * DAY
        ),
    )
    decide(desk, 5, 6, 6, 7, 8)


def decide(desk: Desk, *cases: int, clause: str = "RM-2", version: str = "2.0") -> None:
    with desk.store.write(DRAFT) as write:
        for case in cases:
            facts: dict[str, Any] = {"case_id": case, "at": NOW, "outcome": "upheld"}
            write.connection.execute(
                insert(DecisionRow).values(**facts, clause=clause, clause_version=version)
            )


def line(desk: Desk, person: Person, ref: str) -> FeedLine:
    return next(one for one in look(desk, person).lines if one.update.ref == ref)


def look(desk: Desk, person: Person, **ask: Any) -> FeedView:
    return feed(desk, person, FeedAsk(**ask))


def posted(desk: Desk, **parts: Any) -> str:
    return acts.add_post(desk, LIAISON, NewPost(**{**vars_of(POST), **parts}))


def vars_of(post: NewPost) -> dict[str, Any]:
    return {name: getattr(post, name) for name in NewPost.__dataclass_fields__}


def version_of(desk: Desk, ref: str) -> int:
    return update_view(desk, LIAISON, ref).line.update.version


def opens(desk: Desk, person: Person, counted: Counted | None) -> int:
    assert counted is not None
    return queue_view(desk, person, counted.filter, facets=()).total


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


def a_version(**parts: Any) -> NewVersion:
    facts: dict[str, Any] = {
        "clause": "RM-2",
        "after": "2.0",
        "title": "Matches under licence",
        "text": "A match is released when the partner shows a licence.",
        "importance": "critical",
        "reason": "Licences were not named.",
        "effective_from": TODAY,
    }
    return NewVersion(**{**facts, **parts})


def test_a_new_version_ends_the_one_before_and_touches_what_that_decided_lately(
    desk: Desk,
) -> None:
    before = clause_view(desk, ANN, "RM-2")
    ref = acts.add_clause_version(desk, LIAISON, a_version())
    assert ref == "RM-2@3.0"
    after = clause_view(desk, ANN, "RM-2")
    assert [v.clause.version for v in after.versions] == ["3.0", "2.0", "1.0"]
    assert [v.clause.body for v in after.versions[1:]] == [v.clause.body for v in before.versions]
    assert after.versions[0].is_in_force
    assert not after.versions[1].is_in_force
    assert after.versions[1].clause.effective_to == desk.clock.now()
    for person, lately, all_of_it in ((ANN, 2, 4), (PAT, 1, 1)):
        found = impact(desk, person, line(desk, person, ref).update)
        assert found.before == "RM-2@2.0"
        assert found.look_again is not None
        assert found.decided is not None
        assert found.look_again.count == lately == opens(desk, person, found.look_again)
        assert found.decided.count == all_of_it == opens(desk, person, found.decided)
    assert line(desk, ANN, ref).update.importance == "critical"


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_version_that_cannot_follow_is_refused(desk: Desk) -> None:
    before = clause_view(desk, ANN, "RM-2").versions[0].clause
    for parts, error, said in (
        ({"after": "1.0"}, Conflict, "has version 2.0 by now"),
        ({"effective_from": date(2026, 3, 1)}, BadInput, "is past"),
        ({"clause": "XX-9"}, NotFound, "XX-9"),
        ({"text": ""}, BadInput, "text is empty"),
        ({"title": before.title, "text": before.body}, BadInput, "Nothing in it is new"),
    ):
        with pytest.raises(error, match=said):
            acts.add_clause_version(desk, LIAISON, a_version(**parts))
    with pytest.raises(Refused):
        acts.add_clause_version(desk, LEAD, a_version())


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_version_announced_for_later_leaves_the_present_one_in_force(desk: Desk) -> None:
    acts.add_clause_version(desk, LIAISON, a_version(effective_from=date(2026, 3, 12)))
    row = next(one for one in clause_register(desk, ANN).lines if one.key == "RM-2")
    assert (row.version, row.next_version) == ("2.0", "3.0")
    with pytest.raises(BadInput, match="begins on 2026-03-12"):
        acts.add_clause_version(desk, LIAISON, a_version(after="3.0", effective_from=TODAY))


def test_the_register_counts_cases_by_version_as_the_queue_does(desk: Desk) -> None:
    decide(desk, 1, version="1.0")
    clause_register(desk, ANN)
    decide(desk, 3, version="1.0")  # added to what was read before
    for person, numbers in ((ANN, [4, 2]), (PAT, [1, 1]), (VIEWER, [4, 2])):
        view = clause_view(desk, person, "RM-2")
        counted = [one.decided for one in view.versions]
        assert [one.count for one in counted if one] == numbers
        assert [opens(desk, person, one) for one in counted] == numbers
        assert view.open_cases is not None
        assert view.open_cases.count == opens(desk, person, view.open_cases)
    row = next(one for one in clause_register(desk, ANN).lines if one.key == "RM-2")
    assert row.decided is not None
    assert (row.version, row.decided.count, row.version_count) == ("2.0", 4, 2)


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


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_version_in_an_address_narrows_the_queue_and_nonsense_is_left_out(desk: Desk) -> None:
    found, ignored = CaseFilter.from_params({"segment": "all", "decided_under": "RM-2@2.0"})
    assert (found.decided_under, ignored) == ("RM-2@2.0", [])
    assert CaseFilter.from_params(found.to_params())[0] == found
    rows = queue_view(desk, ANN, found, facets=()).rows
    assert set(rows["ref"]) == {f"E-{n:06d}" for n in (5, 6, 7, 8)}
    narrowed = found.but(cases=("E-000005", "E-000001"))
    assert list(queue_view(desk, ANN, narrowed, facets=()).rows["ref"]) == ["E-000005"]
    assert queue_view(desk, ANN, found.but(decided_under="RM-2@9.9"), facets=()).total == 0
    _, ignored = CaseFilter.from_params({"decided_under": "no version"})
    assert len(ignored) == 1


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
