"""Imports as a person sees them: look at a file, try it, bring it in, read its history, take it back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from core.access.model import Person
from core.access.rules import require
from core.audit.model import Draft
from core.desk.boot import Desk
from core.errors import BadInput
from core.intake.assemble import Chunk
from core.intake.encoding import GUESS
from core.intake.mapping import FileRule, Mapping
from core.intake.mapping_files import fitting
from core.intake.model import Found
from core.intake.pipeline import Intake, count_outcomes, open_intake
from core.intake.proposal import as_yaml
from core.intake.suggest import propose
from core.intake.tables import open_table
from core.sla.model import ALWAYS_OPEN_KEY
from core.storage import imports as book
from core.storage.admit import Admission
from core.storage.admit.foresee import foresee
from core.storage.engine import Write
from core.storage.imports import Batch, BatchCount, BatchFacts
from core.storage.undo import UndoResult, undo_batch
from core.taxonomy import taxonomy

Progress = Callable[[float, str], None]
SAMPLE_CASES = 50
PREVIEW_ROWS = 50


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file: rows and cases by outcome, refused rows, and how it was understood."""

    batch: str  # reference; empty for a dry run
    count: BatchCount
    rejects: pd.DataFrame  # REJECT_LINES, all of them
    notes: tuple[str, ...]
    found: Found
    source: str
    dry_run: bool
    cases: pd.DataFrame = field(default_factory=pd.DataFrame)  # the first ones, of a dry run


