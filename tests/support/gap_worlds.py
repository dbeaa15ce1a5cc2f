"""Policy gaps with linked and matching cases over random cases, and who may see which of them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from core.access.model import Person
from core.cases.filter import CaseFilter, Flag
from core.storage.engine import Store
from core.storage.tables import GapCaseRow, GapRow
from tests.support.rows import DRAFT, NOW

PEOPLE = (
    Person("lea", "Lea", "team_lead", zone="Asia/Tokyo"),
    Person("ana", "Ana", "analyst", team="red", zone="America/Sao_Paulo"),
    Person("pat", "Pat", "partner_manager", partner_ids=frozenset({1, 3})),
    Person("liz", "Liz", "policy_liaison", zone="Europe/Berlin"),
    Person("vic", "Vic", "viewer"),
    Person("ada", "Ada", "auditor", zone="Pacific/Auckland"),
)
ZONES = ("UTC", "Asia/Tokyo", "America/Sao_Paulo", "Pacific/Auckland")
FLAGS = (Flag.REOPENED, Flag.LEGAL_HOLD, Flag.UNASSIGNED)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class PlantedGap:
    """A gap as it stands in the store."""

    ref: str
    linked: frozenset[int]
    matching: CaseFilter | None


def file_gap(
    store: Store, number: int, linked: Sequence[int] = (), matching: CaseFilter | None = None
) -> PlantedGap:
    """Write a gap and its links as they are given."""
    ref = f"G-{number:04d}"
    told = "" if matching is None else matching.model_dump_json(exclude_defaults=True)
    times = dict.fromkeys(("proposed_at", "response_at", "implementation_at", "changed_at"), NOW)
    states = {"response": "proposed", "implementation": "not_started", "severity": "high"}
    facts = {"title": f"Gap {number}", "gap_type": "ambiguous_rule", "matching": told}
    with store.write(DRAFT) as write:
        row = insert(GapRow).values(id=number, ref=ref, **facts, **states, **times)
        write.connection.execute(row)
    link(store, number, linked)
    return PlantedGap(ref, frozenset(linked), matching)


def link(store: Store, number: int, cases: Sequence[int]) -> None:
    """Link cases to a gap."""
    with store.write(DRAFT) as write:
        for case_id in cases:
            row = {"gap_id": number, "case_id": case_id, "linked_at": NOW}
            write.connection.execute(insert(GapCaseRow).values(**row))


def draw_matching(draw: random.Random, cases: Sequence[Row]) -> CaseFilter:
    """A filter that some cases satisfy: values of two of them, perhaps a flag and days."""
    samples = draw.sample(cases, 2)
    parts: dict[str, Any] = {}
    for name in draw.sample(("market", "tier", "requester_kind", "platform", "language"), 2):
        parts[name] = tuple(dict.fromkeys(case[name] for case in samples))
    if draw.random() < 0.3:
        parts["flags"] = (draw.choice(FLAGS),)
    if draw.random() < 0.5:
        parts["received_from"] = date(2026, 1, 1) + timedelta(days=draw.randrange(40))
        parts["zone"] = draw.choice(ZONES)
    return CaseFilter(**parts)


def is_matched(case: Row, matching: CaseFilter | None) -> bool:
    """The rule of a drawn filter, case by case."""
    if matching is None:
        return False
    for name in ("market", "tier", "requester_kind", "platform", "language"):
        if matching.values(name) and case[name] not in matching.values(name):
            return False
    facts = {
        Flag.REOPENED: case["reopen_count"] > 0,
        Flag.LEGAL_HOLD: case["legal_hold"],
        Flag.UNASSIGNED: case["assignee"] == "",
    }
    if not all(facts[flag] for flag in matching.flags):
        return False
    if matching.received_from is None:
        return True
    return received_day(case, matching.zone) >= matching.received_from


def received_day(case: Row, zone: str) -> date:
    """The local day on which a case came."""
    return datetime.fromtimestamp(case["received_at"] / 1e6, ZoneInfo(zone)).date()


def may_see(case: Row, person: Person, granted: frozenset[int] = frozenset()) -> bool:
    """The rule of scope, case by case."""
    if person.role == "partner_manager" and case["partner_id"] not in person.partner_ids:
        return False
    if case["restriction"] == "restricted":
        return person.role == "auditor" or case["id"] in granted
    return case["restriction"] == "open" or person.role == "auditor"
