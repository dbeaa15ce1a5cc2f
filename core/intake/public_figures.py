"""Reads a release of the public enforcement report: every row becomes a figure or is refused.

Areas stay as published; which abuse type of ours they stand beside is looked up when they are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from core.errors import BadInput
from core.intake.mapping import FileRule
from core.intake.model import Fault, Rejects, Table
from core.intake.public_values import Wrong, read_name, read_quarter, read_value
from core.intake.tables import open_table
from core.risk.public_report import area_key, area_of, fold, public_report
from core.risk.public_series import Figure, FigureKey
from core.settings import Settings
from core.taxonomy import taxonomy

ENCODING = "utf-8"  # as published; another one is damage, not a habit of somebody's export
SHOWN = 6


@dataclass(frozen=True, slots=True)
class PublicFile:
    """A release as read: read = accepted + repeated + rejected, in rows."""

    name: str
    file_hash: str
    figures: tuple[Figure, ...]
    read: int
    repeated: int
    rejects: Rejects
    notes: tuple[str, ...]

    @property
    def content_hash(self) -> str:
        """The same for the same figures, whatever their order or the bytes around them."""
        return hashlib.sha256("\n".join(sorted(map(repr, self.figures))).encode()).hexdigest()

    @property
    def last_quarter(self) -> str:
        """The newest quarter that has a figure."""
        return max(f.quarter for f in self.figures if f.is_published)

    @property
    def not_published(self) -> int:
        """Accepted rows that say that there is no figure."""
        return sum(not figure.is_published for figure in self.figures)


def read_public_file(path: Path, settings: Settings, today: date) -> PublicFile:
    """A whole release; ``BadInput`` names the place where a file is damaged or something else."""
    try:
        with open_table(path, FileRule(encoding=ENCODING), settings) as table:
            rows = _Rows(_places(table), today)
            for block in table.blocks():
                rows.faults += block.faults
                cells = [block.cells.column(p).to_pylist() for p in rows.places.values()]
                rows.take(block.lines.tolist(), cells)
    except BadInput as fault:
        raise _told_apart(fault) from None
    _refuse_cut_off(path, table, rows)
    if not any(taken.figure.is_published for taken in rows.taken.values()):
        raise BadInput(
            "Not one row holds a figure of the report.", at=table.name, hint=_first_fault(rows)
        )
    return rows.result(table.name, _hash(path))


def _told_apart(fault: BadInput) -> BadInput:
    # There is no mapping here that an encoding could be stated in.
    hint = "save it as UTF-8, as it is published" if "encoding" in fault.hint else fault.hint
    return BadInput(fault.message, at=fault.at, hint=hint)


def _places(table: Table) -> Mapping[str, int]:
    """Where each column of the report stands; other columns do not matter."""
    wanted = public_report().columns
    there = {fold(name).replace(" ", "_"): place for place, name in enumerate(table.columns)}
    missing = [name for name in wanted if name not in there]
    if missing:
        raise BadInput(
            f"This is not the enforcement report: no column {', '.join(missing)}.",
            at=f"{table.name}, line 1",
            hint=f"the report has the columns {', '.join(wanted)}",
        )
    return {name: there[name] for name in wanted}


@dataclass(frozen=True, slots=True)
class _Taken:
    line: int
    figure: Figure
    text: str  # as it stands in the file


@dataclass(slots=True)
class _Rows:
    """The rows read so far; a figure that the file gives in two ways is refused both times."""

    places: Mapping[str, int]
    today: date
    repeated: int = 0
    last_line: int = 0
    taken: dict[FigureKey, _Taken] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    disputed: dict[FigureKey, int] = field(default_factory=dict)

    def take(self, lines: Sequence[int], cells: Sequence[Sequence[str]]) -> None:
        for line, texts in zip(lines, zip(*cells, strict=True), strict=True):
            row = dict(zip(self.places, texts, strict=True))
            figure = _figure(row, self.today)
            self.last_line = line
            if isinstance(figure, tuple):
                name, wrong = figure
                self.faults.append(Fault(line, name, row[name], wrong.reason, wrong.hint))
            else:
                self._keep(line, figure, row["value"])

    def _keep(self, line: int, figure: Figure, text: str) -> None:
        key = figure.key
        held = self.taken.get(key)
        if key in self.disputed:
            self._dispute(line, text, self.disputed[key])
        elif held is None:
            self.taken[key] = _Taken(line, figure, text)
        elif _agree(held.figure, figure):
            self.repeated += 1
            if figure.is_published:
                self.taken[key] = _Taken(line, figure, text)
        else:
            del self.taken[key]
            self.disputed[key] = held.line
            self._dispute(held.line, held.text, line)
            self._dispute(line, text, held.line)

    def _dispute(self, line: int, text: str, other: int) -> None:
        reason = f"Line {other} says something else of the same figure."
        self.faults.append(Fault(line, "value", text, reason, "correct one of them"))

    def result(self, name: str, file_hash: str) -> PublicFile:
        rejects = Rejects()
        rejects.add(self.faults)
        figures = tuple(taken.figure for taken in self.taken.values())
        return PublicFile(
            name=name,
            file_hash=file_hash,
            figures=figures,
            read=len(figures) + self.repeated + len(self.faults),
            repeated=self.repeated,
            rejects=rejects,
            notes=tuple(_notes(figures)),
        )


def _agree(one: Figure, other: Figure) -> bool:
    """Both say the same, or one says under an older name of the area that it has no figure."""
    is_one_silent = not (one.is_published and other.is_published)
    return one.is_same(other) or (is_one_silent and one.area != other.area)


def _figure(row: Mapping[str, str], today: date) -> Figure | tuple[str, Wrong]:
    """The figure of a row, or the first column that means nothing."""
    platform = _platform(row["app"])
    area, area_mark = read_name(row["policy_area"])
    series = public_report().series_named(read_name(row["metric"])[0])
    quarter = read_quarter(row["period"], today)
    if isinstance(platform, Wrong):
        return "app", platform
    if not area:
        return "policy_area", Wrong("The policy area is empty.", "every figure is of an area")
    if not series:
        known = ", ".join(n for s in public_report().series.values() for n in s.names)
        return "metric", Wrong("The report has no series of this name.", f"one of {known}")
    if isinstance(quarter, Wrong):
        return "period", quarter
    ends = read_value(row["value"], public_report().series[series].unit)
    if isinstance(ends, Wrong):
        return "value", ends
    marks = area_mark + ends.mark
    return Figure(series, platform, area, quarter, ends.low, ends.high, marks)


def _platform(text: str) -> str | Wrong:
    name = fold(read_name(text)[0])
    for value, term in taxonomy().platforms.items():
        if name in {fold(value), fold(term.label)}:
            return value
    labels = ", ".join(term.label for term in taxonomy().platforms.values())
    return Wrong("This is none of our platforms.", f"one of {labels}")


def _notes(figures: Iterable[Figure]) -> Iterable[str]:
    names = {area_key(f.area): f.area for f in figures}
    unmapped = sorted(n for k, n in names.items() if not area_of(k, n).abuse_type)
    if unmapped:
        yield (
            f"Kept without an abuse type of ours: {_listed(unmapped)}."
            " Name it in data/reference/public_policy_areas.yaml to compare."
        )
    published = [f for f in figures if f.is_published]
    newest = max((f.quarter for f in published), default="")
    ends: dict[str, str] = {}
    for figure in published:
        ends[figure.area] = max(ends.get(figure.area, ""), figure.quarter)
    ended = sorted(f"{area} ({last})" for area, last in ends.items() if last < newest)
    if ended:
        yield f"Without a figure for {newest}: {_listed(ended)}. Check that the file is whole."
    bare = sum(bool(f.mark) for f in figures)
    if bare:
        yield f"{bare:,} figures carry a footnote or 'about', which is kept with them."


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _refuse_cut_off(path: Path, table: Table, rows: _Rows) -> None:
    """A last row that is unusable and has no line end: the rest of the file is missing."""
    if table.found.format != "csv" or table.found.container or not rows.faults:
        return
    last = max(rows.faults, key=lambda fault: fault.line)
    with path.open("rb") as file:
        file.seek(-1, 2)
        is_ended = file.read(1) in {b"\n", b"\r"}
    if last.line >= rows.last_line and not is_ended:
        raise BadInput(
            "The file ends in the middle of a row.",
            at=f"{table.name}, line {last.line}",
            hint="it was cut off on its way; fetch it again",
        )


def _first_fault(rows: _Rows) -> str:
    if not rows.faults:
        return "every row says that no figure was published"
    first = min(rows.faults, key=lambda fault: fault.line)
    return f"line {first.line}, {first.field or 'row'}: {first.reason} {first.hint}"


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
