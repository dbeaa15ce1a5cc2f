"""Several people read the queue while somebody writes: every view is of one version."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment, Sort
from core.desk.boot import Desk
from core.desk.queue import queue_view
from tests.support.rows import a_partner, random_cases, remove_case, store_cases, store_partners

SECONDS = 4
READERS = 3
PEOPLE = (Person("ana", "Ana", "team_lead", team="red"), Person("ada", "Ada", "auditor"))


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_views_add_up_while_cases_change(desk: Desk) -> None:
    cases = random_cases(120, seed=3, open_share=0.5)
    store_partners(desk.store, *(a_partner(i) for i in range(1, 6)))
    store_cases(desk.store, *cases[:60])
    end = time.monotonic() + SECONDS
    with ThreadPoolExecutor(READERS + 1) as pool:
        writing = pool.submit(write_until, desk, cases, end)
        reading = [pool.submit(read_until, desk, seed, end) for seed in range(READERS)]
        assert writing.result() > 0
        assert all(reader.result() > 0 for reader in reading)


def read_until(desk: Desk, seed: int, end: float) -> int:
    draw = random.Random(seed)
    seen = 0
    while time.monotonic() < end:
        chosen = CaseFilter(segment=draw.choice(list(Segment)), sort=draw.choice(list(Sort)))
        view = queue_view(desk, draw.choice(PEOPLE), chosen)
        for name in ("status", "assignee", "partner", "sla_frt"):
            assert sum(value.count for value in view.facets.dimensions[name]) == view.total
        assert view.facets.segments[chosen.segment] == view.total
        assert sum(mark.count for mark in view.ageing) <= view.tiles[0].n
        seen += 1
    return seen


def write_until(desk: Desk, cases: list[dict[str, object]], end: float) -> int:
    draw = random.Random(9)
    written = 0
    while time.monotonic() < end:
        case = {**draw.choice(cases), "assignee": f"somebody {draw.randint(0, 300)}"}
        if draw.random() < 0.2:
            remove_case(desk.store, int(str(case["id"])))
        else:
            store_cases(desk.store, case)
        if draw.random() < 0.1:
            store_partners(desk.store, a_partner(draw.randint(1, 9), category="creator"))
        written += 1
        time.sleep(0.02)
    return written
