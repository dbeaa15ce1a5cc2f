"""Holds the clocks against the naive judge on generated cases: one-case rule, arrays and cells.

``python -m tests.properties.prove_sla --cases 100000 --second-cases 2000 --seed 1``
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.clock import MICROSECOND, to_micros
from core.sla.batch import clock_frame
from core.sla.cache import cache_row
from core.sla.calendars import measure_of
from tests.properties.oracle.grid import Grid
from tests.properties.oracle.judge import Judge
from tests.properties.sla_cases import MINUTES, SECONDS, Scale, Story, World, worlds

if TYPE_CHECKING:
    from collections.abc import Sequence

FACTS = ("priority", "tier", "requester_kind", "calendar")
DUE_NEXT = ("frt", "nrt", "upd", "ttr")


@dataclass
class Outcome:
    """How many cases were compared, what differed, and what the cases were like."""

    cases: int = 0
    faults: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)


def frames(stories: Sequence[Story]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The stories as the two frames that the arrays read."""
    cases = pd.DataFrame({name: [getattr(s.facts, name) for s in stories] for name in FACTS})
    cases.insert(0, "key", pd.Series(range(len(stories)), dtype="int64"))
    lines = [
        (key, to_micros(e.at), str(e.kind), e.value)
        for key, story in enumerate(stories)
        for e in story.events
    ]
    return cases, pd.DataFrame(lines, columns=["key", "at", "kind", "value"])


def compare(world: World, scale: Scale, outcome: Outcome, *, rule_every: int = 1) -> None:
    """Judge every case of a world by cells and by arrays, every nth also by the one-case rule."""
    grid = Grid(world.begin, world.end, scale.unit)
    judge = Judge(world.book, grid, world.at)
    frame = clock_frame(*frames(world.stories), world.book, world.at)
    plain = frame.astype(object).where(frame.notna(), None)
    records: list[dict[str, Any]] = [
        dict(zip(frame.columns, line, strict=True)) for line in plain.itertuples(index=False)
    ]
    for number, (story, record) in enumerate(zip(world.stories, records, strict=True)):
        outcome.cases += 1
        outcome.seen.update(_traits(story, record))
        truth = judge.verdicts(story.facts, story.events)
        wrong = _against_truth(truth, record, grid, world)
        if number % rule_every == 0:
            row = cache_row(story.facts, story.events, world.book, world.at)
            wrong += [f"rule {k}: {row[k]} {record[k]}" for k in record if row[k] != record[k]]
        if wrong:
            outcome.faults.append(f"{story}: {'; '.join(wrong)}")


def _against_truth(
    truth: dict[str, Any] | None, record: dict[str, Any], grid: Grid, world: World
) -> list[str]:
    if truth is None:
        return [] if record["data_fault"] == "no_received" else ["a case without receipt"]
    cell = grid.unit // MICROSECOND
    expected = {}
    for name, value in truth.items():
        if name.endswith("_at") and value is not None:
            expected[name] = to_micros(grid.moment(value))
        elif name.endswith("_us") and value is not None:
            expected[name] = value * cell
        else:
            expected[name] = value
    wrong = [
        f"{name}: {value} by cells, {record[name]} by arrays"
        for name, value in expected.items()
        if name in record and record[name] != value
    ]
    parts = sum(v for k, v in record.items() if k.startswith("time_"))
    if parts != record["wall_us"]:
        wrong.append("the parts do not sum to the wall clock")
    return wrong + _next(expected, truth, record, cell, world)


def _next(
    expected: dict[str, Any], truth: dict[str, Any], record: dict[str, Any], cell: int, world: World
) -> list[str]:
    """The clock due next, read back from the cache as a queue does."""
    live = [(expected[f"{n}_due_at"], i, n) for i, n in enumerate(DUE_NEXT)
            if truth.get(f"{n}_elapsed") is not None and expected[f"{n}_due_at"] is not None]  # fmt: skip
    if not live:
        return [] if record["next_clock"] == "" else ["a next clock where none runs"]
    due, _, name = min(live)
    if (record["next_clock"], record["next_due_at"]) != (name, due):
        return [f"next: {name} {due} by cells, {record['next_clock']} {record['next_due_at']}"]
    versions = [c for v in world.book.calendars.values() for c in v]
    calendar = next(c for c in versions if c.id == record["next_calendar"])
    elapsed = measure_of(calendar).worked_at(world.at) // MICROSECOND - record["next_base_us"]
    counted = truth[f"{name}_elapsed"] * cell
    return [] if elapsed == counted else [f"next elapsed: {counted} by cells, {elapsed} read back"]


def _traits(story: Story, record: dict[str, Any]) -> list[str]:
    """What a case exercises, so that a proof can show that it met everything."""
    kinds = {str(e.kind) for e in story.events}
    found = [f"event {kind}" for kind in kinds]
    found += [f"{c} {record[f'sla_{c}']}" for c in ("frt", "nrt", "upd", "ttr_first", "ttr")]
    found += [f"fault {record['data_fault']}"] if record["data_fault"] else []
    found += ["reopened"] if record["reopen_count"] else []
    found += ["unsupported pause"] if record["unsupported_pause"] else []
    return found


def run(seed: int, cases: int, scale: Scale, *, per_book: int, rule_every: int = 1) -> Outcome:
    """Compare ``cases`` generated cases."""
    outcome = Outcome()
    for world in worlds(seed, cases, scale, per_book=per_book):
        compare(world, scale, outcome, rule_every=rule_every)
    return outcome


def say(line: str) -> None:
    """One line to the person who runs the proof."""
    sys.stdout.write(line + "\n")


def main() -> int:
    """Compare at full size, say what was met, and answer 1 if anything differs by a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--second-cases", type=int, default=2_000)
    parser.add_argument("--per-book", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    status = 0
    for scale, cases, per_book in (
        (MINUTES, asked.cases, asked.per_book),
        (SECONDS, asked.second_cases, min(asked.per_book, 200)),
    ):
        started = time.perf_counter()
        outcome = run(asked.seed, cases, scale, per_book=per_book, rule_every=5)
        took = time.perf_counter() - started
        say(
            f"cells of {scale.unit}: seed {asked.seed}, {outcome.cases:,} cases, "
            f"{len(outcome.faults)} differ, {took:.0f} s"
        )
        say("  met: " + ", ".join(f"{k} {n}" for k, n in sorted(outcome.seen.items())))
        for fault in outcome.faults[:5]:
            say("  " + fault)
        status |= bool(outcome.faults)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
