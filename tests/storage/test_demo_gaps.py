"""The gaps of a small demo workspace: filed in the past, by the rules, and the open one left to find."""

from __future__ import annotations

import json

import pytest

from core.access.model import Person
from core.desk.boot import Desk
from core.desk.gap_views import GapAsk, gap_dossier, gap_list
from core.desk.workspace import create_demo
from core.storage.trail import audit_entries, verify

LEAD = Person("lead", "Lead", "team_lead")
CASES = 300


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_the_demo_files_gaps_of_each_kind_but_not_the_one_to_be_found(desk: Desk) -> None:
    made = create_demo(desk, CASES)
    truth = json.loads(made.truth_file.read_text("utf-8"))["policy_gaps"]
    found = gap_list(desk, LEAD, GapAsk(with_closed=True))
    assert {line.gap.kind for line in found.lines} == {"policy", "enforcement", "process"}
    assert {line.gap.response for line in found.lines} >= {"proposed", "deferred", "declined"}
    assert not any("RM-2" in line.gap.clauses for line in found.lines)
    (closed,) = [line.gap for line in found.lines if "MD-2" in line.gap.clauses]
    closed_at = next(gap["closed_at"] for gap in truth if gap["state"] == "closed")
    assert closed.shipped_at
    assert closed.shipped_at.date().isoformat() == closed_at[:10]
    assert (closed.implementation, closed.matching and closed.matching.clause) == (
        *("shipped", ("MD-2",)),
    )
    dossier = gap_dossier(desk, Person("liaison", "L", "policy_liaison"), closed.ref)
    assert "verify" in {offer.move.act for offer in dossier.offers}
    moments = [entry.at for entry in dossier.log]
    assert moments == sorted(moments, reverse=True)
    assert moments[0] <= desk.clock.now()
    assert any(line.overdue for line in found.lines)
    with desk.store.read() as connection:
        entries = audit_entries(connection, act="demo.create")
        assert verify(connection).holds
    (record,) = [entry for entry in entries if entry.subject == "policy gaps"]
    assert record.details == {"gaps": found.total}
