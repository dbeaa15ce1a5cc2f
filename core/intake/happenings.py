"""Events of many cases gathered as columns, put in order of happening at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from core.cases.lines import EVENT_LINES
from core.intake.model import TextColumn

TEXTS = ("kind", "value", "field", "actor", "actor_kind", "text")
# Order of what one row tells at one moment: who has it, what it is, what was said, where it stands.
RANK = {
    "received": 0,
    "message_in": 1,
    "tier": 2,
    "requester_kind": 2,
    "calendar": 2,
    "priority": 3,
    "attribute": 4,
    "transferred": 5,
    "assigned": 6,
    "reply": 7,
    "question": 7,
    "auto_reply": 7,
    "note": 8,
    "decision": 8,
    "status": 9,
    "csat": 10,
}


Place = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # case, at, order, line
Texts = Mapping[str, TextColumn | str]
NOTHING: Texts = {}


@dataclass(slots=True)
class Happenings:
    """Columns of events; ``order`` is the row that told of an event, ties go by rank."""

    case: list[np.ndarray] = field(default_factory=list)
    at: list[np.ndarray] = field(default_factory=list)
    order: list[np.ndarray] = field(default_factory=list)
    rank: list[np.ndarray] = field(default_factory=list)
    line: list[np.ndarray] = field(default_factory=list)
    texts: dict[str, list[TextColumn]] = field(default_factory=lambda: {t: [] for t in TEXTS})

    def add(self, kind: str, place: Place, texts: Texts) -> None:
        """More events of one kind; a text is one column, or one word for all of them."""
        case, at, order, line = place
        n = len(case)
        if not n:
            return
        self.case.append(case)
        self.at.append(at)
        self.order.append(order)
        self.line.append(line)
        self.rank.append(np.full(n, RANK.get(kind, 8)))
        told: dict[str, TextColumn | str] = {"kind": kind, "actor_kind": "us", **texts}
        for name in TEXTS:
            self.texts[name].append(_column(told.get(name, ""), n))

    def columns(self) -> Ordered:
        """All events in order of case, moment, row and rank."""
        if not self.case:
            none = np.zeros(0, dtype=np.int64)
            return Ordered(none, none, none, {t: pa.array([], pa.string()) for t in TEXTS})
        case, at = np.concatenate(self.case), np.concatenate(self.at)
        row, rank = np.concatenate(self.order), np.concatenate(self.rank)
        order = np.lexsort((rank, row, at, case))
        indices = pa.array(order)
        texts = {t: pa.concat_arrays(parts).take(indices) for t, parts in self.texts.items()}
        line = np.concatenate(self.line)
        return Ordered(case[order], at[order], line[order], texts)


@dataclass(frozen=True, slots=True)
class Ordered:
    """Events in their final order."""

    case: np.ndarray
    at: np.ndarray
    line: np.ndarray
    texts: dict[str, TextColumn]

    def frame(self, first_key: int) -> pd.DataFrame:
        """As event lines, with the keys of the batch."""
        columns = {name: text_series(column) for name, column in self.texts.items()}
        numbers = {"key": self.case + first_key, "at": self.at, "line": self.line}
        frame = pd.DataFrame({**numbers, **columns})
        return EVENT_LINES.check(frame[list(EVENT_LINES.columns)])


def text_series(column: TextColumn) -> pd.Series:
    """A text column as pandas holds it, without going through Python objects."""
    return pd.Series(pd.array(column, dtype="str"))


def _column(told: TextColumn | str, n: int) -> TextColumn:
    if isinstance(told, str):
        return pa.repeat(pa.scalar(told, pa.string()), n)
    return told
