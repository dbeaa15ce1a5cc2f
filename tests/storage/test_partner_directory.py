"""The directory is changed by audited commands in scope, and keeps the tiers of its partners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from core.audit.model import Draft
from core.clock import FixedClock, to_micros
from core.desk.boot import Desk
from core.desk.directory import (
    add_account,
    add_spelling,
    create_partner,
    details_view,
    directory_view,
    edit_partner,
    remove_account,
    remove_spelling,
)
from core.desk.partner_cover import (
    CoverAsk,
    change_managers,
    cover_partner,
)
from core.desk.partner_merges import MergeAsk, merge_partners
from core.desk.spelling_proposals import dismiss_pair, proposals_view, propose_pair
from core.errors import BadInput, Conflict, NotFound, Refused
from core.partners.directory_rules import Facts
from core.settings import Settings
from core.storage.backup import backup, restore
from core.storage.directory import PARTNERS
from core.storage.engine import open_store
from core.storage.privacy import erase
from core.storage.schema import migrate
from core.storage.tables import Base
from tests.storage.builders import Door, a_case
from tests.storage.test_partner_merge import content
from tests.support.partner_directory import (
    LEAD,
    LIGA,
    NORD,
    TWIN,
    VIEWER,
    Changed,
    an_edit,
    entry_count,
    facts,
    last_entry,
    signed_in,
)
from tests.support.stores import sqlite_url

DAY = timedelta(days=1)


# Editing


def test_an_edit_is_a_new_version_and_one_entry(desk: Desk, filled: Door) -> None:
    before = entry_count(desk)
    edited = edit_partner(desk, LEAD, an_edit(desk, tier="T3", market="AT"))
    assert (edited.facts.tier, facts(desk).market) == ("T3", "AT")
    told = last_entry(desk)
    assert (told.id, told.act, told.subject) == (before + 1, "partner.edit", "P-0001")
    assert told.details["fields"] == ["market", "tier"]
    assert told.details["tier"] == "T1 -> T3"


def test_nobody_overwrites_what_somebody_else_changed(desk: Desk, filled: Door) -> None:
    mine, theirs = an_edit(desk, name="Nordlicht"), an_edit(desk, tier="T2")
    edit_partner(desk, replace(LEAD, username="ben"), theirs)
    before = entry_count(desk)
    with pytest.raises(Conflict, match=r"ben changed this partner.*tier T1 strategic → T2 managed"):
        edit_partner(desk, LEAD, mine)
    assert (facts(desk).name, entry_count(desk)) == (NORD.name, before)


def test_a_change_of_what_belongs_to_it_is_a_newer_version_too(desk: Desk, filled: Door) -> None:
    mine = an_edit(desk, tier="T2")
    add_spelling(desk, LEAD, "P-0001", "NL Zeitung")
    with pytest.raises(Conflict, match="none of its fields"):
        edit_partner(desk, LEAD, mine)


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"tier": "T9"}, "tier"),
        ({"tier": ""}, "tier"),
        ({"category": "shop"}, "category"),
        ({"market": "XX"}, "market"),
        ({"language": "klingon"}, "language"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 200}, "name"),
    ],
)
def test_an_unusable_value_is_refused_with_its_place(
    desk: Desk, filled: Door, changed: Changed, at: str
) -> None:
    before = entry_count(desk)
    with pytest.raises(BadInput) as refused:
        edit_partner(desk, LEAD, an_edit(desk, **changed))
    assert (refused.value.at, entry_count(desk)) == (at, before)


def test_an_edit_that_changes_nothing_is_refused(desk: Desk, filled: Door) -> None:
    with pytest.raises(Refused, match="Nothing was changed"):
        edit_partner(desk, LEAD, an_edit(desk, name=f" {NORD.name} "))


def test_a_renamed_partner_is_still_found_by_its_old_name(desk: Desk, filled: Door) -> None:
    edit_partner(desk, LEAD, an_edit(desk, name="Polarlicht"))
    filled.admit(a_case(9, partner=NORD.name), a_case(10, partner="polarlicht"))
    assert (filled.case(9).partner_id, filled.case(10).partner_id) == (1, 1)


def test_a_name_that_is_in_use_is_refused_without_saying_by_whom(desk: Desk, filled: Door) -> None:
    pia = signed_in(desk, "pia")
    for act in (
        lambda: create_partner(desk, pia, Facts("LIGA azul", tier="T4")),
        lambda: edit_partner(desk, pia, an_edit(desk, name="Liga Azul")),
        lambda: add_spelling(desk, pia, "P-0001", "liga  azul"),
    ):
        with pytest.raises(Conflict, match="in use") as refused:
            act()
        assert "P-0003" not in f"{refused.value.message} {refused.value.hint}"


def test_a_partner_manager_who_creates_a_partner_serves_it(desk: Desk, filled: Door) -> None:
    made = create_partner(desk, signed_in(desk, "pia"), Facts("Kleine Welle", tier="T3"))
    assert made.id in signed_in(desk, "pia").partner_ids
    assert [line.entry.ref for line in directory_view(desk, signed_in(desk, "pia")).lines] == [
        made.ref,
        "P-0001",
    ]


def test_outside_the_own_partners_everything_is_not_found(desk: Desk, filled: Door) -> None:
    pia, edit = signed_in(desk, "pia"), an_edit(desk, "P-0003", tier="T1")
    account = details_view(desk, LEAD, "P-0002").accounts[0]
    acts: list[Callable[[str], object]] = [
        lambda ref: details_view(desk, pia, ref),
        lambda ref: edit_partner(desk, pia, replace(edit, ref=ref)),
        lambda ref: add_spelling(desk, pia, ref, "New"),
        lambda ref: remove_spelling(desk, pia, ref, 1),
        lambda ref: add_account(desk, pia, ref, "threads", "@new"),
        lambda ref: remove_account(desk, pia, ref, account.id),
        lambda ref: change_managers(desk, pia, ref, add=["pia"]),
        lambda ref: cover_partner(desk, pia, ref, CoverAsk("pia", date(2026, 3, 2), date.max)),
        lambda ref: dismiss_pair(desk, pia, "P-0001", ref),
    ]
    before = entry_count(desk)
    for act in acts:
        words = []
        for ref in ("P-0003", "P-0099"):
            with pytest.raises((NotFound, OverflowError)) as refused:
                act(ref)
            words.append(str(refused.value).replace(ref, "REF"))
        assert words[0] == words[1]
    assert entry_count(desk) == before


def test_who_may_only_read_changes_nothing(desk: Desk, filled: Door) -> None:
    assert not details_view(desk, VIEWER, "P-0001").may_write
    assert not directory_view(desk, VIEWER).may_write
    with pytest.raises(Refused, match="role"):
        edit_partner(desk, VIEWER, an_edit(desk, tier="T2"))
    with pytest.raises(Refused, match="role"):
        create_partner(desk, VIEWER, LIGA)


# Spellings and accounts


def test_a_spelling_leads_to_its_partner_until_it_is_removed(desk: Desk, filled: Door) -> None:
    key = add_spelling(desk, LEAD, "P-0001", " NL   Zeitung ")
    filled.admit(a_case(9, partner="nl zeitung"))
    assert filled.case(9).partner_id == 1
    assert remove_spelling(desk, LEAD, "P-0001", key).spelling == "NL Zeitung"
    assert last_entry(desk).act == "partner.remove_spelling"
    name = details_view(desk, LEAD, "P-0001").spellings[0]
    with pytest.raises(Refused, match="name is always"):
        remove_spelling(desk, LEAD, "P-0001", name.id)


def test_an_account_is_noted_once(desk: Desk, filled: Door) -> None:
    key = add_account(desk, LEAD, "P-0001", "threads", " @nord ")
    with pytest.raises(Refused, match="already"):
        add_account(desk, LEAD, "P-0001", "threads", "@nord")
    with pytest.raises(BadInput, match="platform"):
        add_account(desk, LEAD, "P-0001", "myspace", "@nord")
    assert remove_account(desk, LEAD, "P-0001", key).handle == "@nord"
    with pytest.raises(NotFound):
        remove_account(desk, LEAD, "P-0001", key)


def test_a_search_looks_at_names_spellings_accounts_and_managers(desk: Desk, filled: Door) -> None:
    for text, refs in {
        "": {"P-0001", "P-0002", "P-0003"},
        "NORDLICHT": {"P-0001", "P-0002"},
        "nlz": {"P-0002"},
        "@nordlicht": {"P-0001", "P-0002"},
        "pavel": {"P-0003"},
        "p-0003": {"P-0003"},
        "nowhere": set(),
    }.items():
        assert {line.entry.ref for line in directory_view(desk, LEAD, text).lines} == refs


# Tiers


def test_tiers_are_kept_with_the_day_they_count_from(
    desk: Desk, filled: Door, clock: FixedClock
) -> None:
    clock.at += 10 * DAY
    edit_partner(desk, LEAD, replace(an_edit(desk, tier="T2"), tier_from=clock.at.date() - 3 * DAY))
    clock.at += DAY
    edit_partner(desk, LEAD, an_edit(desk, tier="T3"))
    tiers = details_view(desk, LEAD, "P-0001").tiers
    assert [(each.tier, each.set_by) for each in tiers] == [
        ("T1", ""),
        ("T2", "lead"),
        ("T3", "lead"),
    ]
    assert tiers[1].from_at == to_micros(datetime(2026, 3, 9, tzinfo=UTC))
    assert tiers[2].from_at == to_micros(clock.at)


def test_a_tier_counts_neither_from_tomorrow_nor_before_the_last(
    desk: Desk, filled: Door, clock: FixedClock
) -> None:
    today = clock.at.date()
    with pytest.raises(BadInput, match="today or earlier"):
        edit_partner(desk, LEAD, replace(an_edit(desk, tier="T2"), tier_from=today + DAY))
    edit_partner(desk, LEAD, an_edit(desk, tier="T2"))
    with pytest.raises(BadInput, match="before the one it follows"):
        edit_partner(desk, LEAD, replace(an_edit(desk, tier="T3"), tier_from=today - DAY))


def test_another_tier_counts_for_cases_that_come_in_from_then_on(desk: Desk, filled: Door) -> None:
    before = filled.case(1)
    edit_partner(desk, LEAD, an_edit(desk, tier="T4"))
    filled.admit(a_case(9, partner=NORD.name, tier="", first_tier=""))
    assert filled.case(1) == before
    assert (filled.case(9).tier, filled.case(9).first_tier) == ("T4", "T4")


# Proposals


def test_two_spellings_of_one_partner_are_proposed_until_somebody_says_they_differ(
    desk: Desk, filled: Door
) -> None:
    (proposal,) = proposals_view(desk, LEAD).proposals
    assert (proposal.kept.ref, proposal.gone.ref) == ("P-0001", "P-0002")
    assert (proposal.kept_cases, proposal.gone_cases) == (2, 2)
    dismiss_pair(desk, LEAD, "P-0002", "P-0001")
    view = proposals_view(desk, LEAD)
    assert (len(view.proposals), len(view.dismissed)) == (0, 1)
    with pytest.raises(Refused, match="said so before"):
        dismiss_pair(desk, LEAD, "P-0001", "P-0002")
    propose_pair(desk, LEAD, "P-0001", "P-0002")
    assert len(proposals_view(desk, LEAD).proposals) == 1


def test_a_proposal_names_no_partner_outside_of_the_own(desk: Desk, filled: Door) -> None:
    assert proposals_view(desk, signed_in(desk, "pia")).proposals == ()
    dismiss_pair(desk, LEAD, "P-0001", "P-0002")
    assert proposals_view(desk, signed_in(desk, "pia")).dismissed == ()


# What stays true of the store as a whole


def test_a_backup_holds_the_directory_and_erasing_leaves_it(
    desk: Desk, filled: Door, tmp_path: Path, clock: FixedClock
) -> None:
    cover_partner(desk, LEAD, "P-0001", CoverAsk("pavel", clock.at.date(), clock.at.date()))
    edit_partner(desk, LEAD, an_edit(desk, tier="T2"))
    dismiss_pair(desk, LEAD, "P-0001", "P-0003")
    merge_partners(desk, LEAD, MergeAsk("P-0002", "P-0001"))
    held = content(desk)
    with desk.store.write(Draft("ana", "requester.erase", "mark")) as write:
        erase(write, TWIN.name)
    assert content(desk) == held
    backup(desk.store, tmp_path / "b.tar.gz", "ana")
    (tmp_path / "other").mkdir()
    url = sqlite_url(tmp_path / "other")
    other = open_store(Settings(database_url=url, local_dir=tmp_path), clock)
    migrate(other)
    restore(other, tmp_path / "b.tar.gz", "ana")
    assert content(replace(desk, store=other)) == held
    names = {"partner_tiers", "partner_covers", "partner_merges", "partner_dismissals"}
    assert names <= set(Base.metadata.tables)
    other.close()


def test_undoing_an_import_leaves_a_partner_that_somebody_has_changed(
    desk: Desk, filled: Door
) -> None:
    batch = filled.admit(a_case(20, partner="Neu Eins"), a_case(21, partner="Neu Zwei"))
    edit_partner(desk, LEAD, an_edit(desk, "P-0004", tier="T1"))
    filled.undo(batch)
    assert {line.entry.ref for line in directory_view(desk, LEAD).lines} == {
        *("P-0001", "P-0002", "P-0003", "P-0004"),
    }


def test_an_edit_that_another_process_overtakes_in_the_store_is_a_conflict(
    desk: Desk, filled: Door
) -> None:
    edit = an_edit(desk, tier="T2")
    with desk.store.write(Draft("ben", "partner.edit", "P-0001")) as write:
        write.connection.execute(update(PARTNERS).where(PARTNERS.c.id == 1).values(version=9))
    with pytest.raises(Conflict):
        edit_partner(desk, LEAD, edit)
