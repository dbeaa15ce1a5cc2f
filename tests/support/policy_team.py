"""People of every role, cases under two clauses, and posts about them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert

from core.access.model import Person
from core.desk import policy_acts as acts
from core.desk.boot import Desk
from core.desk.policy_acts import NewPost, NewVersion
from core.desk.policy_feed import FeedAsk, FeedLine, FeedView, feed
from core.desk.policy_impact import Counted
from core.desk.queue import queue_view
from core.storage import people
from core.storage.tables import DecisionRow
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


def add_team(desk: Desk) -> None:
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


def opens(desk: Desk, person: Person, counted: Counted | None) -> int:
    assert counted is not None
    return queue_view(desk, person, counted.filter, facets=()).total


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
