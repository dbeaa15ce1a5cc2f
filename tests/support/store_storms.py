"""Random writes, imports, undone imports and removals, and the same figures asked of the store.

What the snapshot says after each of them must be what a plain statement on the store of record says.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import text, update

from core.access.model import Person
from core.audit.model import Draft
from core.cases.filter import CaseFilter, Segment
from core.cases.measures import overturned_outcomes, reviewed_outcomes
from core.clock import to_micros
from core.desk.boot import Desk
from core.desk.queue import queue_view
from core.desk.risk import heatmap_view
from core.risk.heat_ask import HeatmapAsk, Measure
from core.storage.undo import undo_batch
from core.taxonomy import taxonomy
from tests.storage.builders import CASES, RECEIVED, Door, a_case, an_event
from tests.support.rows import remove_case

LEAD = Person("lead", "Ana", "team_lead", team="red")
DAY = 24 * 3_600_000_000
DAYS_BACK = 80
VALUES: dict[str, tuple[str, ...]] = {
    "abuse_type": ("spam", "fraud_scams", "hateful_conduct"),
    "market": ("DE", "BR", "NA", ""),
    "channel": ("partner_portal", "user_appeal", "chat"),
    "platform": ("facebook", "instagram"),
    "tier": ("T1", "T3"),
    "priority": ("P0", "P1", "P2", "P3"),
}
COUNTED = (*VALUES, "status", "owner", "assignee", "outcome", "surface", "language")
ENDS: tuple[tuple[tuple[str, str, float], ...], ...] = (
    (),
    (("reply", "", 3),),
    (("reply", "", 2), ("decision", "upheld", 8), ("status", "resolved", 9)),
    (("decision", "overturned_restored", 90), ("status", "resolved", 200)),
)


@dataclass
class Storm:
    """One desk in random weather."""

    desk: Desk
    seed: int
    batches: list[int] = field(default_factory=list)
    numbers: int = 0
    done: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        self.door = Door(self.desk.store)

    def step(self) -> str:
        """One thing happens; gives what."""
        what = self.draw.choices(
            (self.bring, self.bring_again, self.edit, self.undo, self.remove), (5, 3, 4, 2, 1)
        )[0]
        what()
        self.done[what.__name__] = self.done.get(what.__name__, 0) + 1
        return what.__name__

    def bring(self) -> None:
        """An import of new cases."""
        first, count = self.numbers + 1, self.draw.randint(1, 6)
        self.numbers += count
        self._admit(range(first, first + count))

    def bring_again(self) -> None:
        """An import of some new cases and some that are there, with other facts."""
        known = self.draw.sample(range(1, self.numbers + 1), min(3, self.numbers))
        self.numbers += 1
        self._admit([*known, self.numbers])

    def edit(self) -> None:
        """Somebody changes a case by hand."""
        name = self.draw.choice(("assignee", "market", "priority", "abuse_type"))
        value = self.draw.choice(VALUES.get(name, ("ben", "eva", "")))
        one = CASES.c.external_id == f"T{self.draw.randint(1, max(1, self.numbers))}"
        with self.desk.store.write(Draft("ben", "case.assign", "case")) as write:
            values: dict[str, Any] = {name: value, "change_seq": write.seq}
            write.connection.execute(update(CASES).where(one).values(**values))

    def undo(self) -> None:
        """An import is taken back, perhaps not the last one."""
        if self.batches:
            batch = self.batches.pop(self.draw.randrange(len(self.batches)))
            with self.desk.store.write(Draft("ana", "import.undo", "import")) as write:
                undo_batch(write, batch)

    def remove(self) -> None:
        """A case is gone for good."""
        with self.desk.store.read() as connection:
            ids = [int(i) for i in connection.execute(text("SELECT id FROM cases")).scalars()]
        if ids:
            remove_case(self.desk.store, self.draw.choice(ids))

    def _admit(self, numbers: Any) -> None:
        cases = []
        for number in numbers:
            facts = {name: self.draw.choice(values) for name, values in VALUES.items()}
            late = self.draw.randrange(DAYS_BACK * 24) * 3_600_000_000
            said = [("received", "", 0.0), *self.draw.choice(ENDS)]
            events = [an_event(kind, value, hours) for kind, value, hours in said]
            moved = [{**event, "at": event["at"] - late} for event in events]
            outcome = next((value for kind, value, _ in said if kind == "decision"), "")
            head = {"received_at": RECEIVED - late, "events": moved, "outcome": outcome}
            things = [("url", value) for value in self.draw.sample("abcdef", 2)]
            partner = self.draw.choice(("Nord", "Sued", "West", ""))
            cases.append(a_case(number, **facts, **head, partner=partner, entities=things))
        self.batches.append(self.door.admit(*cases))

    def check(self) -> int:
        """Compare everything; gives how many figures were compared."""
        return self.check_queue() + sum(self.check_heatmap(measure) for measure in Measure)

    def ask(self, statement: str, **values: Any) -> list[Any]:
        """A plain statement on the store of record."""
        with self.desk.store.read() as connection:
            return list(connection.execute(text(statement), values))

    def check_queue(self) -> int:
        """Facets, segments and tiles of all cases."""
        view = queue_view(self.desk, LEAD, CaseFilter(segment=Segment.ALL))
        for name in COUNTED:
            truth = self.ask(f"SELECT {name}, count(*) FROM cases GROUP BY {name}")
            found = {facet.value: facet.count for facet in view.facets.dimensions[name]}
            assert found == {row[0]: row[1] for row in truth}, name
        ((whole, is_open, nobody),) = self.ask(
            "SELECT count(*), coalesce(sum(CASE WHEN owner <> '' THEN 1 ELSE 0 END), 0),"
            " coalesce(sum(CASE WHEN owner <> '' AND assignee = '' THEN 1 ELSE 0 END), 0)"
            " FROM cases"
        )
        tiles = {tile.name: tile for tile in view.tiles}
        assert view.total == view.facets.segments["all"] == whole
        assert view.facets.segments["open"] == is_open == tiles["open"].n
        assert tiles["unassigned"].n == nobody
        return len(COUNTED) + 5

    def check_heatmap(self, measure: Measure) -> int:
        """Cells of a heatmap: n, and the value where the measure has one."""
        rows_of, columns_of = self.draw.sample(list(VALUES), 2)
        ask = HeatmapAsk(rows_of, columns_of, 13, measure)
        view = heatmap_view(self.desk, LEAD, CaseFilter(), ask, "UTC")
        start = to_micros(self.desk.clock.now().replace(hour=0, minute=0))
        end = start - self.desk.clock.now().weekday() * DAY
        rows = self.ask(
            f"SELECT {ask.rows}, {ask.columns}, sla_ttr, ttr_due_at, outcome, ttr_us, priority"
            " FROM cases WHERE received_at >= :start AND received_at < :end",
            start=end - 91 * DAY,
            end=end,
        )
        truth: dict[tuple[str, str], list[float]] = {}
        for row in rows:
            amount = self._amount(measure, row)
            if amount is not None:
                truth.setdefault((row[0], row[1]), []).append(amount)
        cells = view.heat.cells
        assert view.cases == sum(map(len, truth.values())), ask
        found = cells[cells["observed"] > 0].to_dict("records")
        assert {(c["row"], c["column"]): c["observed"] for c in found} == {
            key: len(amounts) for key, amounts in truth.items()
        }, ask
        for cell in found if measure is not Measure.CASES else ():
            amounts = sorted(truth[cell["row"], cell["column"]])
            place = int(np.ceil(0.9 * len(amounts))) - 1
            value = amounts[place] if measure is Measure.TTR else float(np.mean(amounts))
            assert abs(cell["level"] - value) < 1e-9 * max(1.0, abs(value)), ask
        return len(found)

    def _amount(self, measure: Measure, row: Any) -> float | None:
        """What one case adds to a measure; ``None`` where it does not count."""
        if measure is Measure.BREACH:
            missed = row.sla_ttr == "running" and row.ttr_due_at < to_micros(self.desk.clock.now())
            verdict = "breached" if missed else row.sla_ttr
            return float(verdict == "breached") if verdict in {"met", "breached"} else None
        if measure is Measure.OVERTURN:
            reviewed = row.outcome in reviewed_outcomes()
            return float(row.outcome in overturned_outcomes()) if reviewed else None
        if measure is Measure.TTR:
            return None if row.ttr_us is None else float(row.ttr_us)
        return taxonomy().harm_weight(row.priority) if measure is Measure.SEVERITY else 1.0


def weather(desk: Desk, seed: int, steps: int, every: int = 1) -> tuple[int, dict[str, int]]:
    """So many steps with comparisons between them; how many figures agreed, and what happened."""
    storm, agreed = Storm(desk, seed), 0
    for number in range(steps):
        storm.step()
        if number % every == every - 1:
            agreed += storm.check()
    return agreed + storm.check(), storm.done
