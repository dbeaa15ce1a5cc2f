"""A partner's contacts in order and without a gap, its open cases, and nobody else's: on both stores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.cases.model import Cursor
from core.desk.boot import Desk
from core.desk.partner import open_partner
from core.desk.partner_contacts import (
    PAGE,
    ContactsView,
    clocks_of,
    contacts_view,
    known_as,
    related_risks,
)
from core.desk.queue import look_of, queue_view
from core.desk.risk_register import add_risk_by_hand
from core.errors import NotFound, Refused
from core.storage import people
from core.storage.partner_timeline import KINDS, OUTSIDE, TimelineAsk
from core.storage.queue import count, with_grants
from core.storage.tables import (
    CaseEventRow,
    PartnerAccountRow,
    PartnerAliasRow,
    PartnerContactRow,
)
from tests.support.partner_cases import fill_partners
from tests.support.rows import (
    DAY,
    DRAFT,
    HOUR,
    NOW,
    a_case,
    a_partner,
    grant,
    store_cases,
    store_partners,
)

LEAD = Person("ana", "Ana", "team_lead", team="red")
VIEWER = Person("vic", "Vic", "viewer")
ADMIN = Person("root", "Root", "admin")
MANAGER = Person("mia", "Mia", "partner_manager", partner_ids=frozenset({1}))


@dataclass(frozen=True)
class Told:
    """One contact as it was written: what a page should show of it."""

    at: int
    id: int
    kind: str
    case_id: int


def tell(desk: Desk, cases: list[dict[str, Any]], seed: int = 1) -> list[Told]:
    """Give every case some events within its time, several at the same moment."""
    rng = np.random.default_rng(seed)
    kinds = [str(k) for found in KINDS.values() for k in found]
    rows = []
    for case in cases:
        last = max(case.get("last_event_at") or 0, case["received_at"])
        for seq in range(int(rng.integers(1, 16))):
            at = int(rng.integers(case["received_at"], last + 1)) // DAY * DAY
            rows.append(
                {
                    "case_id": case["id"],
                    "seq": seq,
                    "at": max(at, case["received_at"]),
                    "kind": str(rng.choice([*kinds, "note", "status"])),
                    "actor_kind": "us",
                    "recorded_at": NOW,
                    "void_batch_id": 1 if rng.random() < 0.1 else None,
                }
            )
    with desk.store.write(DRAFT) as write:
        for key, row in enumerate(rows, start=1):
            write.connection.execute(insert(CaseEventRow).values(id=key, **row))
    return [
        Told(row["at"], key, row["kind"], row["case_id"])
        for key, row in enumerate(rows, start=1)
        if row["kind"] in kinds and row["void_batch_id"] is None
    ]


def log_contact(desk: Desk, partner_id: int, at: int, **parts: Any) -> None:
    with desk.store.write(DRAFT) as write:
        values = {"kind": "call", "with_whom": "Ada Lovelace", "summary": "asked for news", **parts}
        write.connection.execute(
            insert(PartnerContactRow).values(
                partner_id=partner_id, held_at=at, made_by="mia", made_at=NOW, **values
            )
        )


def view_of(desk: Desk, person: Person, ask: TimelineAsk | None = None) -> ContactsView:
    return contacts_view(desk, person, open_partner(desk, person, "P-0001"), ask)


def pages(desk: Desk, person: Person, **asked: Any) -> list[ContactsView]:
    """All pages from the newest contact to the oldest."""
    found: list[ContactsView] = []
    place = None
    while not found or place is not None:
        found.append(view_of(desk, person, TimelineAsk(place=place, **asked)))
        place = found[-1].timeline.next
    return found


def listed(views: list[ContactsView]) -> list[tuple[int, str, str]]:
    rows = [row for view in views for row in view.timeline.rows.to_dict("records")]
    return [(row["at"], row["kind"], row["case"]) for row in rows]


def expected(told: list[Told], cases: list[dict[str, Any]], **only: Any) -> list[tuple[Any, ...]]:
    """By hand: the contacts of the partner's open-level cases, newest first."""
    refs = {
        c["id"]: c["ref"]
        for c in cases
        if c["partner_id"] == 1
        and c["restriction"] == "open"
        and c["channel"] in only.get("channels", [c["channel"]])
    }
    kinds = only.get("kinds")
    mine = [t for t in told if t.case_id in refs and (kinds is None or t.kind in kinds)]
    mine.sort(key=lambda t: (t.at, t.id), reverse=True)
    return [(t.at, t.kind, refs[t.case_id]) for t in mine]


