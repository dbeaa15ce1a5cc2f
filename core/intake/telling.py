"""What the rows of an event log tell: activities, states, and changes of attributes, as events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.intake.course import Course, status_codes
from core.intake.groups import Groups
from core.intake.happenings import Happenings
from core.intake.mapping import EVENT_OF_CHANGE, FIRST_RESPONSE, IGNORE, Activities, Mapping
from core.intake.model import TextColumn
from core.intake.normalise import CELL, FIELD

SPOKEN = frozenset({"message_in", "reply", "question", "auto_reply", "note"})
ACTOR_KINDS = {"message_in": "requester", "auto_reply": "system", "csat": "requester"}


@dataclass(frozen=True, slots=True)
class Telling:
    """The rows of one part with what is needed to make events of them."""

    groups: Groups
    mapping: Mapping
    out: Happenings
    lines: np.ndarray

    def add(self, kind: str, rows: np.ndarray, **texts: TextColumn | str) -> None:
        """Events of one kind, told by some rows at their own moments."""
        told: dict[str, TextColumn | str] = {"actor_kind": ACTOR_KINDS.get(kind, "us")}
        if "actor" in self.groups.rows.column_names:
            told["actor"] = self.groups.text("actor", rows)
        if kind in SPOKEN and "text" in self.groups.rows.column_names:
            told["text"] = self.groups.text("text", rows)
        place = (self.groups.case[rows], self.groups.at[rows], rows, self.lines[rows])
        self.out.add(kind, place, told | texts)


def tell_changes(telling: Telling) -> None:
    """Fields and columns whose history is kept: an event where the value differs from the row before."""
    mapping = telling.mapping
    for name, rule in mapping.fields.items():
        if rule.column and mapping.wins_of(name) == "history":
            _tell_field(telling, name)
    for column in mapping.history:
        rows = _changed(telling.groups, CELL + column)
        values = telling.groups.text(CELL + column, rows)
        telling.add("attribute", rows, field=column, value=values)


def _tell_field(telling: Telling, name: str) -> None:
    groups = telling.groups
    kind = EVENT_OF_CHANGE.get(name, "attribute")
    rows = _changed(groups, FIELD + name)
    if kind == "transferred":  # a first team, or none, is no transfer
        given = pc.and_(
            pc.not_equal(groups.text(FIELD + name, rows), ""),
            pc.not_equal(groups.text(FIELD + name, rows - 1), ""),
        ).to_numpy(zero_copy_only=False)
        others = rows[~given]
        telling.add("attribute", others, field=name, value=groups.text(FIELD + name, others))
        rows = rows[given]
    if kind == "assigned":  # who has it from the start is told too
        rows = np.sort(np.concatenate([rows, _first_given(groups, FIELD + name)]))
    field = name if kind == "attribute" else ""
    telling.add(kind, rows, field=field, value=groups.text(FIELD + name, rows))


def _changed(groups: Groups, name: str) -> np.ndarray:
    column = groups.rows[name].combine_chunks()
    if len(column) < 2:
        return np.zeros(0, dtype=np.int64)
    differs = pc.not_equal(column[1:], column[:-1]).to_numpy(zero_copy_only=False)
    same_case = groups.case[1:] == groups.case[:-1]
    return np.flatnonzero(differs & same_case) + 1


def _first_given(groups: Groups, name: str) -> np.ndarray:
    given = pc.not_equal(groups.text(name, groups.start), "").to_numpy(zero_copy_only=False)
    return np.asarray(groups.start[given])


def told_states(telling: Telling) -> Course:
    """The states that rows tell, from the state column and from activities, in order of rows."""
    groups, mapping = telling.groups, telling.mapping
    rows, codes = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    if mapping.status and mapping.shape == "event_log":
        found = _codes_of(groups.rows["status"].combine_chunks(), status_codes())
        rows.append(np.flatnonzero(found >= 0))
        codes.append(found[found >= 0])
    if mapping.events and mapping.events.activities:
        told_rows, told_codes = _tell_activities(telling, mapping.events.activities)
        rows.append(told_rows)
        codes.append(told_codes)
    row, code = np.concatenate(rows), np.concatenate(codes)
    order = np.argsort(row, kind="stable")
    row, code = row[order], code[order]
    return Course(groups.case[row], groups.at[row], row, code)


def _codes_of(column: TextColumn, numbers: dict[str, int]) -> np.ndarray:
    encoded = pc.dictionary_encode(column)
    known = np.array([numbers.get(t, -1) for t in encoded.dictionary.to_pylist()], dtype=np.int64)
    if not len(known):
        return np.full(len(column), -1)
    return np.asarray(known[encoded.indices.to_numpy(zero_copy_only=False)])


def _tell_activities(telling: Telling, rule: Activities) -> tuple[np.ndarray, np.ndarray]:
    """Events of the activities; gives the states among them as rows and codes."""
    column = telling.groups.rows["activity"].combine_chunks()
    names = list(rule.values)
    found = _codes_of(column, {name: i for i, name in enumerate(names)})
    states: list[tuple[np.ndarray, int]] = []
    for place, name in enumerate(names):
        rows = np.flatnonzero(found == place)
        for meaning in rule.values[name]:
            if meaning in status_codes():
                states.append((rows, status_codes()[meaning]))
            else:
                _tell_meaning(telling, meaning, rows, rule.column)
    others = np.flatnonzero(found < 0)
    if rule.otherwise in status_codes():
        states.append((others, status_codes()[rule.otherwise]))
    elif rule.otherwise != "reject":
        _tell_meaning(telling, rule.otherwise, others, rule.column)
    row = np.concatenate([r for r, _ in states]) if states else np.zeros(0, np.int64)
    code = [np.full(len(r), c) for r, c in states]
    return row, np.concatenate(code) if code else np.zeros(0, np.int64)


def _tell_meaning(telling: Telling, meaning: str, rows: np.ndarray, column: str) -> None:
    if meaning == IGNORE or not len(rows):
        return
    if meaning == FIRST_RESPONSE:
        _, first = np.unique(telling.groups.case[rows], return_index=True)
        later = np.delete(rows, first)
        telling.add("reply", rows[first])
        meaning, rows = "attribute", later
    activity = telling.groups.text("activity", rows)
    if meaning == "attribute":
        telling.add("attribute", rows, field=column, value=activity)
    else:
        value: TextColumn | str = "" if meaning in SPOKEN else activity
        telling.add(meaning, rows, value=value)


def tell_states(telling: Telling, course: Course, **texts: TextColumn | str) -> None:
    """Changes of status as events, at the moments of the course."""
    statuses = pa.array(list(status_codes()), type=pa.string())
    values = statuses.take(pa.array(course.code))
    if "actor" in telling.groups.rows.column_names:
        texts = {"actor": telling.groups.text("actor", course.order), **texts}
    place = (course.case, course.at, course.order, telling.lines[course.order])
    telling.out.add("status", place, {"value": values, **texts})


def tell_overruled(telling: Telling, course: Course, field: str) -> None:
    """States that changed nothing or that a stated moment overrules, kept as attributes."""
    statuses = pa.array(list(status_codes()), type=pa.string())
    values = statuses.take(pa.array(course.code))
    place = (course.case, course.at, course.order, telling.lines[course.order])
    telling.out.add("attribute", place, {"value": values, "field": field})
