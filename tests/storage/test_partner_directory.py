"""The directory is changed by audited commands in scope, keeps its tiers, and goes out and in as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from core.access.model import Person
from core.audit.model import Draft, Entry
from core.cases.filter import CaseFilter
from core.clock import FixedClock, to_micros
from core.desk.boot import Desk
from core.desk.directory import (
    Edit,
    add_account,
    add_spelling,
    create_partner,
    details_view,
    directory_view,
    edit_partner,
    remove_account,
    remove_spelling,
)
from core.desk.directory_csv import export_directory, import_directory, preview_directory
from core.desk.partner_cover import (
    CoverAsk,
    change_managers,
    cover_partner,
    stop_cover,
    take_up_cover,
    who_may_serve,
)
from core.desk.partner_merges import MergeAsk, merge_partners
from core.desk.queue import queue_view
from core.desk.spelling_proposals import dismiss_pair, proposals_view, propose_pair
from core.errors import BadInput, Conflict, NotFound, Refused
from core.partners.directory_lines import COLUMNS
from core.partners.directory_rules import Facts
from core.settings import Settings
from core.storage.backup import backup, restore
from core.storage.directory import PARTNERS
from core.storage.engine import open_store
from core.storage.partner_managers import managers_of
from core.storage.privacy import erase
from core.storage.schema import migrate
from core.storage.tables import Base
from core.storage.trail import audit_entries
from tests.storage.builders import Door, a_case
from tests.storage.test_partner_merge import content
from tests.support.partner_directory import (
    LEAD,
    LIGA,
    NORD,
    TWIN,
    VIEWER,
    fill_directory,
    signed_in,
)
from tests.support.stores import sqlite_url

DAY = timedelta(days=1)


@pytest.fixture
def door(desk: Desk) -> Iterator[Door]:
    """Three partners with a manager and two cases each, on each store."""
    yield fill_directory(desk)
    desk.snapshot.close()


def an_edit(desk: Desk, ref: str = "P-0001", **changed: str | bool) -> Edit:
    entry = details_view(desk, LEAD, ref).entry
    return Edit(ref, entry.version, entry.facts, replace(entry.facts, **changed))  # type: ignore[arg-type]  # by name


def last_entry(desk: Desk) -> Entry:
    with desk.store.read() as connection:
        return audit_entries(connection, limit=1)[0]


def entry_count(desk: Desk) -> int:
    return last_entry(desk).id


def facts(desk: Desk, ref: str = "P-0001") -> Facts:
    return details_view(desk, LEAD, ref).entry.facts


def counted(desk: Desk, person: Person) -> int:
    return queue_view(desk, person, CaseFilter()).total


# Editing


def test_an_edit_is_a_new_version_and_one_entry(desk: Desk, door: Door) -> None:
    before = entry_count(desk)
    edited = edit_partner(desk, LEAD, an_edit(desk, tier="T3", market="AT"))
    assert (edited.facts.tier, facts(desk).market) == ("T3", "AT")
    told = last_entry(desk)
    assert (told.id, told.act, told.subject) == (before + 1, "partner.edit", "P-0001")
    assert told.details["fields"] == ["market", "tier"]
    assert told.details["tier"] == "T1 -> T3"


def test_nobody_overwrites_what_somebody_else_changed(desk: Desk, door: Door) -> None:
    mine, theirs = an_edit(desk, name="Nordlicht"), an_edit(desk, tier="T2")
    edit_partner(desk, replace(LEAD, username="ben"), theirs)
    before = entry_count(desk)
    with pytest.raises(Conflict, match=r"ben changed this partner.*tier T1 strategic → T2 managed"):
        edit_partner(desk, LEAD, mine)
    assert (facts(desk).name, entry_count(desk)) == (NORD.name, before)


def test_a_change_of_what_belongs_to_it_is_a_newer_version_too(desk: Desk, door: Door) -> None:
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
    desk: Desk, door: Door, changed: dict[str, str], at: str
) -> None:
    before = entry_count(desk)
    with pytest.raises(BadInput) as refused:
        edit_partner(desk, LEAD, an_edit(desk, **changed))
    assert (refused.value.at, entry_count(desk)) == (at, before)


def test_an_edit_that_changes_nothing_is_refused(desk: Desk, door: Door) -> None:
    with pytest.raises(Refused, match="Nothing was changed"):
        edit_partner(desk, LEAD, an_edit(desk, name=f" {NORD.name} "))


def test_a_renamed_partner_is_still_found_by_its_old_name(desk: Desk, door: Door) -> None:
    edit_partner(desk, LEAD, an_edit(desk, name="Polarlicht"))
    door.admit(a_case(9, partner=NORD.name), a_case(10, partner="polarlicht"))
    assert (door.case(9).partner_id, door.case(10).partner_id) == (1, 1)


def test_a_name_that_is_in_use_is_refused_without_saying_by_whom(desk: Desk, door: Door) -> None:
    pia = signed_in(desk, "pia")
    for act in (
        lambda: create_partner(desk, pia, Facts("LIGA azul", tier="T4")),
        lambda: edit_partner(desk, pia, an_edit(desk, name="Liga Azul")),
        lambda: add_spelling(desk, pia, "P-0001", "liga  azul"),
    ):
        with pytest.raises(Conflict, match="in use") as refused:
            act()
        assert "P-0003" not in f"{refused.value.message} {refused.value.hint}"


def test_a_partner_manager_who_creates_a_partner_serves_it(desk: Desk, door: Door) -> None:
    made = create_partner(desk, signed_in(desk, "pia"), Facts("Kleine Welle", tier="T3"))
    assert made.id in signed_in(desk, "pia").partner_ids
    assert [line.entry.ref for line in directory_view(desk, signed_in(desk, "pia")).lines] == [
        made.ref,
        "P-0001",
    ]


def test_outside_the_own_partners_everything_is_not_found(desk: Desk, door: Door) -> None:
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


def test_who_may_only_read_changes_nothing(desk: Desk, door: Door) -> None:
    assert not details_view(desk, VIEWER, "P-0001").may_write
    assert not directory_view(desk, VIEWER).may_write
    with pytest.raises(Refused, match="role"):
        edit_partner(desk, VIEWER, an_edit(desk, tier="T2"))
    with pytest.raises(Refused, match="role"):
        create_partner(desk, VIEWER, LIGA)


# Spellings and accounts


def test_a_spelling_leads_to_its_partner_until_it_is_removed(desk: Desk, door: Door) -> None:
    key = add_spelling(desk, LEAD, "P-0001", " NL   Zeitung ")
    door.admit(a_case(9, partner="nl zeitung"))
    assert door.case(9).partner_id == 1
    assert remove_spelling(desk, LEAD, "P-0001", key).spelling == "NL Zeitung"
    assert last_entry(desk).act == "partner.remove_spelling"
    name = details_view(desk, LEAD, "P-0001").spellings[0]
    with pytest.raises(Refused, match="name is always"):
        remove_spelling(desk, LEAD, "P-0001", name.id)


def test_an_account_is_noted_once(desk: Desk, door: Door) -> None:
    key = add_account(desk, LEAD, "P-0001", "threads", " @nord ")
    with pytest.raises(Refused, match="already"):
        add_account(desk, LEAD, "P-0001", "threads", "@nord")
    with pytest.raises(BadInput, match="platform"):
        add_account(desk, LEAD, "P-0001", "myspace", "@nord")
    assert remove_account(desk, LEAD, "P-0001", key).handle == "@nord"
    with pytest.raises(NotFound):
        remove_account(desk, LEAD, "P-0001", key)


def test_a_search_looks_at_names_spellings_accounts_and_managers(desk: Desk, door: Door) -> None:
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
    desk: Desk, door: Door, clock: FixedClock
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
    desk: Desk, door: Door, clock: FixedClock
) -> None:
    today = clock.at.date()
    with pytest.raises(BadInput, match="today or earlier"):
        edit_partner(desk, LEAD, replace(an_edit(desk, tier="T2"), tier_from=today + DAY))
    edit_partner(desk, LEAD, an_edit(desk, tier="T2"))
    with pytest.raises(BadInput, match="before the one it follows"):
        edit_partner(desk, LEAD, replace(an_edit(desk, tier="T3"), tier_from=today - DAY))


def test_another_tier_counts_for_cases_that_come_in_from_then_on(desk: Desk, door: Door) -> None:
    before = door.case(1)
    edit_partner(desk, LEAD, an_edit(desk, tier="T4"))
    door.admit(a_case(9, partner=NORD.name, tier="", first_tier=""))
    assert door.case(1) == before
    assert (door.case(9).tier, door.case(9).first_tier) == ("T4", "T4")


# Managers and cover


def test_a_cover_begins_and_ends_with_its_days(desk: Desk, door: Door, clock: FixedClock) -> None:
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
    desk: Desk, door: Door, clock: FixedClock
) -> None:
    today = clock.at.date()
    cover_partner(desk, LEAD, "P-0001", CoverAsk("pavel", today, today))
    end = datetime(2026, 3, 3, tzinfo=UTC)
    clock.at = end - timedelta(microseconds=1)
    assert signed_in(desk, "pavel").covered_ids == {1}
    clock.at = end
    assert signed_in(desk, "pavel").covered_ids == frozenset()


def test_a_cover_can_be_ended_and_taken_up_again(desk: Desk, door: Door, clock: FixedClock) -> None:
    today = clock.at.date()
    key = cover_partner(desk, LEAD, "P-0001", CoverAsk("pavel", today, today + DAY))
    stop_cover(desk, LEAD, "P-0001", key)
    assert signed_in(desk, "pavel").partner_ids == {3}
    with pytest.raises(Refused, match="over already"):
        stop_cover(desk, LEAD, "P-0001", key)
    take_up_cover(desk, LEAD, "P-0001", key)
    assert signed_in(desk, "pavel").partner_ids == {1, 3}


def test_whoever_covers_works_on_the_partner_but_does_not_hand_it_on(
    desk: Desk, door: Door, clock: FixedClock
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
    desk: Desk, door: Door, clock: FixedClock
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


def test_managers_are_put_on_a_partner_and_taken_off(desk: Desk, door: Door) -> None:
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
    desk: Desk, door: Door, ask: CoverAsk, words: str
) -> None:
    with pytest.raises((BadInput, Refused), match=words):
        cover_partner(desk, LEAD, "P-0001", ask)


def test_only_partner_managers_serve_partners(desk: Desk, door: Door) -> None:
    assert [username for username, _ in who_may_serve(desk, LEAD)] == ["paul", "pavel", "pia"]


# Proposals


def test_two_spellings_of_one_partner_are_proposed_until_somebody_says_they_differ(
    desk: Desk, door: Door
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


def test_a_proposal_names_no_partner_outside_of_the_own(desk: Desk, door: Door) -> None:
    assert proposals_view(desk, signed_in(desk, "pia")).proposals == ()
    dismiss_pair(desk, LEAD, "P-0001", "P-0002")
    assert proposals_view(desk, signed_in(desk, "pia")).dismissed == ()


# Files


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def as_file(lines: list[dict[str, str]]) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(lines[0]))
    writer.writeheader()
    writer.writerows(lines)
    return file.getvalue().encode()


def test_an_exported_file_read_back_changes_nothing(desk: Desk, door: Door) -> None:
    for name in ("=cmd|' /C calc'!A1", "@home", "'=odd", "-1 | +2", 'Quote "x", GmbH'):
        made = create_partner(desk, LEAD, Facts(name, tier="T4"))
        add_spelling(desk, LEAD, made.ref, f"+{name} | two")
    out = export_directory(desk, LEAD)
    assert (out.count, last_entry(desk).act) == (8, "partner.export")
    assert not any(
        cell.startswith(("=", "+", "-", "@")) for row in cells(out.text) for cell in row.values()
    )
    written = out.text.encode("utf-8-sig")
    plan = preview_directory(desk, LEAD, written, "p.csv")
    assert plan.counts == {"created": 0, "changed": 0, "unchanged": 8, "rejected": 0}
    with pytest.raises(Refused, match="nothing to bring in"):
        import_directory(desk, LEAD, written, "p.csv", plan.mark)


def test_an_export_keeps_to_the_scope(desk: Desk, door: Door) -> None:
    out = export_directory(desk, signed_in(desk, "pia"))
    assert [row["ref"] for row in cells(out.text)] == ["P-0001"]
    assert tuple(cells(out.text)[0]) == COLUMNS
    with pytest.raises(Refused, match="role"):
        export_directory(desk, VIEWER)


def test_a_file_is_previewed_line_by_line_and_brought_in_as_a_whole(desk: Desk, door: Door) -> None:
    lines = cells(export_directory(desk, LEAD).text)
    lines[0] |= {"tier": "T3", "managers": "pia | paul"}
    lines[1] |= {"tier": "T9"}
    new = dict.fromkeys(COLUMNS, "") | {"name": "Kleine Welle", "accounts": "threads:@welle"}
    content = as_file([*lines, new, new | {"name": "Neu", "spellings": "kleine  WELLE"}])
    plan = preview_directory(desk, LEAD, content, "p.csv")
    assert [line.state for line in plan.lines] == [
        *("changed", "rejected", "unchanged", "created", "rejected"),
    ]
    assert plan.lines[0].changes == (
        ("tier", "T2 managed", "T3 scaled"),
        ("managers", "pavel", "paul, pia"),
    )
    (tier, taken) = (line.fault for line in plan.lines if line.fault)
    assert isinstance(tier, BadInput)
    assert tier.at == "p.csv, line 3, tier"
    assert tier.hint
    assert "line 5" in taken.message
    before = entry_count(desk)
    done = import_directory(desk, LEAD, content, "p.csv", plan.mark)
    assert done.counts == plan.counts
    assert entry_count(desk) == before + 1
    assert facts(desk, "P-0003").tier == "T3"
    assert signed_in(desk, "paul").partner_ids == {2, 3}
    made = details_view(desk, LEAD, "P-0004")
    assert (made.entry.facts.name, made.accounts[0].handle) == ("Kleine Welle", "@welle")


def test_an_empty_cell_leaves_what_stands_and_a_dash_empties_it(desk: Desk, door: Door) -> None:
    text = "ref,market,zone,managers,accounts,tier\nP-0001,,-,,-,\n"
    (line,) = preview_directory(desk, LEAD, text.encode(), "p.csv").lines
    assert [change[0] for change in line.changes] == ["zone", "accounts"]
    import_directory(desk, LEAD, text.encode(), "p.csv")
    view = details_view(desk, LEAD, "P-0001")
    assert (view.entry.facts.market, view.entry.facts.zone) == ("DE", "")
    assert (view.accounts, [each.username for each in view.managers]) == ((), ["pia"])


def test_a_file_is_not_brought_in_other_than_previewed(desk: Desk, door: Door) -> None:
    lines = cells(export_directory(desk, LEAD).text)
    lines[0]["tier"] = "T3"
    plan = preview_directory(desk, LEAD, as_file(lines), "p.csv")
    edit_partner(desk, LEAD, an_edit(desk, "P-0003", tier="T1"))
    with pytest.raises(Conflict, match="since the preview"):
        import_directory(desk, LEAD, as_file(lines), "p.csv", plan.mark)
    (stale,) = (
        line for line in preview_directory(desk, LEAD, as_file(lines), "p.csv").lines if line.fault
    )
    assert stale.fault is not None
    assert "since this file was written" in stale.fault.message


def test_a_line_of_a_merged_partner_says_where_it_went(desk: Desk, door: Door) -> None:
    merge_partners(desk, LEAD, MergeAsk("P-0002", "P-0001"))
    text = b"ref,tier\nP-0002,T1\n"
    for username, words in (("pia", "merged into P-0001"), ("pavel", "P-0002 was not found")):
        (line,) = preview_directory(desk, signed_in(desk, username), text, "p.csv").lines
        assert line.fault is not None
        assert words in line.fault.message


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (b"ref,colour\nP-0001,red\n", "p.csv, line 1"),
        (b"tier\nT1\n", "p.csv, line 1"),
        (b"name,name\nA,B\n", "p.csv, line 1"),
        (b"name\nA,B\n", "p.csv, line 2"),
        (b"name\n\xff\xfe\n", "p.csv, byte 6"),
        (b'name\n"A\n', "p.csv, line 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_place(
    desk: Desk, door: Door, text: bytes, at: str
) -> None:
    with pytest.raises(BadInput) as refused:
        preview_directory(desk, LEAD, text, "p.csv")
    assert refused.value.at == at


def test_a_partner_manager_brings_in_own_partners_only(desk: Desk, door: Door) -> None:
    pia = signed_in(desk, "pia")
    text = "ref;name;tier\nP-0003;Liga Azul;T1\n;Liga Azul;T1\nP-0099;;T1\n;Meine Welle;T3\n"
    plan = preview_directory(desk, pia, text.encode(), "p.csv")
    assert [line.state for line in plan.lines] == ["rejected", "rejected", "rejected", "created"]
    told = [line.fault.message.replace("P-0003", "REF") for line in plan.lines if line.fault]
    assert told[0] == told[2].replace("P-0099", "REF")
    import_directory(desk, pia, text.encode(), "p.csv", plan.mark)
    assert signed_in(desk, "pia").partner_ids == {1, 4}
    assert facts(desk, "P-0003").tier == "T2"


# What stays true of the store as a whole


def test_a_backup_holds_the_directory_and_erasing_leaves_it(
    desk: Desk, door: Door, tmp_path: Path, clock: FixedClock
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
    desk: Desk, door: Door
) -> None:
    batch = door.admit(a_case(20, partner="Neu Eins"), a_case(21, partner="Neu Zwei"))
    edit_partner(desk, LEAD, an_edit(desk, "P-0004", tier="T1"))
    door.undo(batch)
    assert {line.entry.ref for line in directory_view(desk, LEAD).lines} == {
        *("P-0001", "P-0002", "P-0003", "P-0004"),
    }


def test_an_edit_that_another_process_overtakes_in_the_store_is_a_conflict(
    desk: Desk, door: Door
) -> None:
    edit = an_edit(desk, tier="T2")
    with desk.store.write(Draft("ben", "partner.edit", "P-0001")) as write:
        write.connection.execute(update(PARTNERS).where(PARTNERS.c.id == 1).values(version=9))
    with pytest.raises(Conflict):
        edit_partner(desk, LEAD, edit)
