"""Finds out how a column of moments is written, from all its values; what they leave open is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import BadInput
from core.intake.mapping import Mapping
from core.intake.model import Table, TextColumn
from core.intake.moments import AUTO, EPOCH_MS, EPOCH_S, EXCEL, ISO, ISO_START
from core.intake.values import combined

NUMERIC = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
YEAR_FIRST = re.compile(r"(\d{4})([/.])(\d{1,2})\2(\d{1,2})(?!\d)")
DAY_NAME = re.compile(r"(\d{1,2})([ \-/.]+)([A-Za-z]{3,9})(,?[ \-/.]+)(\d{4}|\d{2})(?!\d)")
NAME_DAY = re.compile(r"([A-Za-z]{3,9})( )(\d{1,2})(,? )(\d{4})(?!\d)")
TIME = re.compile(
    r"(?P<gap>,? ?T? ?)(?P<hour>\d{1,2}):\d{2}(?P<second>:\d{2})?(?P<fraction>\.\d+)?"
    r"(?P<blank> ?)(?P<half>[AaPp][Mm])?(?P<space> ?)(?P<zone>Z|[+-]\d{2}:?\d{2})?$"
)
DAY_FIRST, MONTH_FIRST, OPEN, TORN = "day", "month", "open", "torn"
NUMBERS = {
    r"1\d{9}": EPOCH_S,
    r"1\d{12}": EPOCH_MS,
    r"[34]\d{4}(\.\d+)?": EXCEL,
    r"20\d{6}": "%Y%m%d",
}
SHORT_MONTH = 3


@dataclass(slots=True)
class Evidence:
    """What the values of one column say about how it is written."""

    shapes: dict[str, str] = field(default_factory=dict)  # shape -> an example
    unread: dict[str, str] = field(default_factory=dict)  # shapes of no known form
    count: int = 0
    first_beyond: str = ""  # a value whose first number cannot be a month
    second_beyond: str = ""
    ambiguous: str = ""

    def add(self, values: TextColumn) -> None:
        """Look at more values; empty ones say nothing."""
        values = pc.unique(values.filter(pc.not_equal(values, "")))
        if not len(values):
            return
        self.count += len(values)
        shapes = pc.replace_substring_regex(values, r"\b\d{1,2}\b", "#")
        shapes = pc.replace_substring_regex(shapes, r"\d", "9")
        shapes = pc.replace_substring_regex(shapes, r"[A-Za-z]+", "a")
        encoded = pc.dictionary_encode(shapes)
        codes = encoded.indices
        for place, shape in enumerate(encoded.dictionary.to_pylist()):
            if shape not in self.shapes and shape not in self.unread:
                example = values[pc.index(codes, pa.scalar(place, codes.type)).as_py()].as_py()
                (self.shapes if forms_of(example, OPEN) else self.unread)[shape] = example
        self._weigh(values)

    def _weigh(self, values: TextColumn) -> None:
        found = pc.extract_regex(values, r"^(?P<a>\d{1,2})[/.\-](?P<b>\d{1,2})[/.\-]\d")
        numeric = found.filter(pc.is_valid(found))
        if not len(numeric):
            return
        some = values.filter(pc.is_valid(found))
        first = pc.cast(pc.struct_field(numeric, "a"), pa.int32())
        second = pc.cast(pc.struct_field(numeric, "b"), pa.int32())
        self.first_beyond = self.first_beyond or _example(some, pc.greater(first, 12))
        self.second_beyond = self.second_beyond or _example(some, pc.greater(second, 12))
        small = pc.and_(pc.less_equal(first, 12), pc.less_equal(second, 12))
        telling = pc.and_(small, pc.not_equal(first, second))
        self.ambiguous = self.ambiguous or _example(some, telling) or _example(some, small)

    @property
    def order(self) -> str:
        """Day first, month first, left open, torn between both, or nothing to order."""
        if self.first_beyond and self.second_beyond:
            return TORN
        if self.first_beyond:
            return DAY_FIRST
        if self.second_beyond:
            return MONTH_FIRST
        return OPEN if self.ambiguous else ""

    def forms(self, order: str) -> tuple[str, ...]:
        """The forms of all shapes, with day and month in the given order."""
        found = (f for example in self.shapes.values() for f in forms_of(example, order))
        return tuple(dict.fromkeys(found))


def _example(values: TextColumn, chosen: TextColumn) -> str:
    place = pc.index(chosen, pa.scalar(value=True)).as_py()
    return "" if place < 0 else str(values[place].as_py())


def forms_of(example: str, order: str) -> tuple[str, ...]:
    """The form of one value, or nothing."""
    if re.match(ISO_START, example):
        return (ISO,)
    for pattern, form in NUMBERS.items():
        if re.fullmatch(pattern, example):
            return (form,)
    for date_form, rest in _dates(example, order):
        time_form = _time(rest)
        if time_form is not None:
            return (date_form + time_form,)
    return ()


def _dates(example: str, order: str) -> Iterator[tuple[str, str]]:
    if m := NUMERIC.match(example):
        year = "%Y" if len(m[4]) == 4 else "%y"
        pair = ("%m", "%d") if order == MONTH_FIRST else ("%d", "%m")
        yield f"{pair[0]}{m[2]}{pair[1]}{m[2]}{year}", example[m.end() :]
    if m := YEAR_FIRST.match(example):
        yield f"%Y{m[2]}%m{m[2]}%d", example[m.end() :]
    if m := DAY_NAME.match(example):
        year = "%Y" if len(m[5]) == 4 else "%y"
        yield f"%d{m[2]}{_month(m[3])}{m[4]}{year}", example[m.end() :]
    if m := NAME_DAY.match(example):
        yield f"{_month(m[1])}{m[2]}%d{m[4]}%Y", example[m.end() :]


def _month(name: str) -> str:
    return "%b" if len(name) == SHORT_MONTH else "%B"


def _time(rest: str) -> str | None:
    if not rest:
        return ""
    m = TIME.match(rest)
    if not m:
        return None
    form = m["gap"] + ("%I:%M" if m["half"] else "%H:%M")
    form += ":%S" if m["second"] else ""
    form += ".%f" if m["fraction"] else ""
    form += m["blank"] + ("%p" if m["half"] else "")
    return form + m["space"] + ("%z" if m["zone"] else "")


def gather(table: Table, columns: list[str], null_marks: tuple[str, ...]) -> dict[str, Evidence]:
    """Evidence about some columns from the whole file."""
    found = {column: Evidence() for column in columns}
    marks = pa.array([m for m in null_marks if m], type=pa.string())
    for block in table.blocks():
        for column, evidence in found.items():
            values = pc.utf8_trim_whitespace(combined(block.cells[column]))
            if len(marks):
                values = values.filter(pc.invert(pc.is_in(values, value_set=marks)))
            evidence.add(values)
    return found


def decide_forms(table: Table, mapping: Mapping, columns: list[str]) -> dict[str, tuple[str, ...]]:
    """The forms of the columns that the mapping leaves to the file, or the refusal that asks."""
    decided = {}
    for column, evidence in gather(table, columns, mapping.null_marks).items():
        if evidence.order in {OPEN, TORN}:
            raise _ask(column, evidence, table.name)
        stated = tuple(f for f in mapping.times.of(column) if f != AUTO)
        forms = tuple(dict.fromkeys((*stated, *evidence.forms(evidence.order))))
        if evidence.count and not forms:
            example = next(iter(evidence.unread.values()))
            raise BadInput(
                f"Column '{column}' holds no moments that can be recognised: '{example}'.",
                at=table.name,
                hint="state its form in times.formats, or map another column",
            )
        decided[column] = forms or (ISO,)
    return decided


def _ask(column: str, evidence: Evidence, name: str) -> BadInput:
    day, month = evidence.forms(DAY_FIRST)[0], evidence.forms(MONTH_FIRST)[0]
    if evidence.order == TORN:
        told = f"'{evidence.first_beyond}' only fits day first, '{evidence.second_beyond}' only month first"
    else:
        told = f"'{evidence.ambiguous}' and all others fit day first and month first"
    return BadInput(
        f"The order of day and month in column '{column}' is in doubt: {told}.",
        at=name,
        hint=f'write "{day}" or "{month}" for it in times.formats',
    )
