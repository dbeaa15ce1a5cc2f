"""Staged rows of one part become cases, events and entities in the shapes that the store admits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from core.cases.lines import CASE_LINES, ENTITY_LINES
from core.intake.canon import attributes_json, content_hashes
from core.intake.course import (
    CLOSED,
    RESOLVED,
    Course,
    changes,
    ended_codes,
    lead,
    reopenings,
    status_codes,
)
from core.intake.groups import UNKNOWN_AT, Groups, group
from core.intake.happenings import NOTHING, Happenings, Ordered, text_series
from core.intake.mapping import FIRST_RESPONSE, Mapping, Wins
from core.intake.model import TextColumn, TextTable
from core.intake.normalise import CELL, ENTITY, FIELD, MOMENT
from core.intake.telling import (
    ACTOR_KINDS,
    Telling,
    tell_changes,
    tell_overruled,
    tell_states,
    told_states,
)

UNDATED = "undated"  # a state whose moment the source does not tell
ZONE_NOTE = "times read in"
EARLY_NOTE = "moments before received"
CalendarOf = Callable[[str], str]  # market -> calendar


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some whole cases, ready for admission, and how many rows of the file speak of each."""

    cases: pd.DataFrame
    events: pd.DataFrame
    entities: pd.DataFrame
    row_counts: np.ndarray
    copies: int
    moved: int
    early: int  # cases with a moment before they were received
    repeated: int  # cases of a row each that several, differing rows speak of


