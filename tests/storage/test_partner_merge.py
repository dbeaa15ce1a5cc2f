"""Two partners become one and two again: everything follows, edits in between stay, once in the audit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from core.access.model import Person
from core.audit.model import Draft
from core.cases.filter import CaseFilter
from core.clock import FixedClock
from core.desk.boot import Desk
from core.desk.directory import add_spelling, details_view, directory_view
from core.desk.partner import open_partner
from core.desk.partner_merges import (
    MergeAsk,
    merge_partners,
    merge_preview,
    undo_merge,
    undo_preview,
)
from core.desk.queue import queue_view
from core.errors import Conflict, NotFound, Refused
from core.storage.cases import CASES
from core.storage.partner_assignments import managers_of
from core.storage.tables import Base
from core.storage.trail import audit_entries
from tests.storage.builders import Door, a_case, an_event
from tests.support.partner_directory import LEAD, VIEWER, signed_in

ASK = MergeAsk("P-0002", "P-0001")
# What an undo rightly leaves: the record of the acts, and the marks that something changed twice.
KEEPS_GROWING = {"audit", "audit_head", "app_seq", "partner_merges", "partner_merge_moves"}
MARKS = {"version", "change_seq", "import_seq", "changed_at", "changed_by"}


def content(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, without what has to differ."""
    found = {}
    with desk.store.read() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name in KEEPS_GROWING:
                continue
            rows = connection.execute(select(table).order_by(*table.primary_key)).mappings()
            kept = [{k: v for k, v in row.items() if k not in MARKS} for row in rows]
            found[table.name] = sorted(kept, key=lambda row: json.dumps(row, default=str))
    return found


def partners_of_cases(desk: Desk) -> dict[str, int]:
    with desk.store.read() as connection:
        rows = connection.execute(select(CASES.c.external_id, CASES.c.partner_id))
        return {row.external_id: row.partner_id for row in rows}


def counted(desk: Desk, ref: str, person: Person = LEAD) -> int:
    return queue_view(desk, person, CaseFilter(partner=(ref,))).total


def test_a_merge_moves_cases_spellings_accounts_and_managers(desk: Desk, filled: Door) -> None:
    merge_partners(desk, LEAD, ASK)
    assert partners_of_cases(desk) == {"T1": 1, "T2": 1, "T3": 1, "T4": 1, "T5": 3, "T6": 3}
    details = details_view(desk, LEAD, "P-0001")
    assert [each.spelling for each in details.spellings] == [
        "NLZ",
        "Nordlicht Zeitung",
        "Nordlicht-Zeitung GmbH",
    ]
    assert [(each.platform, each.handle) for each in details.accounts] == [
        ("facebook", "@nordlicht"),
        ("threads", "@nlz"),
    ]
    assert {each.username for each in details.managers} == {"pia", "paul"}
    assert [other.ref for _, other in details.merges] == ["P-0002"]
    assert [line.entry.ref for line in directory_view(desk, LEAD).lines] == ["P-0003", "P-0001"]


def test_the_old_reference_leads_to_the_partner_that_was_kept(desk: Desk, filled: Door) -> None:
    merge_partners(desk, LEAD, ASK)
    merge_partners(desk, LEAD, MergeAsk("P-0001", "P-0003"))
    assert open_partner(desk, LEAD, "P-0002").ref == "P-0003"
    assert signed_in(desk, "paul").partner_ids == {3}
    assert open_partner(desk, signed_in(desk, "paul"), "P-0002").ref == "P-0003"


def test_a_later_import_of_the_old_name_lands_at_the_kept_partner(desk: Desk, filled: Door) -> None:
    merge_partners(desk, LEAD, ASK)
    filled.admit(a_case(9, partner="nordlicht-zeitung gmbh"))
    assert partners_of_cases(desk)["T9"] == 1


def test_queue_counts_follow_a_merge_and_its_undo(desk: Desk, filled: Door) -> None:
    assert (counted(desk, "P-0001"), counted(desk, "P-0002")) == (2, 2)
    merged = merge_partners(desk, LEAD, ASK)
    # The address of a saved view may still name the old reference.
    assert (counted(desk, "P-0001"), counted(desk, "P-0002")) == (4, 4)
    assert counted(desk, "P-0002", signed_in(desk, "pavel")) == 0
    with desk.snapshot.reading() as reading:
        assert reading.roster.refs == ("P-0001", "P-0003")
    undo_merge(desk, LEAD, merged.id)
    assert (counted(desk, "P-0001"), counted(desk, "P-0002")) == (2, 2)


def test_clocks_and_tiers_of_cases_stay_as_they_were(desk: Desk, filled: Door) -> None:
    before = filled.case(3)
    merge_partners(desk, LEAD, ASK)
    after = filled.case(3)
    moved = {"partner_id", "version", "change_seq", "import_seq"}
    assert {k for k in before._fields if getattr(before, k) != getattr(after, k)} == moved
    assert (after.first_tier, after.tier) == ("T2", "T2")


def test_an_undo_restores_everything_exactly(desk: Desk, filled: Door) -> None:
    before = content(desk)
    merged = merge_partners(desk, LEAD, ASK)
    assert content(desk) != before
    done = undo_merge(desk, LEAD, merged.id)
    assert content(desk) == before
    assert (done.apart.back, done.apart.changed, done.apart.elsewhere) == (2, (), ())


