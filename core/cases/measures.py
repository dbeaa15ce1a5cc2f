"""The figures of the queue: names, definitions in words, and the filter that opens their cases.

This is their only home; storage counts them, pages show them, both by asking here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.cases.csat import csat_scale
from core.cases.filter import CaseFilter, Flag, Segment, Sort, Whose
from core.cases.model import Unit
from core.cases.windows import last_days, queue_windows
from core.taxonomy import taxonomy

SORT_RULES = {
    Sort.URGENCY: "Urgency = harm weight of the priority × share of the target used by the clock "
    "that is due next. Cases without a running clock follow, finished cases come last.",
    Sort.DUE: "What is due next comes first, past due before that; then cases without a running "
    "clock, oldest first; finished cases come last.",
    Sort.AGE: "The case received longest ago comes first.",
    Sort.PRIORITY: "By priority, within one what is due next first; finished cases come last.",
    Sort.RECEIVED: "The case received last comes first.",
}


@dataclass(frozen=True, slots=True)
class TileDefinition:
    """What a tile is called, what it counts, and what its small series shows."""

    name: str
    label: str
    definition: str
    unit: Unit
    series_label: str = ""


TILES = (
    TileDefinition(
        "open",
        "Open",
        "Cases that are not resolved, closed, merged or cancelled.",
        "cases",
        "open at the end of each day",
    ),
    TileDefinition(
        "breached",
        "Breached",
        "Open cases with at least one missed clock, recorded or past due now.",
        "cases",
        "cases whose first breach fell on each day",
    ),
    TileDefinition(
        "due_soon",
        "Due soon",
        "Open cases with a running clock due within the next {due_hours} h.",
        "cases",
    ),
    TileDefinition("unassigned", "Unassigned", "Open cases that nobody is assigned to.", "cases"),
    TileDefinition("oldest", "Oldest", "Time since the oldest open case was received.", "duration"),
    TileDefinition(
        "frt_p90",
        "FRT p90",
        "90th percentile of working time from received to first public reply, for first replies "
        "of the last {response_days} days, today included; compared with the days before.",
        "duration",
        "p90 of the first replies of each day",
    ),
)
OVERTURN_SHARE = (
    "Overturned ÷ re-reviewed: earlier decisions reversed, wholly or in part, of those looked at "
    "again."
)
APPEAL_CHANNEL = "user_appeal"
_STATE_OF = {
    Segment.MINE: Whose.ME,
    Segment.TEAM: Whose.TEAM,
}
_TILE_FLAGS = {Flag.UNASSIGNED, Flag.BREACHED}


def tile_definition(tile: TileDefinition) -> str:
    """The sentence with the windows of this desk in it."""
    windows = queue_windows()
    hours = windows.due_within_minutes / 60
    return tile.definition.format(due_hours=f"{hours:g}", response_days=windows.response_days)


def whole(filter_: CaseFilter) -> CaseFilter:
    """The same cases in every state: the segment's state dropped, 'mine' and 'team' kept."""
    mine = _STATE_OF.get(filter_.segment)
    whose = tuple(dict.fromkeys((*filter_.whose, mine))) if mine else filter_.whose
    return filter_.having(segment=Segment.ALL, whose=whose, sort=Sort.URGENCY)


def tile_ground(filter_: CaseFilter) -> CaseFilter:
    """What all tiles of a view share: the filter without what the tiles themselves decide."""
    flags = tuple(f for f in filter_.flags if f not in _TILE_FLAGS)
    return whole(filter_).having(flags=flags, due_within=None)


def tile_filter(name: str, filter_: CaseFilter, at: int, zone: str) -> CaseFilter:
    """The filter that opens exactly the cases of a tile."""
    ground = tile_ground(filter_)
    opened = ground.having(segment=Segment.OPEN)
    if name == "open":
        return opened
    if name == "breached":
        return ground.having(segment=Segment.BREACHED)
    if name == "due_soon":
        return opened.having(due_within=queue_windows().due_within_minutes, sort=Sort.DUE)
    if name == "unassigned":
        return opened.having(flags=(*ground.flags, Flag.UNASSIGNED))
    if name == "oldest":
        return opened.having(sort=Sort.AGE)
    return response_filter(filter_, *response_window(at, zone), zone)


def response_window(at: int, zone: str, back: int = 0) -> tuple[date, date]:
    """First and last day of the FRT tile's window, or of the window ``back`` windows earlier."""
    length = queue_windows().response_days
    days = last_days(length * (back + 1), at, zone)
    return days[0], days[length - 1]


