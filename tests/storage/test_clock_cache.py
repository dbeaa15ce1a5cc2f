"""The clock columns of a stored case are a cache: the one-case rule over its events says the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.audit.model import Draft
from core.clock import FixedClock, from_micros, to_micros
from core.demo import generate
from core.sla.clocks import clocks
from core.sla.model import CaseClocks, CaseFacts, ClockEvent, ClockName, EventKind, Owner
from core.sla.policies import read_book
from core.storage.admit import Admission
from core.storage.engine import Store
from core.storage.tables import CaseEventRow, CaseRow
from core.storage.tables.base import table_of

CASES, EVENTS = table_of(CaseRow), table_of(CaseEventRow)
DUES = {"frt": ClockName.FRT, "nrt": ClockName.NRT, "upd": ClockName.UPD, "ttr": ClockName.TTR}


def micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)


def expected(state: CaseClocks) -> dict[str, Any]:
    found: dict[str, Any] = {
        f"sla_{name.value}": state.clocks[name].verdict.value for name in ClockName
    }
    found |= {
        f"{column}_due_at": micros(state.clocks[name].due_at) for column, name in DUES.items()
    }
    found |= {
        f"time_{owner.value}_us": state.parts.get(owner, timedelta()) // timedelta(microseconds=1)
        for owner in Owner
    }
    return found | {
        "status": state.status,
        "priority": state.priority,
        "owner": state.owner.value if state.owner else "",
        "first_response_at": micros(state.first_response_at),
        "first_resolved_at": micros(state.first_resolved_at),
        "reopen_count": state.reopen_count,
    }


def told_again(case: Mapping[str, Any], events: list[Any], at: datetime) -> dict[str, Any]:
    facts = CaseFacts(
        case["first_priority"], case["first_tier"], case["first_requester_kind"], case["calendar"]
    )
    story = [ClockEvent(from_micros(e.at), EventKind(e.kind), e.value) for e in events]
    return expected(clocks(facts, story, read_book(), at))


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_cache_and_rule_agree_on_every_case(store: Store, clock: FixedClock) -> None:
    book = read_book()
    with store.write(Draft("test", "demo.create", "demo")) as write:
        admission = Admission(write, None, book)
        for part in generate(400, 11, clock.now(), book).batches():
            admission.cases(part.cases, part.events, part.entities)
    stories: dict[int, list[Any]] = {}
    with store.read() as connection:
        for event in connection.execute(select(EVENTS).order_by(EVENTS.c.case_id, EVENTS.c.seq)):
            stories.setdefault(event.case_id, []).append(event)
        cases = [dict(row) for row in connection.execute(select(CASES)).mappings()]
    assert len(cases) == 400
    for case in cases:
        rule = told_again(case, stories[case["id"]], clock.now())
        if case["owner"]:
            # Of an open case the store keeps the time up to its last event only.
            up_to = told_again(case, stories[case["id"]], from_micros(case["last_event_at"]))
            rule |= {name: share for name, share in up_to.items() if name.startswith("time_")}
        assert {name: case[name] for name in rule} == rule, case["ref"]
