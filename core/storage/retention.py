"""How long personal text is kept: which class a case falls into, and which cases are past their time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, and_, func, or_, select

from core.clock import to_micros
from core.settings import REFERENCE_DIR
from core.storage.tables import CaseRow, CaseTextRow
from core.storage.tables.base import table_of
from core.taxonomy import taxonomy

CASES = table_of(CaseRow)
TEXTS = table_of(CaseTextRow)


class _RuleLine(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    to_class: str = Field(alias="class")
    when: dict[str, list[str]]


class _RetentionFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    decided_on: Any
    default: str
    rules: list[_RuleLine]


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """The rules in their order; the first that fits a case names its class."""

    default: str
    rules: tuple[tuple[str, Mapping[str, frozenset[str]]], ...]

    def classes(self, lines: pd.DataFrame) -> npt.NDArray[np.object_]:
        """The class of each case line."""
        found = np.full(len(lines), self.default, dtype=object)
        for name, when in reversed(self.rules):
            fits = np.ones(len(lines), dtype=bool)
            for column, values in when.items():
                fits &= _words(lines[column]).isin(values).to_numpy()
            found[fits] = name
        return found


def _words(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.map({True: "true", False: "false"}) if column.dtype == "bool" else column


@lru_cache(maxsize=4)
def retention_rules(file: Path = REFERENCE_DIR / "retention.yaml") -> RetentionRules:
    """The rules as the reference data has them."""
    read = _RetentionFile.model_validate(yaml.safe_load(file.read_text("utf-8")))
    rules = tuple(
        (line.to_class, {column: frozenset(values) for column, values in line.when.items()})
        for line in read.rules
    )
    return RetentionRules(read.default, rules)


@dataclass(frozen=True, slots=True)
class DueCase:
    """A closed case whose personal text has been kept for as long as its class allows."""

    id: int
    ref: str
    retention_class: str
    closed_at: int


def due_for_retention(
    connection: Connection, at: datetime, *, limit: int | None = None
) -> list[DueCase]:
    """Closed cases past their time, without a legal hold and not erased yet, the oldest first."""
    ended = func.coalesce(CASES.c.closed_at, CASES.c.resolved_at, CASES.c.last_event_at)
    over = [
        and_(CASES.c.retention_class == name, ended < to_micros(at - kept))
        for name, kept in kept_for().items()
    ]
    statement = (
        select(CASES.c.id, CASES.c.ref, CASES.c.retention_class, ended.label("closed_at"))
        .join(TEXTS, TEXTS.c.case_id == CASES.c.id)
        .where(CASES.c.owner == "", ~CASES.c.legal_hold, TEXTS.c.erased_at.is_(None), or_(*over))
        .order_by(ended, CASES.c.id)
        .limit(limit)
    )
    return [DueCase(**row._asdict()) for row in connection.execute(statement)]


def kept_for() -> dict[str, timedelta]:
    """How long each class is kept; a class that is kept until somebody decides is not in it."""
    days = {name: term["keep_days"] for name, term in taxonomy().retention_classes.items()}
    return {name: timedelta(days=int(text)) for name, text in days.items() if text}
