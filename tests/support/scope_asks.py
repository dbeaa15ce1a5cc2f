"""What a partner manager asks on the paths of ``scope_paths``, and the world that answers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.clock import to_micros
from core.desk.boot import Desk
from core.desk.export import export_cases
from core.desk.partner import open_partner
from core.desk.partner_ask import PartnerAsk
from core.desk.partner_brief import take_out
from core.desk.partner_funnel import MEASURES, funnel_view
from core.desk.partner_segments import SegmentsAsk, segments_view
from core.desk.partners import partners_view
from core.desk.queue import queue_view
from core.reports.html import html_file
from core.risk.heat_ask import HeatmapAsk
from tests.support.rows import DAY
from tests.support.served_world import PARTNERS
from tests.support.stores import MONDAY_MORNING
from tests.support.two_scopes import (
    OWN,
    OWN_CASE,
    OWN_REF,
    STRANGE_CASE,
    STRANGE_REF,
    name_of,
)

OTHERS = [name_of(key) for key in range(1, PARTNERS + 1) if key not in OWN]
ALL = CaseFilter(segment=Segment.ALL)
OPEN_CASES = "owner <> ''"
OF_OWN_REF = "partner_id = 1"
TODAY = MONDAY_MORNING.date()
HEAT = HeatmapAsk("partner", "abuse_type", 4)


@dataclass(frozen=True)
class World:
    """A desk with the partners of two managers, seen by one of them."""

    desk: Desk
    pat: Person
    hidden: frozenset[str]

    def own(self) -> Any:
        """An own partner."""
        return open_partner(self.desk, self.pat, OWN_REF)


@dataclass(frozen=True)
class Path:
    """One way to ask; every number of ``counts`` is that of the SQL condition ``where``."""

    kind: str
    asks: str
    look: Callable[[World], Any]
    counts: Callable[[Any], Iterable[int]] = lambda _: ()
    where: str | Callable[[Any], str] = "1 = 0"
    typed: frozenset[str] = frozenset()  # references that the manager wrote into the address
    least: int = 0  # rows that must come back, so that nothing is proved by emptiness


def queued(filter_: CaseFilter) -> Callable[[World], Any]:
    return lambda w: queue_view(w.desk, w.pat, filter_)


def listed(**parts: object) -> Callable[[World], Any]:
    return lambda w: partners_view(w.desk, w.pat, PartnerAsk(size=100).but(**parts))


def funnelled(measure: str) -> Callable[[World], Any]:
    return lambda w: funnel_view(w.desk, w.pat, PartnerAsk(), measure)


def queue_counts(view: Any) -> Iterator[int]:
    """Total, and what each list of values adds up to; a value that is filtered by counts others."""
    yield view.total
    for name in ("priority", "channel", "abuse_type", "market", "sla_frt"):
        yield sum(value.count for value in view.facets.dimensions[name])


def saved_view(desk_filter: CaseFilter) -> CaseFilter:
    """A view of somebody who sees everything, as its address brings it to somebody else."""
    params = {k: [v] if isinstance(v, str) else v for k, v in desk_filter.to_params().items()}
    return CaseFilter.from_params(params)[0]


def directory_file(w: World) -> list[dict[str, str]]:
    return list(
        csv.DictReader(io.StringIO("".join(export_cases(w.desk, w.pat, ALL, "csv").portions)))
    )


def weeks_of(view: Any) -> str:
    first = to_micros(MONDAY_MORNING.replace(hour=0)) - (TODAY - view.mondays[0]).days * DAY
    return f"received_at >= {first} AND received_at < {first + 7 * DAY * len(view.mondays)}"


def last_week(_: Any) -> str:
    midnight = to_micros(MONDAY_MORNING.replace(hour=0))
    return f"received_at >= {midnight - 7 * DAY} AND received_at < {midnight}"


def brief_file(w: World) -> str:
    from core.ui.partner.brief_words import brief_document  # noqa: PLC0415 -- pages' words

    return html_file(brief_document(take_out(w.desk, w.pat, w.own(), "file"), "pat", "UTC"))


def segments_asked(w: World) -> Any:
    ask = SegmentsAsk(TODAY - timedelta(days=28), TODAY, MEASURES)
    return segments_view(w.desk, w.pat, w.own(), ask)


def of_own(view: Callable[..., Any]) -> Callable[[World], Any]:
    return lambda w: view(w.desk, w.pat, w.own())


def resolved_lately(view: Any) -> str:
    first = to_micros(MONDAY_MORNING.replace(hour=0)) - 27 * DAY
    return f"{OF_OWN_REF} AND resolved_at >= {first} AND resolved_at < {first + 28 * DAY}"


STRANGE_FILTER = ALL.but(partner=(STRANGE_REF,))
SAVED = ALL.but(partner=(STRANGE_REF, OWN_REF), restriction=("open",))
BOTH_CASES = ALL.but(cases=(STRANGE_CASE, OWN_CASE))