def test_the_timeline_has_every_contact_once_and_in_order(desk: Desk) -> None:
    cases = fill_partners(desk, 330, seed=1)
    told = tell(desk, cases)
    views = pages(desk, LEAD)
    assert len(views) > 3
    assert listed(views) == expected(told, cases)
    firsts = [view.timeline.first for view in views]
    assert firsts == [1 + PAGE * k for k in range(len(views))]


def test_going_back_shows_the_same_pages(desk: Desk) -> None:
    tell(desk, fill_partners(desk, 330, seed=2))
    forwards = pages(desk, LEAD)
    backwards, place = [forwards[-1]], forwards[-1].timeline.previous
    while place is not None:
        assert Cursor.from_text(place.to_text()) == place
        backwards.append(view_of(desk, LEAD, TimelineAsk(place=place)))
        place = backwards[-1].timeline.previous
    assert listed(backwards[::-1]) == listed(forwards)
    assert [v.timeline.first for v in backwards[::-1]] == [v.timeline.first for v in forwards]


@pytest.mark.parametrize("way", ["in", "out", "decision"])
def test_the_timeline_can_be_narrowed_by_way_and_channel(desk: Desk, way: str) -> None:
    cases = fill_partners(desk, 250, seed=3)
    told = tell(desk, cases)
    by_way = pages(desk, LEAD, directions=(way,))
    assert listed(by_way) == expected(told, cases, kinds=KINDS[way])
    channels = tuple(view_of(desk, LEAD).channels)[:2]
    by_both = pages(desk, LEAD, directions=(way,), channels=channels)
    assert listed(by_both) == expected(told, cases, kinds=KINDS[way], channels=channels)


def test_a_reply_told_before_its_case_was_received_is_not_lost(desk: Desk) -> None:
    store_partners(desk.store, a_partner(1))
    store_cases(
        desk.store,
        a_case(1, partner_id=1, received_at=NOW - DAY, data_fault="reply_before_received"),
        *(a_case(k, partner_id=1, received_at=NOW - k * DAY) for k in range(2, 90)),
    )
    rows = [(k, NOW - k * DAY, "received") for k in range(1, 90)] + [(1, NOW - 60 * DAY, "reply")]
    with desk.store.write(DRAFT) as write:
        for case_id, at, kind in rows:
            write.connection.execute(
                insert(CaseEventRow).values(
                    case_id=case_id, seq=at // DAY, at=at, kind=kind, recorded_at=NOW
                )
            )
    found = [row for row in listed(pages(desk, LEAD)) if row[1] == "reply"]
    assert found == [(NOW - 60 * DAY, "reply", "E-000001")]


def test_contacts_outside_of_cases_stand_among_the_others(desk: Desk) -> None:
    cases = fill_partners(desk, 120, seed=4)
    tell(desk, cases)
    for back in range(1, 70, 3):
        log_contact(desk, 1, NOW - back * DAY - HOUR)
    log_contact(desk, 2, NOW - HOUR)
    log_contact(desk, 1, NOW - HOUR, deleted_at=NOW)
    views = pages(desk, LEAD)
    moments = [at for at, _, _ in listed(views)]
    assert moments == sorted(moments, reverse=True)
    calls = [row for row in listed(views) if row[1] == "call"]
    assert [at for at, _, _ in calls] == [NOW - back * DAY - HOUR for back in range(1, 70, 3)]
    assert listed(pages(desk, LEAD, directions=(OUTSIDE,))) == calls
    channel = next(iter(view_of(desk, LEAD).channels))
    by_channel = pages(desk, LEAD, channels=(channel,))
    assert all(kind != "call" for _, kind, _ in listed(by_channel))


def test_who_may_not_read_texts_sees_none(desk: Desk) -> None:
    cases = fill_partners(desk, 60, seed=5)
    tell(desk, cases)
    log_contact(desk, 1, NOW - HOUR)
    assert any(view_of(desk, LEAD).timeline.rows["title"].str.contains("Title"))
    assert any(view_of(desk, LEAD).timeline.rows["title"].str.contains("Lovelace"))
    blind = view_of(desk, VIEWER)
    assert listed([blind]) == listed([view_of(desk, LEAD)])
    assert set(blind.timeline.rows["title"]) == {""}


