"""Rows of a file into rows of the desk: fields by their meaning, moments in UTC, faults by line."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.clock import from_micros
from core.intake.mapping import FieldRule, Mapping, rule_columns
from core.intake.model import Block, Fault, TextColumn, TextTable
from core.intake.moments import ISO, Bounds, outside, read_moments, refuse_wrong_order
from core.intake.values import Read, combined, fill_template, read_field, read_status

SEPARATOR = "\x1f"
FIELD, MOMENT, CELL, ENTITY = "f.", "m.", "c.", "e."


@dataclass(slots=True)
class _Faults:
    """The faults of one block by row; a row is told once, with all that is wrong with it."""

    block: Block
    told: dict[int, list[Fault]] = field(default_factory=dict)

    def add(self, rows: np.ndarray, name: str, values: TextColumn, reason: str, hint: str) -> None:
        for row in np.flatnonzero(rows):
            place = int(row)
            fault = Fault(
                int(self.block.lines[place]), name, values[place].as_py() or "", reason, hint
            )
            self.told.setdefault(place, []).append(fault)

    def faults(self) -> tuple[Fault, ...]:
        return tuple(_one(several) for several in self.told.values())


def _one(faults: list[Fault]) -> Fault:
    first, *others = faults
    if not others:
        return first
    also = "; ".join(f"{f.field} '{f.value[:40]}': {f.reason}" for f in others)
    return Fault(first.line, first.field, first.value, f"{first.reason} Also {also}", first.hint)


@dataclass(slots=True)
class Normaliser:
    """One mapping applied to block after block of one file."""

    mapping: Mapping
    columns: tuple[str, ...]
    bounds: Bounds
    file_name: str
    forms: dict[str, tuple[str, ...]]
    typed: bool = False
    naive: bool = False  # moments without a zone were read in the mapping's zone
    row: int = 0

    def read(self, block: Block) -> tuple[TextTable, tuple[Fault, ...]]:
        """The usable rows of a block as staged rows, and the faults of the others."""
        n = len(block.lines)
        cells = self._cleaned(block)
        faults = _Faults(block)
        staged: dict[str, TextColumn] = {
            "row": pa.array(np.arange(self.row, self.row + n)),
            "line": pa.array(block.lines),
            "id": self._identity(cells, faults, n),
        }
        self.row += n
        staged |= self._moments(cells, faults)
        staged |= self._fields(cells, faults, n)
        staged |= self._happenings(cells, faults)
        staged |= {CELL + c: cells[c] for c in self.kept_cells()}
        staged |= {f"{ENTITY}{i}": cells[e.column] for i, e in enumerate(self.mapping.entities)}
        table = pa.table(staged)
        if faults.told:
            good = np.ones(n, dtype=bool)
            good[list(faults.told)] = False
            table = table.filter(pa.array(good))
        return table, block.faults + faults.faults()

    def kept_cells(self) -> tuple[str, ...]:
        """Columns that go into the attributes, and those whose changes are kept."""
        carried = carried_columns(self.mapping)
        return tuple(c for c in self.columns if c not in carried)

    def _cleaned(self, block: Block) -> dict[str, TextColumn]:
        """All cells without blanks around them; a null mark is an empty cell from here on."""
        marks = pa.array([m for m in self.mapping.null_marks if m], type=pa.string())
        cleaned = {}
        for name in self.columns:
            column = pc.utf8_trim_whitespace(combined(block.cells[name]))
            if len(marks):
                column = pc.if_else(pc.is_in(column, value_set=marks), "", column)
            cleaned[name] = column
        return cleaned

    def _identity(self, cells: dict[str, TextColumn], faults: _Faults, n: int) -> TextColumn:
        rule = self.mapping.identity
        if rule.column:
            column = cells[rule.column]
            empty = pc.equal(column, "").to_numpy(zero_copy_only=False)
            faults.add(
                empty, rule.column, column, "The row has no identity.", "every row needs one"
            )
            return column
        joined = pc.binary_join_element_wise(*[cells[c] for c in rule.hash_of], SEPARATOR)
        hashes = [blake2b(t.encode(), digest_size=12).hexdigest() for t in joined.to_pylist()]
        return pa.array(hashes, type=pa.string())

    def _moments(self, cells: dict[str, TextColumn], faults: _Faults) -> dict[str, TextColumn]:
        read = {c: self._moment(c, cells[c], faults) for c in self.mapping.time_columns()}
        mapping = self.mapping
        staged = {MOMENT + name: read[column] for name, column in mapping.moments.items()}
        if mapping.received_at:
            staged["received"] = read[mapping.received_at]
            self._required(mapping.received_at, cells, staged["received"], faults)
        if mapping.events:
            staged["at"] = read[mapping.events.at]
            self._required(mapping.events.at, cells, staged["at"], faults)
        if mapping.status and mapping.status.since:
            staged["since"] = read[mapping.status.since]
        return staged

    def _required(
        self, column: str, cells: dict[str, TextColumn], micros: TextColumn, faults: _Faults
    ) -> None:
        lacking = pc.and_(pc.is_null(micros), pc.equal(cells[column], ""))
        flags = lacking.to_numpy(zero_copy_only=False)
        faults.add(flags, column, cells[column], "The moment is missing.", "every row needs it")

    def _moment(self, column: str, values: TextColumn, faults: _Faults) -> TextColumn:
        forms = self.forms[column]
        found = read_moments(
            values, (*forms, ISO) if self.typed else forms, self.mapping.times.zone
        )
        self.naive |= found.naive
        if found.faulty.any():
            line = int(faults.block.lines[int(np.flatnonzero(found.faulty)[0])])
            place = f"{self.file_name}, line {line}"
            refuse_wrong_order(values, found, forms, column, place)
        zone = self.mapping.times.zone
        unread = found.faulty & ~found.skipped
        faults.add(unread, column, values, "This is no moment in the mapped form.", forms[0])
        faults.add(
            found.skipped,
            column,
            values,
            f"The clocks of {zone} jumped over this time.",
            "state the zone that the source writes in",
        )
        beyond = outside(found, self.bounds)
        faults.add(beyond, column, values, "The moment is out of range.", self._range())
        return pa.array(found.micros, mask=~found.known)

    def _range(self) -> str:
        earliest, latest = from_micros(self.bounds.earliest), from_micros(self.bounds.latest)
        return f"from {earliest:%Y-%m-%d} to {latest:%Y-%m-%d}"

    def _fields(
        self, cells: dict[str, TextColumn], faults: _Faults, n: int
    ) -> dict[str, TextColumn]:
        staged = {}
        for name, rule in self.mapping.fields.items():
            if rule.constant:
                continue
            if rule.template:
                staged[FIELD + name] = fill_template(rule.template, lambda c: cells[c], n)
                continue
            read = read_field(name, rule, cells[rule.column])
            self._tell(read, rule.column, cells, faults)
            staged[FIELD + name] = read.values
        return staged

    def _happenings(self, cells: dict[str, TextColumn], faults: _Faults) -> dict[str, TextColumn]:
        """What a row says about the course of its case: state, activity, actor, text."""
        staged = {}
        mapping = self.mapping
        if mapping.status:
            read = read_status(mapping.status, cells[mapping.status.column])
            self._tell(read, mapping.status.column, cells, faults)
            staged["status"] = read.values
        if mapping.events:
            staged |= self._events(cells, faults)
        return staged

    def _events(self, cells: dict[str, TextColumn], faults: _Faults) -> dict[str, TextColumn]:
        rule = self.mapping.events
        staged: dict[str, TextColumn] = {}
        if rule and rule.actor:
            staged["actor"] = cells[rule.actor]
        if rule and rule.text:
            staged["text"] = cells[rule.text]
        if rule and rule.activities:
            column = cells[rule.activities.column]
            staged["activity"] = column
            if rule.activities.otherwise == "reject":
                known = pa.array(list(rule.activities.values), type=pa.string())
                wrong = pc.invert(pc.is_in(column, value_set=known))
                flags = wrong.to_numpy(zero_copy_only=False)
                hint = f"one of {', '.join(rule.activities.values)}"
                reason = "The mapping does not know this activity."
                faults.add(flags, rule.activities.column, column, reason, hint)
        return staged

    def _tell(self, read: Read, column: str, cells: dict[str, TextColumn], faults: _Faults) -> None:
        if read.wrong.any():
            faults.add(read.wrong, column, cells[column], read.reason, read.hint)


def carried_columns(mapping: Mapping) -> frozenset[str]:
    """Columns whose texts stand in the case or its events as they are, so need no attribute."""
    verbatim = [rule_columns(r) for r in mapping.fields.values() if _verbatim(r)]
    named = [c for columns in verbatim for c in columns]
    identity = [mapping.identity.column] if mapping.identity.column else []
    times = [c for c in mapping.time_columns() if c not in mapping.history]
    events = mapping.events
    texts = [c for c in (events.actor, events.text) if c] if events else []
    return frozenset({*named, *identity, *times, *texts} - set(mapping.history) - {""})


def _verbatim(rule: FieldRule) -> bool:
    return bool(rule.column) and not rule.values and not rule.otherwise
