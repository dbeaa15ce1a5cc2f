"""Admits chunks of cases into the store: tells new from changed, and writes all that hangs on them.

Everything goes by whole columns; nothing here makes an object for each case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import func, select

from core.cases.lines import CASE_LINES, ENTITY_LINES, EVENT_LINES
from core.clock import from_micros
from core.sla.batch import clock_frame
from core.sla.model import SlaBook
from core.storage.admit.befores import keep_befores
from core.storage.admit.entities import link_entities
from core.storage.admit.erased import without_erased
from core.storage.admit.events import EventIds, desk_events, void_events, write_events
from core.storage.admit.known import Known, find_known
from core.storage.admit.rows import case_columns, search_texts, text_columns
from core.storage.bulk import insert_columns, plain, take_ids, update_columns
from core.storage.directory import resolve_partners, tiers
from core.storage.engine import Write
from core.storage.ratings import with_desk_ratings
from core.storage.reference import ClauseVersions, clause_versions
from core.storage.retention import RetentionRules, retention_rules
from core.storage.search import forget, index
from core.storage.tables import CaseRow, CaseTextRow
from core.storage.tables.base import table_of

CASES = table_of(CaseRow)
TEXTS = table_of(CaseTextRow)


@dataclass(frozen=True, slots=True)
class AdmitCount:
    """What became of the cases of one chunk; ``outcomes`` stands in the order of the lines."""

    created: int
    updated: int
    unchanged: int
    outcomes: npt.NDArray[np.object_]  # 'created', 'updated' or 'unchanged'


class Admission:
    """The way in of one batch, inside one write transaction; call ``cases`` once for each chunk."""

    def __init__(self, write: Write, batch_id: int | None, book: SlaBook) -> None:
        self._write = write
        self._batch_id = batch_id
        self._book = book
        self._clauses: ClauseVersions = clause_versions(write.connection)
        self._rules: RetentionRules = retention_rules()
        self._fresh_sources: dict[str, bool] = {}

    def cases(
        self, lines: pd.DataFrame, events: pd.DataFrame, entities: pd.DataFrame | None = None
    ) -> AdmitCount:
        """Admit one chunk (CASE_LINES, EVENT_LINES, ENTITY_LINES); a source's number comes once."""
        lines = CASE_LINES.check(lines).reset_index(drop=True)
        events = EVENT_LINES.check(events).reset_index(drop=True)
        things = ENTITY_LINES.empty() if entities is None else ENTITY_LINES.check(entities)
        known = find_known(self._write, lines, self._is_fresh)
        created = known.case_ids == 0
        changed = ~created & (known.content_hashes != lines["content_hash"].to_numpy(dtype=object))
        if created.any():
            self._create(*_part(created, lines, events, things))
        if changed.any():
            self._update(*_part(changed, lines, events, things), known.where(changed))
        outcomes = np.where(created, "created", np.where(changed, "updated", "unchanged"))
        counts = int(created.sum()), int(changed.sum())
        return AdmitCount(*counts, len(lines) - sum(counts), outcomes.astype(object))

    def _create(self, lines: pd.DataFrame, events: pd.DataFrame, things: pd.DataFrame) -> None:
        first = take_ids(self._write, CASES, len(lines))
        ids = np.arange(first, first + len(lines))
        lines = self._with_partners(lines)
        clocks = self._clocks(lines, events)
        columns = case_columns(lines, clocks, events, self._rules)
        listed = ids.tolist()
        refs = [f"E-{case_id:06d}" for case_id in listed]
        made_by = [self._batch_id] * len(listed)
        own: dict[str, Sequence[Any]] = {"id": listed, "ref": refs, "created_batch_id": made_by}
        stamp = self._stamp(np.ones(len(ids), dtype=np.int64))
        insert_columns(self._write, CASES, {**own, **columns, **stamp})
        folded = search_texts(lines)
        texts = text_columns(lines, folded)
        insert_columns(self._write, TEXTS, {"case_id": listed, **texts})
        index(self._write, listed, folded)
        starts = np.zeros(len(ids), dtype=np.int64)
        self._hang_on(ids, starts, lines, events, things)

    def _update(
        self, lines: pd.DataFrame, events: pd.DataFrame, things: pd.DataFrame, known: Known
    ) -> None:
        ids = known.case_ids
        listed = ids.tolist()
        lines, events = without_erased(self._write, listed, lines, events)
        if self._batch_id is not None:
            keep_befores(self._write, self._batch_id, listed)
        starts = void_events(self._write, listed, self._batch_id)
        lines = with_desk_ratings(self._write, self._with_partners(lines), listed, events)
        whole = desk_events(self._write, lines["key"], listed, events)
        clocks = self._clocks(lines, whole)
        columns = case_columns(lines, clocks, whole, self._rules)
        stamp = self._stamp(known.versions + 1)
        update_columns(self._write, CASES, "id", {"id": listed, **columns, **stamp})
        forget(self._write, listed)
        folded = search_texts(lines)
        texts = text_columns(lines, folded)
        update_columns(self._write, TEXTS, "case_id", {"case_id": listed, **texts})
        index(self._write, listed, folded)
        self._hang_on(ids, starts, lines, events, things)

    def _hang_on(
        self,
        ids: npt.NDArray[np.int64],
        starts: npt.NDArray[np.int64],
        lines: pd.DataFrame,
        events: pd.DataFrame,
        things: pd.DataFrame,
    ) -> None:
        place = EventIds(ids, starts, lines, self._batch_id)
        write_events(self._write, place, events, self._clauses)
        if len(things):
            link_entities(self._write, ids, lines["key"].to_numpy(), things)

    def _clocks(self, lines: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
        facts = pd.DataFrame(
            {
                "key": lines["key"],
                "priority": lines["first_priority"],
                "tier": lines["first_tier"],
                "requester_kind": lines["first_requester_kind"],
                "calendar": lines["calendar"],
            }
        )
        moments = events[["key", "at", "kind", "value"]]
        return clock_frame(facts, moments, self._book, from_micros(self._write.at))

    def _with_partners(self, lines: pd.DataFrame) -> pd.DataFrame:
        keys = resolve_partners(self._write, lines["partner"], batch_id=self._batch_id)
        by_key = tiers(self._write, [int(k) for k in keys.dropna().unique()])
        known = [by_key.get(key, "") for key in plain(keys)]
        tier = pd.Series(known, index=lines.index, dtype="str")
        return lines.assign(
            partner_id=keys,
            tier=lines["tier"].where(lines["tier"] != "", tier),
            first_tier=lines["first_tier"].where(lines["first_tier"] != "", tier),
        )

    def _stamp(self, versions: npt.NDArray[Any]) -> dict[str, Sequence[Any]]:
        count = len(versions)
        return {
            "version": versions.tolist(),
            "change_seq": [self._write.seq] * count,
            "import_seq": [self._write.seq] * count,
            "batch_id": [self._batch_id] * count,
        }

    def _is_fresh(self, source: str) -> bool:
        """True when the store held nothing of the source before this batch."""
        if source not in self._fresh_sources:
            held = self._write.connection.execute(
                select(func.count()).select_from(
                    select(CASES.c.id).where(CASES.c.source == source).limit(1).subquery()
                )
            )
            self._fresh_sources[source] = not held.scalar_one()
        return self._fresh_sources[source]


def _part(
    chosen: npt.NDArray[np.bool_], lines: pd.DataFrame, events: pd.DataFrame, things: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    if chosen.all():
        return lines, events, things
    some = lines[chosen].reset_index(drop=True)
    keys = some["key"]
    return (
        some,
        events[events["key"].isin(keys)].reset_index(drop=True),
        things[things["key"].isin(keys)].reset_index(drop=True),
    )