def test_contacts_of_restricted_cases_are_for_those_who_may_see_them(desk: Desk) -> None:
    store_partners(desk.store, a_partner(1))
    store_cases(
        desk.store,
        a_case(1, partner_id=1, restriction="restricted"),
        a_case(2, partner_id=1, restriction="sealed"),
    )
    with desk.store.write(DRAFT) as write:
        for case_id in (1, 2):
            write.connection.execute(
                insert(CaseEventRow).values(
                    case_id=case_id, seq=1, at=NOW - HOUR, kind="received", recorded_at=NOW
                )
            )
    view = view_of(desk, LEAD)
    assert view.timeline.rows.empty
    assert (view.open.total, view.channels, view.open.waits) == (0, {}, ())
    grant(desk.store, 1, "person", "ana")
    view = view_of(desk, LEAD)
    assert listed([view]) == [(NOW - HOUR, "received", "E-000001")]
    # Its words are read on the case page, on the record.
    assert list(view.timeline.rows["title"]) == [""]
    assert view.open.total == 1
    assert view_of(desk, VIEWER).open.total == 0


def test_open_cases_and_waits_count_what_they_open(desk: Desk) -> None:
    fill_partners(desk, 300, seed=6)
    for person in (LEAD, VIEWER, MANAGER):
        found = view_of(desk, person).open
        assert found.total == total(desk, person, found.filter)
        assert found.breached == total(desk, person, found.breached_filter)
        assert sum(one.wait.count for one in found.waits) == found.total
        for one in found.waits:
            shown = queue_view(desk, person, one.filter, facets=())
            assert one.wait.count == shown.total
            assert one.wait.oldest_us == shown.rows["age_us"].max()
            assert one.case_ref in set(shown.rows["ref"])
        longest = [one.wait.longest_us for one in found.waits]
        assert longest == sorted(longest, reverse=True)


def total(desk: Desk, person: Person, chosen: CaseFilter) -> int:
    look, _ = look_of(desk, person, chosen)
    with desk.snapshot.reading() as reading:
        return count(reading, chosen, with_grants(reading, look))


def test_a_partner_outside_of_the_scope_is_not_found_whatever_is_asked(desk: Desk) -> None:
    fill_partners(desk, 60, seed=7)
    strange = open_partner(desk, LEAD, "P-0002")
    for read in (contacts_view, known_as, related_risks):
        with pytest.raises(NotFound):
            read(desk, MANAGER, strange)
    with pytest.raises(Refused):
        contacts_view(desk, ADMIN, strange)


def test_the_clocks_are_those_of_a_case_of_the_partner(desk: Desk) -> None:
    store_partners(desk.store, a_partner(1), a_partner(2))
    store_cases(desk.store, a_case(1, partner_id=1), a_case(2, partner_id=2))
    partner = open_partner(desk, LEAD, "P-0001")
    assert clocks_of(desk, LEAD, partner, "E-000001").clocks
    for ref in ("E-000002", "E-999999"):
        with pytest.raises(NotFound):
            clocks_of(desk, LEAD, partner, ref)


def test_accounts_and_other_spellings_are_listed(desk: Desk) -> None:
    store_partners(desk.store, a_partner(1), a_partner(2))
    with desk.store.write(DRAFT) as write:
        for partner_id, name in ((1, "Partner One"), (1, "Partner 1"), (2, "Other")):
            write.connection.execute(
                insert(PartnerAliasRow).values(
                    partner_id=partner_id, folded=name.lower(), spelling=name
                )
            )
        write.connection.execute(
            insert(PartnerAccountRow).values(partner_id=1, platform="facebook", handle="@one")
        )
    names = known_as(desk, LEAD, open_partner(desk, LEAD, "P-0001"))
    assert names.accounts == (("facebook", "@one"),)
    assert names.spellings == ("Partner One",)


def test_a_risk_is_related_when_its_cases_include_the_partners(desk: Desk) -> None:
    store_partners(desk.store, a_partner(1), a_partner(2))
    spam = [a_case(k, partner_id=1, abuse_type="spam") for k in (1, 2)]
    store_cases(desk.store, *spam, a_case(3, partner_id=2, abuse_type="hateful_conduct"))
    with desk.store.write(DRAFT) as write:
        people.add_user(write, people.NewUser("ana", "Ana", "team_lead", ""))
    day = desk.clock.now().date()
    for title, chosen in (
        ("Spam", CaseFilter(abuse_type=("spam",))),
        ("Hate", CaseFilter(abuse_type=("hateful_conduct",))),
        ("The other", CaseFilter(partner=("P-0002",))),
    ):
        add_risk_by_hand(desk, LEAD, title, chosen, "ana", day)
    partner = open_partner(desk, LEAD, "P-0001")
    (found,) = related_risks(desk, LEAD, partner)
    assert (found.line.risk.subject.title, found.count) == ("Spam", 2)
    assert found.count == total(desk, LEAD, found.filter)
    # A manager may know that there is a risk, and not its words, which could name others.
    (seen,) = related_risks(desk, MANAGER, partner)
    assert (seen.line.risk.subject.title, seen.count) == ("", 2)
