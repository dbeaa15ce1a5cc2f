"""Walks through the events of a case, notes where each clock runs, and has the cells counted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.sla.model import (
    CaseFacts,
    ClockEvent,
    EventKind,
    Owner,
    PolicyVersion,
    SlaBook,
    Targets,
)
from tests.properties.oracle.counting import Count, Deal, Stretch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tests.properties.oracle.grid import Grid, Marks

OVER = ("resolved", "closed", "merged", "cancelled")
ANSWERS = (EventKind.REPLY, EventKind.QUESTION)
PARTS = ("us", "requester", "policy", "product", "legal", "external")


@dataclass
class Ending:
    """A time in which the case was not open; resolved or merely over."""

    at: int
    resolved: bool = False


@dataclass
class Watch:
    """One round of one clock: where it went on, what ended it."""

    stretches: list[tuple[int, int, CaseFacts]] = field(default_factory=list)
    since: int | None = None
    cycles: list[tuple[int, Ending | None]] = field(default_factory=list)
    ended_by: Ending | None = None
    answered: bool = False

    def go(self, at: int) -> None:
        if self.since is None:
            self.since = at

    def stand(self, at: int, facts: CaseFacts) -> None:
        if self.since is not None:
            self.stretches.append((self.since, at, facts))
            self.since = None

    @property
    def counts(self) -> bool:
        """Whether it ended with an answer or a resolution."""
        return self.answered or (self.ended_by is not None and self.ended_by.resolved)


class Judge:
    """The clocks of one case at one moment."""

    def __init__(self, book: SlaBook, grid: Grid, at: datetime) -> None:
        self.book, self.grid, self.at, self.now = book, grid, at, grid.instant(at)

    def verdicts(self, facts: CaseFacts, events: Sequence[ClockEvent]) -> dict[str, Any] | None:
        """All that the cached columns say, in cells; None without a recorded receipt."""
        known = [e for e in events if e.at <= self.at]
        received = [e.at for e in known if e.kind is EventKind.RECEIVED]
        if not received:
            return None
        start = received[0]
        if any(e.kind is EventKind.MERGED_IN for e in known):
            start = min([start, *(e.at for e in known if e.kind is EventKind.MESSAGE_IN)])
        self.start = self.grid.instant(start)
        early = [e for e in known if e.at < start]
        self.bad_reply = any(e.kind in ANSWERS for e in early)
        self.bad_end = any(e.kind is EventKind.STATUS and e.value in OVER for e in early)
        self._walk(facts, [e for e in known if e.at >= start or e.kind not in ANSWERS])
        return {
            **self._clocks(),
            **self._parts(max(e.at for e in known)),
            "unsupported_pause": bool(self.bare[self.start :].any()),
            "reopen_count": self.reopened,
        }

    def _walk(self, facts: CaseFacts, events: Sequence[ClockEvent]) -> None:
        self.facts, self.status, self.reopened = facts, "new", 0
        self.over: Ending | None = None
        self.owner = np.full(self.now, 0, dtype=np.int8)
        self.bare = np.zeros(self.now, dtype=np.bool_)
        self.frt, self.frt_open = Watch(), True
        self.nrt: list[Watch] = []
        self.upd: list[Watch] = []
        self.ttr = [Watch()]
        self.waiting = self.asked = False
        self.changes: list[tuple[int, CaseFacts]] = [(self.start, facts)]
        self.frt.go(self.start)
        self.ttr[0].go(self.start)
        for event in events:
            at = max(self.grid.instant(event.at), self.start)
            self._event(at, event)
            self._note(at)
        if self.over is None:
            self.ttr[-1].stand(self.now, self.facts)
            self.ttr[-1].cycles.append((len(self.ttr[-1].stretches), None))
            for watch in (self.frt, *self.nrt[-1:], *self.upd[-1:]):
                watch.stand(self.now, self.facts)

    def _event(self, at: int, event: ClockEvent) -> None:
        kind = event.kind
        if kind in ANSWERS:
            self._answer(at)
            self.asked |= kind is EventKind.QUESTION
        elif kind is EventKind.MESSAGE_IN:
            self.waiting, self.asked = True, False
        elif kind is EventKind.STATUS:
            self._status(at, event.value)
        elif kind.value in {"priority", "tier", "requester_kind", "calendar"}:
            self.facts = replace(self.facts, **{kind.value: event.value})
            self.changes.append((at, self.facts))
        if self.over is None:
            if self.waiting and not (self.nrt and self.nrt[-1].since is not None):
                self.nrt.append(Watch())
                self.nrt[-1].go(at)
            if not (self.upd and self.upd[-1].since is not None):
                self.upd.append(Watch())
                self.upd[-1].go(at)

    def _answer(self, at: int) -> None:
        self.waiting = False
        if self.frt_open:
            self.frt.stand(at, self.facts)
            self.frt.answered, self.frt.ended_by = self.over is None, self.over
            self.frt_open = False
        for watch in (*self.nrt[-1:], *self.upd[-1:]):
            if watch.since is not None:
                watch.stand(at, self.facts)
                watch.answered = True

    def _status(self, at: int, status: str) -> None:
        was_us = self.over is None and not self.status.startswith("awaiting_")
        was_open = self.over is None
        if status in OVER:
            self.over = self.over or self._end(at)
            self.over.resolved |= status == "resolved"
        elif self.over is not None:
            self._reopen(at, self.over)
        self.status = status
        is_us = self.over is None and not status.startswith("awaiting_")
        if is_us and not (was_us and was_open):
            self.asked = False

    def _end(self, at: int) -> Ending:
        ending = Ending(at)
        self.waiting = False
        if self.frt_open:
            self.frt.stand(at, self.facts)
        for watch in (*self.nrt[-1:], *self.upd[-1:]):
            if watch.since is not None:
                watch.stand(at, self.facts)
                watch.ended_by = ending
        self.ttr[-1].stand(at, self.facts)
        self.ttr[-1].cycles.append((len(self.ttr[-1].stretches), ending))
        return ending

    def _reopen(self, at: int, ending: Ending) -> None:
        policy = self._policy(at)
        if policy and (at - ending.at) * self.grid.unit > policy.reopen_within:
            self.ttr.append(Watch())
        self.ttr[-1].go(at)
        if self.frt_open:
            self.frt.go(at)
        self.over = None
        self.reopened += 1

    def _note(self, at: int) -> None:
        if self.over is not None:
            self.owner[at:] = -1
        else:
            wait = self.status.removeprefix("awaiting_")
            self.owner[at:] = PARTS.index(wait) if wait != self.status else 0
        self.bare[at:] = (
            self.over is None and self.status == "awaiting_requester" and not self.asked
        )

    def _policy(self, at: int) -> PolicyVersion | None:
        moment = self.grid.moment(at)
        held = [p for p in self.book.policies if p.effective_from <= moment]
        return held[-1] if held else None

    def _deal(self, facts: CaseFacts, at: int, clock: str) -> Deal:
        policy, moment = self._policy(at), self.grid.moment(at)
        around = policy is not None and facts.priority in policy.always_open_priorities
        versions = self.book.calendars["24x7" if around or not facts.calendar else facts.calendar]
        calendar = [c for c in versions if c.effective_from <= moment or c is versions[0]][-1]
        cell: Targets | None = None
        if policy is not None:
            column = policy.columns.get(facts.requester_kind) or facts.tier or policy.unknown_tier
            cell = policy.targets.get((facts.priority, column))
        target = getattr(cell, clock) if cell else None
        return Deal(self.grid.cells_of(target, calendar), calendar)

    def _stretches(self, watch: Watch, clock: str) -> list[Stretch]:
        edges = {self.grid.instant(m) for m in self.book.changes() if m >= self.grid.begin}
        found = []
        for since, until, facts in watch.stretches:
            inside = {e for e in edges | {at for at, _ in self.changes} if since < e < until}
            deals = []
            for at in sorted({since} | inside):
                held = [f for when, f in self.changes if when <= at][-1]
                deals.append((at, self._deal(held, at, clock)))
            found.append(Stretch(since, until, tuple(deals), self._deal(facts, until, clock)))
        return found

    def _count(self, watch: Watch, clock: str, stretches: int | None = None) -> Count:
        parts = self._stretches(watch, clock)[:stretches]
        count = Count(self.grid, parts[0].deals[0][1])
        for stretch in parts:
            count.pass_over(stretch, lambda a, b: self._ticks(clock, a, b))
        return count

    def _ticks(self, clock: str, since: int, until: int) -> Marks:
        owner = self.owner[since:until]
        if clock == "upd":
            return np.asarray(owner != PARTS.index("requester"))
        if clock != "ttr":
            return np.asarray(owner >= 0)
        ticking = np.ones(until - since, dtype=np.bool_)
        for cell in _starts(owner, since, [self.grid.instant(p.effective_from) - since
                                           for p in self.book.policies
                                           if p.effective_from > self.grid.begin]):  # fmt: skip
            policy = self._policy(since + cell)
            pausing = policy.pausing_owners if policy else frozenset()
            ticking[cell:] = Owner(PARTS[owner[cell]]) not in pausing
        return ticking

    def _clocks(self) -> dict[str, Any]:
        live = self.over is None
        frt = self._one("frt", [self.frt], live and self.frt_open, unknown=self.bad_reply)
        nrt = self._one("nrt", self.nrt, bool(self.nrt) and self.nrt[-1].ended_by is None
                        and not self.nrt[-1].answered)  # fmt: skip
        upd = self._one("upd", self.upd, live)
        return {**frt, **nrt, **upd, **self._resolutions(live)}

    def _one(
        self, clock: str, watches: Sequence[Watch], live: bool, *, unknown: bool = False
    ) -> dict[str, Any]:
        if unknown or not watches:
            return _blank(clock)
        counts = [self._count(watch, clock) for watch in watches]
        breaches = [c.breached for c in counts if c.breached is not None]
        last, ended = counts[-1], [w.counts for w in watches[: len(watches) - live]]
        met = [w and c.deal.target is not None for w, c in zip(ended, counts, strict=False)]
        verdict = "breached" if breaches else self._going(clock, last, live, any(met))
        finished = not live and watches[-1].counts
        return {
            f"sla_{clock}": verdict,
            f"{clock}_due_at": self._shown_due(clock, last, live),
            f"{clock}_us": last.elapsed if finished else None,
            f"{clock}_worst_us": max(
                (c.elapsed for c, w in zip(counts, ended, strict=False) if w), default=None
            ),
            f"{clock}_breached_at": breaches[0] if breaches else None,
            f"{clock}_elapsed": last.elapsed if live and self._runs_now(clock) else None,
        }

    def _going(self, clock: str, last: Count, live: bool, met: bool) -> str:
        if not live:
            return "met" if met else "none"
        if last.deal.target is None:
            return "none"
        return "running" if self._runs_now(clock) else "paused"

    def _shown_due(self, clock: str, last: Count, live: bool) -> int | None:
        return last.fixed if live and not self._runs_now(clock) else last.due()

    def _runs_now(self, clock: str) -> bool:
        if clock in {"frt", "nrt"}:
            return True
        if clock == "upd":
            return self.status != "awaiting_requester"
        policy = self._policy(self.now)
        wait = self.status.removeprefix("awaiting_")
        return not (policy and wait in policy.pausing_owners)

    def _resolutions(self, live: bool) -> dict[str, Any]:
        if self.bad_end:
            return {**_blank("ttr"), "sla_ttr_first": "none", "ttr_first_us": None}
        cycles = [
            (self._count(watch, "ttr", upto), ending)
            for watch in self.ttr
            for upto, ending in watch.cycles
        ]
        breaches = [c.breached for c, _ in cycles if c.breached is not None]
        last, ending = cycles[-1]
        resolved = ending is not None and ending.resolved
        met = resolved and last.deal.target is not None
        found = {
            "sla_ttr": "breached" if breaches else self._going("ttr", last, live, met),
            "ttr_due_at": self._shown_due("ttr", last, live),
            "ttr_us": last.elapsed if resolved else None,
            "ttr_breached_at": breaches[0] if breaches else None,
            "ttr_elapsed": last.elapsed if live and self._runs_now("ttr") else None,
        }
        first = next((i for i, (_, e) in enumerate(cycles, 1) if e and e.resolved), None)
        if first is None:
            return {**found, "sla_ttr_first": found["sla_ttr"], "ttr_first_us": None}
        early = [c.breached for c, _ in cycles[:first] if c.breached is not None]
        count = cycles[first - 1][0]
        met_first = "met" if count.deal.target is not None else "none"
        verdict = "breached" if early else met_first
        return {**found, "sla_ttr_first": verdict, "ttr_first_us": count.elapsed}

    def _parts(self, last_event: datetime) -> dict[str, Any]:
        until = max(self.grid.instant(last_event), self.start)
        owner = self.owner[self.start : until]
        parts = {name: int((owner == code).sum()) for code, name in enumerate(PARTS)}
        everything = [(self.start, until, self.facts)]
        ours = 0
        for stretch in self._stretches(Watch(stretches=everything), "ttr"):
            starts = [at for at, _ in stretch.deals]
            for (at, deal), end in zip(stretch.deals, [*starts[1:], until], strict=True):
                marks = self.grid.open(deal.calendar)[at:end]
                ours += int((marks & (self.owner[at:end] == 0)).sum())
        parts["out_of_hours"] = parts["us"] - ours
        parts["us"] = ours
        wall = int((owner >= 0).sum())
        return {**{f"time_{name}_us": cells for name, cells in parts.items()}, "wall_us": wall}


def _starts(owner: Any, since: int, more: Sequence[int]) -> list[int]:
    """Cells of a slice at which the owner or the policy changes."""
    if not len(owner):
        return []
    turns = np.flatnonzero(owner[1:] != owner[:-1]) + 1
    return sorted({0, *map(int, turns), *(m for m in more if 0 < m < len(owner))})


def _blank(clock: str) -> dict[str, Any]:
    empty = dict.fromkeys((f"{clock}_due_at", f"{clock}_us", f"{clock}_breached_at"))
    return {f"sla_{clock}": "none", **empty, f"{clock}_worst_us": None, f"{clock}_elapsed": None}