def run_import(
    desk: Desk,
    person: Person,
    path: Path,
    mapping: Mapping,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Bring a whole file in, or nothing of it; a dry run does all but the writing."""
    require(person, "import.run")
    tell = progress or _silent
    with open_intake(
        path,
        mapping,
        desk.settings,
        desk.clock.now(),
        calendar_of=lambda market: _calendar(desk, market),
        progress=tell,
    ) as intake:
        result = _foresee(desk, intake) if dry_run else _admit(desk, person, intake, path)
    tell(1.0, "done")
    return result


def _silent(_share: float, _what: str) -> None:
    """Nobody watches."""


def _calendar(desk: Desk, market: str) -> str:
    if market not in taxonomy().markets:
        return ALWAYS_OPEN_KEY
    return desk.book.calendar_for_region(taxonomy().region_of(market))


def _foresee(desk: Desk, intake: Intake) -> ImportResult:
    intake.read_rows()
    tally = _Tally()
    first = pd.DataFrame()
    with desk.store.read() as connection:
        for chunk in intake.chunks():
            tally.add(chunk, foresee(connection, desk.store.dialect, chunk.cases))
            first = chunk.cases.head(SAMPLE_CASES) if first.empty else first
    result = _result(intake, tally.count(intake), "", dry_run=True)
    return replace(result, cases=first)


def _admit(desk: Desk, person: Person, intake: Intake, path: Path) -> ImportResult:
    mapping = intake.mapping
    facts = BatchFacts(
        by=person.username,
        source=mapping.source,
        file_name=intake.table.name,
        file_hash=_file_hash(path),
        mapping=mapping.model_dump_json(exclude_defaults=True),
    )
    with book.running_batch(desk.store, facts) as batch:
        intake.read_rows()
        draft = Draft(person.username, "import.run", batch.ref)
        with desk.store.write(draft) as write:
            count = _write(write, desk, intake, batch.id)
    return _result(intake, count, batch.ref, dry_run=False)


def _write(write: Write, desk: Desk, intake: Intake, batch_id: int) -> BatchCount:
    admission = Admission(write, batch_id, desk.book)
    tally = _Tally()
    for chunk in intake.chunks():
        admitted = admission.cases(chunk.cases, chunk.events, chunk.entities)
        tally.add(chunk, admitted.outcomes)
    count = tally.count(intake)
    book.add_rejects(write, batch_id, intake.rejects.frame())
    book.finish_batch(write, batch_id, count, " ".join(intake.notes()))
    return count


@dataclass(slots=True)
class _Tally:
    """Rows and cases by outcome, over all chunks."""

    rows: dict[str, int] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)

    def add(self, chunk: Chunk, outcomes: np.ndarray) -> None:
        for outcome, rows in count_outcomes(chunk, outcomes).items():
            self.rows[outcome] = self.rows.get(outcome, 0) + rows
            found = int((outcomes == outcome).sum())
            self.cases[outcome] = self.cases.get(outcome, 0) + found

    def count(self, intake: Intake) -> BatchCount:
        return BatchCount(
            read=intake.read,
            accepted=self.rows.get("created", 0),
            updated=self.rows.get("updated", 0),
            unchanged=self.rows.get("unchanged", 0) + intake.copies,
            rejected=len(intake.rejects.faults),
            cases_created=self.cases.get("created", 0),
            cases_updated=self.cases.get("updated", 0),
        )


def _result(intake: Intake, count: BatchCount, ref: str, *, dry_run: bool) -> ImportResult:
    return ImportResult(
        batch=ref,
        count=count,
        rejects=intake.rejects.frame(),
        notes=intake.notes(),
        found=intake.found,
        source=intake.mapping.source,
        dry_run=dry_run,
    )


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def history(desk: Desk, person: Person, limit: int = 100) -> list[Batch]:
    """The imports so far, the newest first."""
    require(person, "data.read")
    with desk.store.read() as connection:
        return book.batches(connection, limit)


def rejects(desk: Desk, person: Person, batch: str) -> pd.DataFrame:
    """The refused rows of an import in the order of the file."""
    require(person, "data.read")
    with desk.store.read() as connection:
        found = book.batch_by_ref(connection, batch)
        return book.rejects(connection, found.id).drop(columns="id")


def undo(desk: Desk, person: Person, batch: str) -> UndoResult:
    """Take an import back: remove what it created, restore what it changed, name what it keeps."""
    require(person, "import.undo")
    with desk.store.read() as connection:
        found = book.batch_by_ref(connection, batch)
    with desk.store.write(Draft(person.username, "import.undo", batch)) as write:
        return undo_batch(write, found.id)


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a file looks like: its columns, first rows, how it is written, and a mapping for it."""

    columns: tuple[str, ...]
    rows: pd.DataFrame  # texts, with the line of each row as index
    found: Found
    moments: dict[str, str]  # column of moments -> how it is written
    fits: str  # ready mapping whose columns all stand in the file, or nothing
    suggestion: str  # text of a mapping file
    questions: tuple[str, ...]


def preview(
    desk: Desk, person: Person, path: Path, mapping: Mapping | None = None
) -> ImportPreview:
    """Look at a whole file without bringing anything in."""
    require(person, "import.run")
    rule = mapping.file if mapping else FileRule(encoding=GUESS)  # a doubt becomes a question
    with open_table(path, rule, desk.settings) as table:
        proposal = propose(table)
        block = next(iter(table.blocks()))
        rows = block.cells.slice(0, PREVIEW_ROWS).to_pandas()
        rows.index = pd.Index(block.lines[:PREVIEW_ROWS], name="line")
        return ImportPreview(
            columns=table.columns,
            rows=rows,
            found=table.found,
            moments={c: " or ".join(forms) for c, forms in proposal.forms.items()},
            fits=proposal.fits,
            suggestion=as_yaml(proposal),
            questions=proposal.questions,
        )


def fitting_mapping(desk: Desk, person: Person, path: Path) -> str:
    """The name of the ready mapping that fits a file, or the refusal that asks for one."""
    require(person, "import.run")
    with open_table(path, FileRule(), desk.settings) as table:
        name = fitting(table.columns)
    if not name:
        raise BadInput(
            "No mapping was given and none of the ready ones fits this file.",
            at=path.name,
            hint="let --suggest write one, check it, and give it as --mapping",
        )
    return name
