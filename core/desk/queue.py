"""The queue as one person sees it: rows, tiles, facets and charts of one sequence number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.cases.model import AgeingMark, Cursor, Facets, FlowMark, Tile
from core.desk.boot import Desk


@dataclass(frozen=True)
class QueueView:
    """One page of the queue with all that stands around it; everything counts the same cases."""

    rows: pd.DataFrame  # shape QUEUE_ROWS of core.storage.cases, in the order of the filter's sort
    total: int
    first: int  # position of the first row, from 1; 0 when there is none
    next: Cursor | None
    previous: Cursor | None
    tiles: tuple[Tile, ...]
    facets: Facets
    ageing: tuple[AgeingMark, ...]
    flow: tuple[FlowMark, ...]
    flow_days: int
    sort_rule: str
    version: int  # sequence number of the snapshot that everything was counted in
    at: datetime  # the moment that ages and due times were judged at
    zone: str  # the zone that days in tiles and charts belong to
    is_refreshing: bool  # a large change is being taken over in the background
    notices: tuple[str, ...] = ()


def queue_view(
    desk: Desk,
    person: Person,
    filter_: CaseFilter,
    cursor: Cursor | None = None,
    *,
    flow_days: int = 28,
    zone: str = "",
) -> QueueView:
    """The queue for a filter; ``zone`` is the one that the person chose, else their own."""
    raise NotImplementedError
