"""Puts the versioned rules (clauses, service targets, calendars) from the reference data into the store.

A version that the store has is never rewritten, so a case stays judged by what was in force.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml
from sqlalchemy import Connection, insert, select

from core.audit.model import Draft
from core.clock import from_micros, to_micros
from core.errors import Broken
from core.settings import REFERENCE_DIR
from core.sla.model import SlaBook
from core.sla.policies import read_calendars, read_policies
from core.storage.engine import Store
from core.storage.tables import ClauseRow, SlaCalendarRow, SlaPolicyRow
from core.storage.tables.base import table_of

CLAUSES = table_of(ClauseRow)
POLICIES = table_of(SlaPolicyRow)
CALENDARS = table_of(SlaCalendarRow)
POLICY_FILE, CALENDAR_FILE = "policies.yaml", "calendars.yaml"
_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clause:
    """One version of a citable rule."""

    key: str
    version: str
    abuse_type: str
    title: str
    body: str
    effective_from: datetime
    effective_to: datetime | None


@dataclass(frozen=True, slots=True)
class ClauseVersions:
    """For each clause, when its versions began, oldest first."""

    starts: Mapping[str, npt.NDArray[np.int64]]
    versions: Mapping[str, tuple[str, ...]]

    def in_force(self, keys: pd.Series[str], moments: npt.NDArray[np.int64]) -> list[str]:
        """The version of each clause at each moment, '' where there was none."""
        found: npt.NDArray[np.object_] = np.full(len(keys), "", dtype=object)
        names = keys.to_numpy(dtype=object)
        for key in set(names) & set(self.starts):
            at = np.flatnonzero(names == key)
            number = np.searchsorted(self.starts[key], moments[at], side="right")
            found[at] = np.array(["", *self.versions[key]], dtype=object)[number]
        return list(found.tolist())


def seed_reference(store: Store, folder: Path = REFERENCE_DIR) -> int:
    """Add the versions that the store does not have yet; gives how many those were."""
    with store.read() as connection:
        missing = list(_missing(connection, folder))
    if not missing:
        return 0
    with store.write(Draft("desk", "reference.seed", "reference")) as write:
        # Asked again under the lock: another process may boot at the same moment.
        missing = list(_missing(write.connection, folder))
        for table, row in missing:
            write.connection.execute(insert(table).values(**row))
        write.details["versions"] = len(missing)
    return len(missing)


def load_book(store: Store, folder: Path = REFERENCE_DIR) -> SlaBook:
    """The service targets and calendars that the store holds, all versions."""
    with store.read() as connection:
        policies = tuple(_documents(connection, POLICIES))
        by_key = select(CALENDARS).order_by(CALENDARS.c.key, CALENDARS.c.effective_from_at)
        calendars = tuple((row.key, row.document) for row in connection.execute(by_key))
    if not policies or not calendars:
        raise Broken("The store holds no service targets.", hint="Run: python -m core migrate")
    return _book(policies, calendars, _text(folder, CALENDAR_FILE))


@lru_cache(maxsize=8)
def _book(policies: tuple[str, ...], calendars: tuple[tuple[str, str], ...], file: str) -> SlaBook:
    """What these documents say; each set of them is read once per process."""
    by_key: dict[str, list[object]] = {}
    for key, document in calendars:
        by_key.setdefault(key, []).append(yaml.safe_load(document))
    head = {k: v for k, v in yaml.safe_load(file).items() if k != "calendars"}
    whole = _document({**head, "calendars": by_key})
    versions, regions = read_calendars(whole, name="sla_calendars")
    texts = _document({"versions": [yaml.safe_load(each) for each in policies]})
    targets = read_policies(texts, name="sla_policies")
    return SlaBook(policies=targets, calendars=versions, regions=regions)


def clauses(connection: Connection, *, key: str = "", at: datetime | None = None) -> list[Clause]:
    """Clause versions, of one clause or all, in force at a moment or all, by key and start."""
    statement = select(CLAUSES).order_by(CLAUSES.c.key, CLAUSES.c.effective_from_at)
    if key:
        statement = statement.where(CLAUSES.c.key == key)
    if at is not None:
        moment = to_micros(at)
        ended = CLAUSES.c.effective_to_at
        statement = statement.where(
            CLAUSES.c.effective_from_at <= moment, ended.is_(None) | (ended > moment)
        )
    return [
        Clause(
            key=row.key,
            version=row.version,
            abuse_type=row.abuse_type,
            title=row.title,
            body=row.body,
            effective_from=from_micros(row.effective_from_at),
            effective_to=None if row.effective_to_at is None else from_micros(row.effective_to_at),
        )
        for row in connection.execute(statement)
    ]


def clause_versions(connection: Connection) -> ClauseVersions:
    """When each version of each clause began."""
    by_key: dict[str, list[Clause]] = {}
    for clause in clauses(connection):
        by_key.setdefault(clause.key, []).append(clause)
    starts = {
        key: np.array([to_micros(c.effective_from) for c in found], dtype=np.int64)
        for key, found in by_key.items()
    }
    return ClauseVersions(starts, {k: tuple(c.version for c in v) for k, v in by_key.items()})


def _missing(connection: Connection, folder: Path) -> Iterator[tuple[Any, _Row]]:
    for table, keys, rows in (
        (CLAUSES, ("key", "version"), _clause_rows(folder)),
        (POLICIES, ("version",), _policy_rows(_text(folder, POLICY_FILE))),
        (CALENDARS, ("key", "effective_from_at"), _calendar_rows(_text(folder, CALENDAR_FILE))),
    ):
        held = {tuple(row) for row in connection.execute(select(*(table.c[k] for k in keys)))}
        yield from ((table, row) for row in rows if tuple(row[k] for k in keys) not in held)


def _clause_rows(folder: Path) -> Iterator[_Row]:
    with (folder / "clauses.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            until = line["effective_to"]
            yield {
                "key": line["key"],
                "version": line["version"],
                "abuse_type": line["abuse_type"],
                "title": line["title"],
                "body": line["text"],
                "effective_from_at": _midnight(line["effective_from"]),
                "effective_to_at": _midnight(until) if until else None,
            }


@lru_cache(maxsize=4)
def _policy_rows(file: str) -> tuple[_Row, ...]:
    return tuple(
        {
            "version": version["id"],
            "effective_from_at": to_micros(_moment(version["effective_from"])),
            "document": _document(version),
        }
        for version in yaml.safe_load(file)["versions"]
    )


@lru_cache(maxsize=4)
def _calendar_rows(file: str) -> tuple[_Row, ...]:
    return tuple(
        {
            "key": key,
            "effective_from_at": to_micros(_moment(version["effective_from"])),
            "document": _document(version),
        }
        for key, versions in yaml.safe_load(file)["calendars"].items()
        for version in versions
    )


def _document(content: object) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def _documents(connection: Connection, table: Any) -> Sequence[str]:
    return (
        connection.execute(select(table.c.document).order_by(table.c.effective_from_at))
        .scalars()
        .all()
    )


def _text(folder: Path, name: str) -> str:
    return (folder / "sla" / name).read_text("utf-8")


def _moment(value: datetime | str) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _midnight(day: str) -> int:
    on = date.fromisoformat(day)
    return to_micros(datetime(on.year, on.month, on.day, tzinfo=UTC))