def response_filter(filter_: CaseFilter, first: date, last: date, zone: str) -> CaseFilter:
    """Cases whose first reply with a known FRT fell on these days."""
    ground = tile_ground(filter_)
    return ground.having(responded_from=first, responded_to=last, zone=zone)


def ageing_ground(filter_: CaseFilter) -> CaseFilter:
    """What the ageing chart counts: open cases of the filter, whatever owner or age is chosen."""
    state = filter_.segment if filter_.is_open_only else Segment.OPEN
    return filter_.without("owner", "age_over", "age_under", "sort").having(segment=state)


def ageing_filter(ground: CaseFilter, owner: str, over: int, under: int | None) -> CaseFilter:
    """The cases of one bar piece of the ageing chart over its ground."""
    bounds = {"age_over": over or None, "age_under": under}
    return ground.having(owner=(owner,), **bounds)


def flow_ground(filter_: CaseFilter) -> CaseFilter:
    """What the flow chart counts: cases of the filter in every state, whatever days are chosen."""
    chosen = ("received_from", "received_to", "resolved_from", "resolved_to")
    return whole(filter_).without(*chosen)


def flow_filter(ground: CaseFilter, kind: str, day: date, zone: str) -> CaseFilter:
    """The cases of one mark of the flow chart over its ground."""
    field = "received" if kind == "arrivals" else "resolved"
    return ground.having(**{f"{field}_from": day, f"{field}_to": day, "zone": zone})


def zone_of(filter_: CaseFilter, own: str) -> str:
    """The zone that a view's days belong to: the filter's when it has dates, else the person's."""
    return filter_.zone if filter_.has_dates else own


def reviewed_outcomes() -> tuple[str, ...]:
    """Outcomes of cases in which an earlier decision was looked at again."""
    return tuple(value for value, term in taxonomy().outcomes.items() if term.is_set("is_review"))


def overturned_outcomes() -> tuple[str, ...]:
    """Outcomes that reverse an earlier decision, wholly or in part."""
    return tuple(value for value, term in taxonomy().outcomes.items() if term.is_set("is_overturn"))


def reviewed_filter(filter_: CaseFilter) -> CaseFilter:
    """The re-reviewed cases of a filter: what the overturn share is a share of."""
    return filter_.having(outcome=reviewed_outcomes())


def overturned_filter(filter_: CaseFilter) -> CaseFilter:
    """The overturned cases of a filter."""
    return filter_.having(outcome=overturned_outcomes())


def appeal_filter(filter_: CaseFilter) -> CaseFilter:
    """The cases of a filter that reached us as a user's appeal."""
    return filter_.having(channel=(APPEAL_CHANNEL,))


CSAT_SHARE = (
    "Satisfied ÷ answered: ratings of {satisfied_from} or {highest} of all ratings given, for "
    "cases resolved in the window."
)
CSAT_RESPONSE = (
    "Answered ÷ resolved: cases with a rating of the cases resolved in the window. Whoever is "
    "silent is not counted as satisfied or dissatisfied; the bounds say what the share would be "
    "if all of them were one or the other."
)


@dataclass(frozen=True, slots=True)
class Csat:
    """Ratings of the cases resolved in a window, and what their silence leaves open."""

    resolved: int
    answered: int
    satisfied: int

    @property
    def silent(self) -> int:
        """Resolved cases without a rating."""
        return self.resolved - self.answered

    @property
    def satisfied_share(self) -> float | None:
        """Satisfied ÷ answered; None when nobody answered."""
        return self.satisfied / self.answered if self.answered else None

    @property
    def response_share(self) -> float | None:
        """Answered ÷ resolved; None when nothing was resolved."""
        return self.answered / self.resolved if self.resolved else None

    @property
    def least_share(self) -> float | None:
        """The satisfied share if everybody who is silent were dissatisfied."""
        return self.satisfied / self.resolved if self.resolved else None

    @property
    def most_share(self) -> float | None:
        """The satisfied share if everybody who is silent were satisfied."""
        return (self.satisfied + self.silent) / self.resolved if self.resolved else None


def csat_definition() -> str:
    """The sentence with the scale of this desk in it."""
    scale = csat_scale()
    return CSAT_SHARE.format(satisfied_from=scale.satisfied_from, highest=scale.highest)


def csat_ground(filter_: CaseFilter, first: date, last: date, zone: str) -> CaseFilter:
    """The cases that a rating was asked for: resolved on these days, in every state since."""
    return whole(filter_).having(resolved_from=first, resolved_to=last, zone=zone)
