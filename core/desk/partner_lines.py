"""Partners of one scope as arrays: which satisfy an ask, in what order, and how many of each value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.desk.health_book import HealthBook
from core.desk.partner_ask import BETTER, WORSE, Order, PartnerAsk
from core.partners.bands import Override
from core.partners.change import Change
from core.partners.health import spread
from core.partners.score_rules import BANDS, NOT_ENOUGH
from core.stats.arrays import Bools, Floats, Ints
from core.stats.ranks import ranks
from core.storage.partner_figures import LiveFigures
from core.storage.partner_roll import PartnerRoll

Words = npt.NDArray[np.object_]
# Bands from bad to good; a partner without a score but with a breached case comes before the
# healthy ones, every other one without a score at the end.
PLACES: Mapping[str, int] = {"at_risk": 0, "watch": 1, "healthy": 3, NOT_ENOUGH: 4}
UNSCORED_BREACHED = 2


@dataclass(frozen=True, eq=False, slots=True)
class HealthColumns:
    """Health of the partners of a roll, in its order; NaN (band "not enough data") without a score.

    Ranks are among the partners of the roll that have a score, 1 for the worst.
    """

    score: Floats
    low: Floats
    high: Floats
    effective: Floats
    computed: Words
    change: Floats
    change_low: Floats
    change_high: Floats
    rank_low: Floats
    rank_high: Floats
    scored_count: int


def health_columns(roll: PartnerRoll, book: HealthBook, change: Change) -> HealthColumns:
    """What the book of the whole desk says about the partners of one scope."""
    place = np.searchsorted(book.ids, roll.ids)
    held = place < len(book.ids)
    held[held] = book.ids[place[held]] == roll.ids[held]

    def of(column: Floats) -> Floats:
        found = np.full(len(roll.ids), np.nan)
        found[held] = column[place[held]]
        return found

    health = book.moment.health
    score, spreads = of(health.score), of(spread(health, book.rules))
    known = np.isfinite(score)
    among = ranks(score[known], spreads[known], book.rules.interval, book.rules.worst_share)
    rank_low, rank_high = np.full((2, len(score)), np.nan)
    rank_low[known], rank_high[known] = among.low, among.high
    words = np.array([*BANDS, NOT_ENOUGH], object)
    bands = np.full(len(roll.ids), -1)
    bands[held] = health.bands[place[held]]
    return HealthColumns(
        *(score, of(health.low), of(health.high), of(health.effective), words[bands]),
        *(of(change.total), of(change.low), of(change.high), rank_low, rank_high),
        int(known.sum()),
    )


@dataclass(frozen=True, eq=False, slots=True)
class PartnerTable:
    """The partners of a scope with all that is filtered and ordered by; arrays in one order."""

    roll: PartnerRoll
    health: HealthColumns
    figures: LiveFigures
    band: Words  # shown: by hand where one is in force
    managers: Sequence[frozenset[str]] | None  # user names, where the ask needs them

    def column(self, name: str) -> Words:
        """The values of a filter."""
        columns = {
            "band": self.band,
            "tier": self.roll.tier,
            "category": self.roll.category,
            "market": self.roll.market,
        }
        return columns[name]

    @property
    def listed(self) -> Bools:
        """Partners that are served, and others as long as one of their cases is open."""
        return self.roll.is_active | (self.figures.open_count > 0)

    def got(self, trend: str) -> Bools:
        """Whose whole interval of the change lies on one side."""
        if trend == WORSE:
            return self.health.change_high < 0
        return self.health.change_low > 0


def shown_bands(roll: PartnerRoll, computed: Words, overrides: Mapping[int, Override]) -> Words:
    """The computed bands with those by hand over them."""
    shown = computed.copy()
    for place in np.flatnonzero(np.isin(roll.ids, list(overrides))):
        shown[place] = overrides[int(roll.ids[place])].band
    return shown


def parts_of(
    table: PartnerTable, ask: PartnerAsk, named: Collection[int] | None
) -> dict[str, Bools]:
    """The rows that each part of the ask lets through; ``named`` are the keys that its text names."""
    parts = {"listed": table.listed}
    for name in ("band", "tier", "category", "market"):
        if chosen := ask.values(name):
            parts[name] = np.isin(table.column(name), chosen)
    if ask.manager:
        parts["manager"] = _served_by(table, ask.manager)
    if ask.trend:
        parts["trend"] = np.logical_or.reduce([table.got(trend) for trend in ask.trend])
    if ask.breached:
        parts["breached"] = table.figures.breached_count > 0
    if named is not None:
        parts["text"] = np.isin(table.roll.ids, list(named))
    return parts


def through(parts: Mapping[str, Bools], but: str = "") -> Bools:
    """The rows that all parts let through, one left out."""
    found: Bools = np.logical_and.reduce([mask for name, mask in parts.items() if name != but])
    return found


def counted(table: PartnerTable, parts: Mapping[str, Bools], name: str) -> dict[str, int]:
    """How many partners each value of a filter would show, its own choice left out."""
    rows = through(parts, but=name)
    if name == "trend":
        return {t: int(np.count_nonzero(table.got(t) & rows)) for t in (WORSE, BETTER)}
    values: list[str] = []
    if name == "manager":
        served = table.managers or ()
        values = [who for row in np.flatnonzero(rows).tolist() for who in (served[row] or [""])]
    else:
        values = table.column(name)[rows].tolist()
    found = dict.fromkeys(values, 0)
    for value in values:
        found[value] += 1
    return found


def _served_by(table: PartnerTable, chosen: Sequence[str]) -> Bools:
    wanted, with_nobody = set(chosen), "" in chosen
    served = table.managers or ()
    rows = (not who.isdisjoint(wanted) or (with_nobody and not who) for who in served)
    return np.fromiter(rows, bool, len(table.roll.ids))


def ordered(table: PartnerTable, rows: Ints, order: Order) -> Ints:
    """These rows in the order asked for; equal ones by name."""
    keys = _KEYS[order](table)
    by_name = table.roll.name_order[rows]
    found: Ints = rows[np.lexsort([by_name, *(key[rows] for key in reversed(keys))])]
    return found


def _last(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.inf)


def _worst(table: PartnerTable) -> tuple[npt.NDArray[np.generic], ...]:
    """The surest first: by the upper end of the interval, as small partners scatter most."""
    places = np.array([PLACES[str(band)] for band in table.band])
    is_urgent = (table.band == NOT_ENOUGH) & (table.figures.breached_count > 0)
    places = np.where(is_urgent, UNSCORED_BREACHED, places)
    return places, _last(table.health.high), -table.figures.breached_count, table.figures.oldest_at


_KEYS: Mapping[Order, Callable[[PartnerTable], tuple[npt.NDArray[np.generic], ...]]] = {
    Order.WORST: _worst,
    Order.FELL: lambda t: (_last(t.health.change_high), _last(t.health.change)),
    Order.BREACHED: lambda t: (-t.figures.breached_count, t.figures.oldest_at),
    Order.DUE: lambda t: (t.figures.next_due_at,),
    Order.OLDEST: lambda t: (t.figures.oldest_at,),
    Order.OPEN: lambda t: (-t.figures.open_count,),
    Order.TIER: lambda t: (t.roll.tier.astype(str), *_worst(t)),
    Order.NAME: lambda _: (),
}