def test_an_undo_keeps_what_was_edited_since_and_names_it(desk: Desk, filled: Door) -> None:
    merged = merge_partners(desk, LEAD, ASK)
    with desk.store.write(Draft("ana", "case.edit", "T3")) as write:
        change = update(CASES).where(CASES.c.external_id == "T3")
        write.connection.execute(change.values(priority="P0", change_seq=write.seq))
        change = update(CASES).where(CASES.c.external_id == "T4")
        write.connection.execute(change.values(partner_id=3, change_seq=write.seq))
    foreseen = undo_preview(desk, LEAD, merged.id)
    done = undo_merge(desk, LEAD, merged.id)
    assert done.apart == foreseen.apart
    assert done.apart.changed == (filled.case(3).ref,)
    assert done.apart.elsewhere == (filled.case(4).ref,)
    assert (filled.case(3).partner_id, filled.case(3).priority) == (2, "P0")
    assert filled.case(4).partner_id == 3


def test_cases_that_came_to_the_kept_partner_later_stay_with_it(desk: Desk, filled: Door) -> None:
    merged = merge_partners(desk, LEAD, ASK)
    filled.admit(a_case(9, partner="NLZ"))
    undo_merge(desk, LEAD, merged.id)
    assert partners_of_cases(desk)["T9"] == 1
    filled.admit(a_case(10, partner="NLZ"))
    assert partners_of_cases(desk)["T10"] == 2


def test_merges_are_taken_back_from_the_last_on(desk: Desk, filled: Door) -> None:
    before = content(desk)
    first = merge_partners(desk, LEAD, ASK)
    second = merge_partners(desk, LEAD, MergeAsk("P-0001", "P-0003"))
    with pytest.raises(Refused, match="merged into P-0003"):
        undo_merge(desk, LEAD, first.id)
    undo_merge(desk, LEAD, second.id)
    undo_merge(desk, LEAD, first.id)
    assert content(desk) == before
    with pytest.raises(Refused, match="already"):
        undo_merge(desk, LEAD, first.id)


def test_an_import_can_be_undone_after_a_merge(desk: Desk, filled: Door) -> None:
    said = [an_event("received"), an_event("reply", after=1)]
    again = filled.admit(a_case(3, partner="NLZ", tier="T2", first_tier="T2", events=said))
    merge_partners(desk, LEAD, ASK)
    assert filled.undo(again).kept == ()
    assert filled.case(3).partner_id == 1


def test_the_preview_counts_what_the_merge_then_moves(desk: Desk, filled: Door) -> None:
    preview = merge_preview(desk, LEAD, "P-0002", "P-0001")
    assert preview.counts["cases"] == 2
    assert preview.counts["partner_accounts"] == 1
    assert preview.counts["partner_aliases"] == 2
    assert [each.username for each in preview.gaining] == ["paul"]
    assert partners_of_cases(desk)["T3"] == 2


def test_a_partner_that_changed_since_the_preview_is_not_merged(desk: Desk, filled: Door) -> None:
    preview = merge_preview(desk, LEAD, "P-0002", "P-0001")
    add_spelling(desk, LEAD, "P-0002", "NLZ online")
    ask = MergeAsk("P-0002", "P-0001", preview.gone.version, preview.kept.version)
    with pytest.raises(Conflict, match="P-0002"):
        merge_partners(desk, LEAD, ask)
    assert partners_of_cases(desk)["T3"] == 2


def test_a_partner_manager_merges_own_partners_only(desk: Desk, filled: Door) -> None:
    pia = signed_in(desk, "pia")
    for ask in (ASK, MergeAsk("P-0001", "P-0002"), MergeAsk("P-0001", "P-0099")):
        with pytest.raises(NotFound):
            merge_partners(desk, pia, ask)
    merged = merge_partners(desk, LEAD, ASK)
    with pytest.raises(NotFound, match=f"Merge {merged.id} was not found"):
        undo_merge(desk, signed_in(desk, "pavel"), merged.id)
    with pytest.raises(NotFound, match="Merge 99 was not found"):
        undo_merge(desk, signed_in(desk, "pavel"), 99)
    undo_merge(desk, signed_in(desk, "paul"), merged.id)
    assert signed_in(desk, "paul").partner_ids == {2}


def test_who_may_only_read_merges_nothing(desk: Desk, filled: Door) -> None:
    with pytest.raises(Refused, match="role"):
        merge_partners(desk, VIEWER, ASK)


def test_a_partner_is_not_merged_into_itself(desk: Desk, filled: Door) -> None:
    with pytest.raises(Refused, match="itself"):
        merge_partners(desk, LEAD, MergeAsk("P-0001", "P-0001"))
    merge_partners(desk, LEAD, ASK)
    with pytest.raises(Refused, match="itself"):
        merge_partners(desk, LEAD, ASK)


def test_a_merge_and_its_undo_are_one_entry_each(desk: Desk, filled: Door) -> None:
    merged = merge_partners(desk, LEAD, ASK)
    undo_merge(desk, LEAD, merged.id)
    with desk.store.read() as connection:
        undone, done, before = audit_entries(connection, limit=3)
    assert (undone.act, done.act, before.act) == ("partner.unmerge", "partner.merge", "import.run")
    assert (done.subject, done.details["into"], done.details["cases"]) == ("P-0002", "P-0001", 2)
    assert (undone.subject, undone.details["from"]) == ("P-0002", "P-0001")


def test_both_managers_serve_the_kept_partner(desk: Desk, filled: Door, clock: FixedClock) -> None:
    merge_partners(desk, LEAD, ASK)
    with desk.store.read() as connection:
        served = managers_of(connection, [1, 2, 3], 0)
    assert {key: [each.username for each in found] for key, found in served.items()} == {
        1: ["paul", "pia"],
        3: ["pavel"],
    }
    assert signed_in(desk, "paul").partner_ids == {1}
