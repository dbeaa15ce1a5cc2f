"""An export holds the person's cases in the promised columns, is safe to open, and is on record."""

from __future__ import annotations

import csv
import io
import json

import pytest

from core.access.model import Person
from core.access.rules import scope_of
from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.export import export_cases
from core.errors import BadInput, Refused
from core.storage.export_rows import export_lines
from core.storage.trail import audit_entries
from tests.support.rows import (
    HOUR,
    NOW,
    a_case,
    a_finished_case,
    a_partner,
    store_cases,
    store_partners,
)

LEAD = Person("ana", "Ana", "team_lead")
EVERYTHING = CaseFilter(segment="all")
PROMISED = [
    "ref",
    "external_id",
    "received_at",
    "first_response_at",
    "resolved_at",
    "closed_at",
    "status",
    "priority",
    "channel",
    "surface",
    "abuse_type",
    "partner",
    "tier",
    "market",
    "language",
    "assignee",
    "reopen_count",
    "sla_frt",
    "sla_ttr",
]


def lines(
    desk: Desk, chosen: CaseFilter = EVERYTHING, person: Person = LEAD
) -> list[dict[str, str]]:
    text = "".join(export_cases(desk, person, chosen, "csv").portions)
    return list(csv.DictReader(io.StringIO(text)))


def test_the_promised_columns_come_first_and_the_unknown_is_empty(desk: Desk) -> None:
    store_partners(desk.store, a_partner(1, name="Radio Nord"))
    store_cases(
        desk.store,
        a_case(1, partner_id=1, market="NA", next_due_at=NOW - 1, frt_due_at=NOW - 1),
        a_finished_case(2, closed_at=NOW + 500_000, assignee="bo"),
    )
    first, second = lines(desk)
    assert list(first)[: len(PROMISED)] == PROMISED
    assert (first["ref"], first["partner"], first["market"]) == ("E-000001", "Radio Nord", "NA")
    assert (first["received_at"], first["closed_at"]) == ("2026-03-02T08:00:00Z", "")
    assert (first["sla_frt"], first["sla_ttr"]) == ("breached", "none")
    assert second["closed_at"] == "2026-03-02T09:00:00.500000Z"
    assert (second["sla_ttr"], second["frt_seconds"], second["reopen_count"]) == (
        "met",
        "3600",
        "0",
    )


def test_json_lines_say_the_same_with_types(desk: Desk) -> None:
    store_cases(desk.store, a_finished_case(1, legal_hold=True, closed_at=None))
    line = json.loads("".join(export_cases(desk, LEAD, EVERYTHING, "jsonl").portions))
    assert line["closed_at"] is None
    assert (line["frt_seconds"], line["legal_hold"], line["sla_nrt"]) == (
        HOUR // 10**6,
        True,
        "none",
    )


def test_a_cell_that_looks_like_a_formula_is_made_harmless(desk: Desk) -> None:
    starts = ["=", "+", "-", "@", "\t"]
    store_cases(desk.store, *(a_case(i, assignee=f"{s}1+1") for i, s in enumerate(starts, 1)))
    assert [line["assignee"] for line in lines(desk)] == [f"'{s}1+1" for s in starts]


def test_an_export_is_on_record_with_its_filter_but_not_its_search(desk: Desk) -> None:
    store_cases(desk.store, a_case(1), a_case(2, priority="P0"))
    assert len(lines(desk, CaseFilter(priority=("P0",), text="E-000002"))) == 1
    with desk.store.read() as connection:
        (entry,) = audit_entries(connection, act="case.export")
    assert (entry.actor, entry.details["cases"]) == ("ana", 1)
    assert "P0" in repr(entry.details)
    assert "E-000002" not in repr(entry.details)


def test_an_export_keeps_to_scope_and_permission(desk: Desk) -> None:
    store_partners(desk.store, a_partner(1), a_partner(2))
    store_cases(
        desk.store,
        a_case(1, partner_id=1),
        a_case(2, partner_id=2),
        a_case(3, partner_id=1, restriction="restricted"),
    )
    manager = Person("mia", "Mia", "partner_manager", partner_ids=frozenset({1}))
    assert [line["ref"] for line in lines(desk, person=manager)] == ["E-000001"]
    with pytest.raises(Refused):
        lines(desk, person=Person("vic", "Vic", "viewer"))
    with pytest.raises(BadInput):
        export_cases(desk, LEAD, EVERYTHING, "xlsx")


def test_more_cases_than_one_portion_all_come(desk: Desk) -> None:
    store_cases(desk.store, *(a_case(i) for i in range(1, 8)))
    with desk.store.read() as connection:
        portions = list(export_lines(connection, scope_of(LEAD), range(1, 9), NOW, most=3))
    assert [list(p["ref"].str[-1]) for p in portions] == [["1", "2", "3"], ["4", "5", "6"], ["7"]]
