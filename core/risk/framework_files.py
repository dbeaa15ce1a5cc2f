"""Reads versions of the decision table from their files; a faulty or altered version is refused.

A version is two files, ``1.0.yaml`` (what the words mean and why) and ``1.0.csv`` (the rows), and a
line in ``published.csv`` with the hash of their meaning: whoever edits a published version is told.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import ValidationError

from core.audit.chain import canonical
from core.errors import BadInput, NotFound
from core.risk.framework_checks import Check, Draft, Fault, RowLine, check_draft
from core.risk.framework_model import FrameworkTable
from core.risk.framework_shapes import TableFile
from core.settings import REFERENCE_DIR

FRAMEWORK_DIR = REFERENCE_DIR / "framework"
PUBLISHED = "published.csv"
_FAULTS_TOLD = 20
_NEXT_VERSION = "a published version stays as it is; copy it to the next version and change that"


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the checks of a version found; ``table`` is there when all of them hold."""

    version: str
    checks: tuple[Check, ...]
    content_hash: str
    table: FrameworkTable | None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong, check by check."""
        return tuple(fault for check in self.checks for fault in check.faults)


@lru_cache(maxsize=8)
def read_tables(folder: Path = FRAMEWORK_DIR) -> Mapping[str, FrameworkTable]:
    """Every published version of a folder, oldest first; read once per process."""
    return MappingProxyType({v: read_table(v, folder) for v in _published(folder)})


def current_table(folder: Path = FRAMEWORK_DIR) -> FrameworkTable:
    """The newest published version."""
    tables = list(read_tables(folder).values())
    if not tables:
        raise BadInput("No version is published", at=PUBLISHED)
    return tables[-1]


def table_of(version: str, folder: Path = FRAMEWORK_DIR) -> FrameworkTable:
    """A published version, or not found."""
    found = read_tables(folder).get(version)
    if found is None:
        raise NotFound("Framework version", version)
    return found


def read_table(version: str, folder: Path = FRAMEWORK_DIR) -> FrameworkTable:
    """One version whose checks all hold; otherwise refused with every fault and its place."""
    inspection = inspect_table(version, folder)
    if inspection.table is None:
        told = [f"{fault.at}: {fault.message}" for fault in inspection.faults[:_FAULTS_TOLD]]
        more = len(inspection.faults) - len(told)
        message = "; ".join([*told, *([f"and {more} more"] if more else [])])
        raise BadInput(message, at=f"framework {version}", hint="put these rows right")
    return inspection.table


def inspect_table(version: str, folder: Path = FRAMEWORK_DIR) -> Inspection:
    """Run every check of a version, published or only drafted; words that cannot be read refuse."""
    file = _definition(version, folder)
    draft = _draft(file, folder / f"{version}.csv")
    content_hash = _hash(file, draft)
    published = _check_published(version, content_hash, folder)
    checks = (*check_draft(draft), published)
    whole = all(check.holds for check in checks)
    table = _table(file, draft, content_hash) if whole else None
    return Inspection(version, checks, content_hash, table)


def _definition(version: str, folder: Path) -> TableFile:
    name = f"{version}.yaml"
    try:
        file = TableFile.model_validate(yaml.safe_load(_text(folder / name)))
    except yaml.YAMLError as fault:
        raise BadInput("The file is not YAML", at=name, hint=str(fault)) from fault
    except ValidationError as faults:
        told = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in faults.errors()]
        raise BadInput("; ".join(told), at=name, hint="see the comments in the file") from faults
    if file.version != version:
        raise BadInput(f"The file says it is version {file.version}", at=name)
    return file


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as fault:
        raise BadInput("The file is missing", at=path.name) from fault
    except UnicodeDecodeError as fault:
        raise BadInput("The file is not UTF-8", at=path.name) from fault


def _draft(file: TableFile, path: Path) -> Draft:
    points = tuple(line.point() for line in file.points)
    columns = [*(point.key for point in points), "verdict"]
    rows = csv.reader(StringIO(_text(path), newline=""))
    header = next(rows, [])
    if header != columns:
        raise BadInput(
            f"The columns are {', '.join(header) or 'none'}",
            at=f"{path.name}, line 1",
            hint=f"write {', '.join(columns)}",
        )
    lines = []
    for row in rows:
        if len(row) != len(columns):
            message = f"{len(row)} cells where {len(columns)} belong"
            raise BadInput(message, at=f"{path.name}, line {rows.line_num}")
        lines.append(RowLine(rows.line_num, tuple(row[:-1]), row[-1]))
    verdicts = tuple(line.key for line in file.verdicts)
    share = file.top_verdict_max_share
    return Draft(path.name, points, verdicts, tuple(lines), file.reasons(), share)


def _hash(file: TableFile, draft: Draft) -> str:
    """One hash for one meaning: neither line ends, comments nor the order of the rows count."""
    rows = sorted(",".join((*line.levels, line.verdict)) for line in draft.lines)
    # Only what is written counts: a field that a later shape adds must not change old hashes.
    written = file.model_dump(mode="json", exclude_unset=True)
    content = canonical({"table": written, "rows": list(rows)})
    return hashlib.sha256(content.encode()).hexdigest()


def _published(folder: Path) -> dict[str, str]:
    """The hash of each published version, oldest version first."""
    rows = csv.DictReader(StringIO(_text(folder / PUBLISHED), newline=""))
    try:
        found = {row["version"]: row["sha256"] for row in rows}
        return dict(sorted(found.items(), key=lambda x: [int(part) for part in x[0].split(".")]))
    except (KeyError, ValueError) as fault:
        hint = "write version,sha256,published_on and versions like 1.0"
        raise BadInput("The list of versions cannot be read", at=PUBLISHED, hint=hint) from fault


def _check_published(version: str, content_hash: str, folder: Path) -> Check:
    wanted = _published(folder).get(version)
    faults = []
    if wanted is not None and wanted != content_hash:
        message = f"Its content has hash {content_hash[:12]}, published was {wanted[:12]}"
        faults.append(Fault(f"{PUBLISHED}, version {version}", f"{message}; {_NEXT_VERSION}"))
    count = 1 if wanted is not None else 0
    return Check("unchanged", "Nothing changed since it was published", count, tuple(faults))


def _table(file: TableFile, draft: Draft, content_hash: str) -> FrameworkTable:
    order = {point.key: point.keys for point in draft.points}
    lines = sorted(
        draft.lines,
        key=lambda line: [
            order[p.key].index(x) for p, x in zip(draft.points, line.levels, strict=True)
        ],
    )
    return FrameworkTable(
        version=file.version,
        name=file.name,
        prefix=file.prefix,
        decided_on=file.decided_on,
        source=file.source,
        rationale=file.rationale,
        points=draft.points,
        beside=tuple(line.point() for line in file.beside),
        verdicts=file.ladder(),
        consequences=MappingProxyType(dict(file.consequences)),
        logic=draft.logic,
        top_verdict_max_share=file.top_verdict_max_share,
        cells=tuple(draft.verdicts.index(line.verdict) for line in lines),
        content_hash=content_hash,
    )
