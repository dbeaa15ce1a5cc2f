"""The way of a file through intake: read, normalise, stage by case, put together, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np

from core.intake.assemble import Assembler, CalendarOf, Chunk
from core.intake.date_forms import decide_forms
from core.intake.mapping import Mapping
from core.intake.mapping_files import check_columns
from core.intake.model import Found, Rejects, Table
from core.intake.moments import AUTO, bounds_at, check_forms, known_zone
from core.intake.normalise import Normaliser
from core.intake.staging import Staging
from core.intake.tables import open_table
from core.settings import Settings
from core.sla.model import REPLIES_NOT_RECORDED, UPDATES_NOT_RECORDED

Progress = Callable[[float, str], None]
LEFT_OUT = {
    REPLIES_NOT_RECORDED: "The mapping names no replies, so the clocks of first response, "
    "next response and update stay unknown.",
    UPDATES_NOT_RECORDED: "The mapping names first responses only, so the clocks of next response "
    "and update stay unknown.",
}
READING_SHARE = 0.4  # of the whole work, as measured: the rest is putting together and writing


@dataclass(slots=True)
class Intake:
    """One file on its way in; after ``chunks`` is used up, counts and rejects are complete."""

    table: Table
    mapping: Mapping
    staging: Staging
    normaliser: Normaliser
    calendar_of: CalendarOf
    progress: Progress
    rejects: Rejects = field(default_factory=Rejects)
    read: int = 0
    copies: int = 0
    moved: int = 0
    early: int = 0
    repeated: int = 0

    @property
    def found(self) -> Found:
        """How the file was found to be written."""
        return self.table.found

    def read_rows(self) -> None:
        """Read the whole file and set its rows aside by case."""
        for block in self.table.blocks():
            self.read += block.row_count
            rows, faults = self.normaliser.read(block)
            self.rejects.add(faults)
            self.staging.add(rows)
            done = self.table.position() / max(self.table.byte_count, 1)
            self.progress(min(done, 1.0) * READING_SHARE, f"{self.read:,} rows read")

    def chunks(self) -> Iterator[Chunk]:
        """The cases of the file, some thousands at a time."""
        zone = self.mapping.times.zone if self.normaliser.naive else ""
        assembler = Assembler(self.mapping, self.calendar_of, zone)
        key = 0
        for rows in self.staging.parts():
            chunk = assembler.chunk(rows, key)
            key += len(chunk.cases)
            self.copies += chunk.copies
            self.moved += chunk.moved
            self.early += chunk.early
            self.repeated += chunk.repeated
            yield chunk
            done = key / max(self.staging.case_count, 1)
            share = READING_SHARE + (1 - READING_SHARE) * min(done, 1.0)
            self.progress(share, f"{key:,} cases put together")

    def notes(self) -> tuple[str, ...]:
        """What a person should know about how the file was understood."""
        return (*self._counted(), *self._assumed())

    def _counted(self) -> Iterator[str]:
        wins = "first" if self.mapping.wins == "first" else "last"
        for count, told in (
            (self.copies, "rows repeat another row in every cell; taken as copies."),
            (self.repeated, f"cases stand on several rows that differ; the {wins} one counts."),
            (self.found.formulas, "cells hold formulas; their stored results were taken."),
            (self.moved, "rows carry a time after the row below them; the file's order was kept."),
            (self.early, "cases have a moment before they were received; kept as it is."),
        ):
            if count:
                yield f"{count:,} {told}"

    def _assumed(self) -> Iterator[str]:
        identity = self.mapping.identity
        if identity.hash_of:
            columns = ", ".join(identity.hash_of)
            kind = "the same case" if identity.repeats == "copies" else "other cases"
            yield f"No identity column: rows that agree in {columns} were taken as {kind}."
        if self.normaliser.naive:
            yield f"Times without a zone were read in {self.mapping.times.zone}."


@contextmanager
def open_intake(
    path: Path,
    mapping: Mapping,
    settings: Settings,
    now: datetime,
    *,
    calendar_of: CalendarOf = lambda _: "",
    progress: Progress = lambda _share, _what: None,
) -> Iterator[Intake]:
    """A file and a mapping that fit together, ready to be read."""
    known_zone(mapping.times.zone)
    with open_table(path, mapping.file, settings) as table, Staging(settings.local_dir) as staging:
        check_columns(mapping, table.columns, table.name)
        forms = {c: mapping.times.of(c) for c in mapping.time_columns()}
        for column, several in forms.items():
            check_forms(several, column)
        forms |= _decided(table, mapping, [c for c, f in forms.items() if AUTO in f])
        normaliser = Normaliser(
            mapping, table.columns, bounds_at(now), table.name, forms, table.found.typed
        )
        yield Intake(table, mapping, staging, normaliser, calendar_of, progress)


def _decided(table: Table, mapping: Mapping, columns: list[str]) -> dict[str, tuple[str, ...]]:
    """The forms of columns that the mapping leaves to the file, from all their values."""
    if not columns:
        return {}
    return decide_forms(table, mapping, columns)


def count_outcomes(chunk: Chunk, outcomes: np.ndarray) -> dict[str, int]:
    """Rows of the file by what became of their cases."""
    return {
        outcome: int(chunk.row_counts[outcomes == outcome].sum())
        for outcome in ("created", "updated", "unchanged")
    }