@dataclass(frozen=True, slots=True)
class Assembler:
    """One mapping applied to part after part."""

    mapping: Mapping
    calendar_of: CalendarOf
    zone_read: str = ""  # the zone in which moments without one were read

    def chunk(self, rows: TextTable, first_key: int) -> Chunk:
        """The cases of one part; their keys begin at ``first_key``."""
        groups = group(rows, self.mapping)
        lines = groups.rows["line"].to_numpy()
        received = self._received(groups)
        telling = Telling(groups, self.mapping, Happenings(), lines)
        self._tell(telling, received)
        ordered = telling.out.columns()
        early = _early(ordered, received)
        events = ordered.frame(first_key)
        things = self._entities(groups, first_key)
        cases = self._cases(groups, received, early, first_key)
        cases["line"] = np.minimum.reduceat(lines, groups.start)
        cases["content_hash"] = pd.Series(content_hashes(cases, events, things), dtype="str")
        checked = CASE_LINES.check(cases)
        single = self.mapping.shape == "case_per_row"
        return Chunk(
            cases=checked,
            events=events,
            entities=things,
            row_counts=groups.row_counts,
            copies=groups.copies,
            moved=groups.moved,
            early=int(early.sum()),
            repeated=int((groups.row_counts > 1).sum()) if single else 0,
        )

    def _winning(self, groups: Groups, wins: Wins) -> np.ndarray:
        return groups.start if wins == "first" else groups.last

    def _received(self, groups: Groups) -> np.ndarray:
        if self.mapping.received_at:
            return groups.micros("received", self._winning(groups, self.mapping.wins))
        return np.asarray(np.minimum.reduceat(groups.at, groups.start))

    def _tell(self, telling: Telling, received: np.ndarray) -> None:
        groups = telling.groups
        before_all = np.full(groups.count, -1)
        place = (np.arange(groups.count), received, before_all, telling.lines[groups.start])
        telling.out.add("received", place, {"actor_kind": "requester"})
        if self.mapping.left_out:
            admitted = {"field": "conversation", "value": self.mapping.left_out}
            telling.out.add("attribute", place, {"actor_kind": "system", **admitted})
        if self.mapping.shape == "event_log":
            tell_changes(telling)
            self._tell_log(telling)
        else:
            self._tell_row(telling, received)

    def _tell_log(self, telling: Telling) -> None:
        groups, mapping = telling.groups, self.mapping
        final_ones = mapping.events.final if mapping.events else ()
        course, repeated = changes(told_states(telling), final_ones)
        field = mapping.status.column if mapping.status else "state"
        final = _final_codes(course, groups.count)
        tell_states(telling, reopenings(course))
        if mapping.events and mapping.events.activities:
            tell_overruled(telling, repeated, field)
        for status in (RESOLVED, CLOSED):
            if status in mapping.moments:
                stated = groups.micros(MOMENT + status, self._winning(groups, mapping.wins))
                course, overruled = lead(course, status, stated, groups.last)
                tell_overruled(telling, overruled, field)
        tell_states(telling, course)
        self._tell_undated(telling, final, course)
        for name in mapping.moments:
            if name not in {RESOLVED, CLOSED}:
                self._tell_moment(telling, name)

    def _tell_undated(self, telling: Telling, final: np.ndarray, course: Course) -> None:
        """Cases that ended according to the log, at a moment that the source leaves open."""
        ended = ended_codes()
        now = _final_codes(course, len(final))
        cases = np.flatnonzero(np.isin(final, ended) & ~np.isin(now, ended))
        last = telling.groups.last[cases]
        undated = Course(cases, telling.groups.at[last], last, final[cases])
        tell_states(telling, undated, field=UNDATED)

    def _tell_row(self, telling: Telling, received: np.ndarray) -> None:
        for name in self.mapping.moments:
            self._tell_moment(telling, name)
        if self.mapping.status:
            self._tell_state(telling, received)

    def _tell_moment(self, telling: Telling, name: str) -> None:
        groups = telling.groups
        rows = self._winning(groups, self.mapping.wins)
        at = groups.micros(MOMENT + name, rows)
        known = np.flatnonzero(at != UNKNOWN_AT)
        place = (known, at[known], rows[known], telling.lines[rows[known]])
        if name in status_codes():
            telling.out.add("status", place, {"value": name})
        elif name == FIRST_RESPONSE:
            telling.out.add("reply", place, NOTHING)
        else:
            telling.out.add(name, place, {"actor_kind": ACTOR_KINDS.get(name, "us")})

    def _tell_state(self, telling: Telling, received: np.ndarray) -> None:
        """The state of a row without a history: dated by its own column, else undated."""
        groups, codes = telling.groups, status_codes()
        rows = self._winning(groups, self.mapping.wins)
        states = groups.text("status", rows).to_pylist()
        latest, dated = received.copy(), np.zeros(groups.count, dtype=bool)
        for name in self.mapping.moments:
            at = groups.micros(MOMENT + name, rows)
            latest = np.maximum(latest, at)
            if name in codes:
                dated |= (at != UNKNOWN_AT) & (np.array(states, dtype=object) == name)
        code = np.array([codes.get(s, -1) for s in states], dtype=np.int64)
        open_case = (code >= 0) & ~dated & (code != codes["new"])
        since = np.full(groups.count, UNKNOWN_AT)
        if "since" in groups.rows.column_names:
            since = groups.micros("since", rows)
        for chosen, at, field in (
            (open_case & (since != UNKNOWN_AT), since, ""),
            (open_case & (since == UNKNOWN_AT), latest, UNDATED),
        ):
            case = np.flatnonzero(chosen)
            tell_states(telling, Course(case, at[case], rows[case], code[case]), field=field)

    def _cases(
        self, groups: Groups, received: np.ndarray, early: np.ndarray, first_key: int
    ) -> pd.DataFrame:
        n = groups.count
        columns: dict[str, TextColumn] = {}
        for name in _TEXT_FIELDS:
            columns[name] = self._field(groups, name, self.mapping.wins_of(name))
        for name in ("priority", "tier", "requester_kind"):
            told = self.mapping.shape == "event_log"  # only a log has moments for later values
            kept = told and self.mapping.wins_of(name) == "history"
            columns[f"first_{name}"] = self._field(groups, name, "first") if kept else columns[name]
        columns["attributes"] = self._attributes(groups, early)
        columns["source"] = pa.repeat(pa.scalar(self.mapping.source, pa.string()), n)
        columns["external_id"] = self._external_ids(groups)
        frame = pd.DataFrame({name: text_series(column) for name, column in columns.items()})
        frame["restriction"] = frame["restriction"].where(frame["restriction"] != "", "open")
        frame["legal_hold"] = (frame["legal_hold"] == "yes").astype("bool")
        frame["csat"] = pd.to_numeric(frame["csat"], errors="coerce").astype("Int64")
        frame["calendar"] = self._calendars(frame)
        frame["key"] = np.arange(first_key, first_key + n)
        frame["received_at"] = received
        frame["line"] = 0
        frame["content_hash"] = pd.Series([""] * n, dtype="str")
        return frame[list(CASE_LINES.columns)]

    def _external_ids(self, groups: Groups) -> TextColumn:
        return pa.array([groups.ids[c] for c in groups.case[groups.start]], type=pa.string())

    def _field(self, groups: Groups, name: str, wins: Wins) -> TextColumn:
        rule = self.mapping.fields.get(name)
        if rule and not rule.constant:
            return groups.text(FIELD + name, self._winning(groups, wins))
        return pa.repeat(pa.scalar(rule.constant if rule else "", pa.string()), groups.count)

    def _calendars(self, frame: pd.DataFrame) -> pd.Series:
        by_market = {m: self.calendar_of(m) for m in frame["market"].unique()}
        own = frame["market"].map(by_market).astype("str")
        return frame["calendar"].where(frame["calendar"] != "", own)

    def _attributes(self, groups: Groups, early: np.ndarray) -> TextColumn:
        rows = self._winning(groups, self.mapping.wins)
        cells = [c for c in groups.rows.column_names if c.startswith(CELL)]
        columns = {c.removeprefix(CELL): groups.text(c, rows) for c in cells}
        if self.zone_read:
            columns[ZONE_NOTE] = pa.repeat(pa.scalar(self.zone_read, pa.string()), groups.count)
        if early.any():
            columns[EARLY_NOTE] = pa.array(np.where(early, "yes", "").tolist(), type=pa.string())
        return attributes_json(columns, groups.count)

    def _entities(self, groups: Groups, first_key: int) -> pd.DataFrame:
        rows = self._winning(groups, self.mapping.wins)
        found: set[tuple[int, str, str]] = set()
        for place, rule in enumerate(self.mapping.entities):
            for case, text in enumerate(groups.text(f"{ENTITY}{place}", rows).to_pylist()):
                parts = text.split(rule.separator) if rule.separator else [text]
                found |= {(first_key + case, rule.kind, p.strip()) for p in parts if p.strip()}
        frame = pd.DataFrame(sorted(found), columns=list(ENTITY_LINES.columns))
        return ENTITY_LINES.check(frame.astype(dict(ENTITY_LINES.columns)))


_TEXT_FIELDS = tuple(
    name
    for name in CASE_LINES.columns
    if name
    not in {
        *("key", "source", "external_id", "line", "content_hash", "received_at", "attributes"),
        *("first_priority", "first_tier", "first_requester_kind"),
    }
)


def _final_codes(course: Course, count: int) -> np.ndarray:
    final = np.full(count, -1)
    final[course.case] = course.code  # the last assignment of each case stays
    return final


def _early(ordered: Ordered, received: np.ndarray) -> np.ndarray:
    early = np.zeros(len(received), dtype=bool)
    early[ordered.case[ordered.at < received[ordered.case]]] = True
    return early
