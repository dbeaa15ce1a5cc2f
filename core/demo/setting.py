"""The lists and weights of a world as positions and tables, prepared once for all chunks."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

import numpy as np

from core.demo.arrivals import Days, offsets_by_month
from core.demo.directory import DECLINING, Directory
from core.demo.draw import Floats, Ints, Rng, Table, matrix, one_row, table
from core.demo.plants import Plants
from core.demo.recipe import Recipe
from core.settings import REFERENCE_DIR
from core.sla.model import SlaBook
from core.taxonomy import taxonomy

NO_PARTNER = -1
# Markets whose teams keep their own hours, when the book has such a calendar.
OWN_HOURS = {
    "GB": "emea-london",
    "ES": "emea-madrid",
    "JP": "apac-tokyo",
    "AU": "apac-sydney",
    "PH": "apac-manila-night",
}


@dataclass(frozen=True, eq=False)
class Lists:
    """Values of each list in order; everywhere else in this room they are positions."""

    kinds: tuple[str, ...]
    channels: tuple[str, ...]
    source_types: tuple[str, ...]
    abuse_types: tuple[str, ...]
    platforms: tuple[str, ...]
    surfaces: tuple[str, ...]
    priorities: tuple[str, ...]
    tiers: tuple[str, ...]  # '' first
    markets: tuple[str, ...]
    languages: tuple[str, ...]
    regions: tuple[str, ...]
    clauses: tuple[str, ...]
    calendars: tuple[str, ...]
    outcomes: tuple[str, ...]
    reasons: tuple[str, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Partners:
    """Facts about the partners as positions; entry -1 of each is never read."""

    service: Floats  # factor on the shares of the targets
    tier: Ints
    market: Ints
    group: Ints
    draw: Table


@dataclass(frozen=True, eq=False)
class Setting:
    """All that the drawing of attributes needs; the same for every chunk."""

    recipe: Recipe
    lists: Lists
    days: Days
    plants: Plants
    partners: Partners
    kind: Table
    channel: Table
    source_type: Table
    market: Table  # one row per week
    abuse: Table  # week x group
    platform: Table
    surface: Table  # abuse type x platform
    clause: Table  # one row per abuse type
    priority: Table  # one row per abuse type
    market_region: Ints
    market_language: Ints
    market_calendar: Ints
    market_offset: Ints  # market x month
    month_of_day: Ints


@cache
def clause_rows() -> tuple[tuple[str, str], ...]:
    """Key and abuse type of every clause, in file order."""
    with (REFERENCE_DIR / "clauses.csv").open(encoding="utf-8", newline="") as file:
        return tuple({r["key"]: (r["key"], r["abuse_type"]) for r in csv.DictReader(file)}.values())


def make_lists(book: SlaBook) -> Lists:
    """The lists of the taxonomy, with the calendars of the book."""
    t = taxonomy()
    return Lists(
        kinds=tuple(t.requester_kinds),
        channels=tuple(t.channels),
        source_types=tuple(t.source_types),
        abuse_types=tuple(t.abuse_types),
        platforms=tuple(t.platforms),
        surfaces=tuple(t.surfaces),
        priorities=tuple(t.priorities),
        tiers=("", *t.tiers),
        markets=tuple(t.markets),
        languages=tuple(t.languages),
        regions=tuple(t.regions),
        clauses=tuple(key for key, _ in clause_rows()),
        calendars=tuple(book.calendars),
        outcomes=tuple(t.outcomes),
        reasons=("", *t.overturn_reasons),
        actions=tuple(t.enforcement_actions),
    )


def make_setting(
    recipe: Recipe, book: SlaBook, days: Days, plants: Plants, directory: Directory, rng: Rng
) -> Setting:
    """Turn the recipe into tables."""
    lists = make_lists(book)
    offset, month = offsets_by_month(days)
    region = [taxonomy().region_of(m) for m in lists.markets]
    return Setting(
        recipe=recipe,
        lists=lists,
        days=days,
        plants=plants,
        partners=_partners(recipe, lists, plants, directory, rng),
        kind=one_row(recipe.requester_kinds, lists.kinds),
        channel=table(matrix([recipe.channels[k] for k in lists.kinds], lists.channels)),
        source_type=_source_types(recipe, lists),
        market=_markets(recipe, lists, days, rng),
        abuse=_abuse_types(recipe, lists, days, rng),
        platform=one_row(recipe.platforms, lists.platforms),
        surface=_surfaces(recipe, lists),
        clause=_clauses(recipe, lists),
        priority=_priorities(recipe, lists),
        market_region=np.array([lists.regions.index(r) for r in region], dtype=np.int64),
        market_language=np.array(
            [lists.languages.index(t["language"]) for t in taxonomy().markets.values()],
            dtype=np.int64,
        ),
        market_calendar=_calendars(lists, book, region),
        market_offset=offset,
        month_of_day=month,
    )


def _partners(
    recipe: Recipe, lists: Lists, plants: Plants, directory: Directory, rng: Rng
) -> Partners:
    frame, pull = directory.partners, recipe.partners.tier_pull
    groups = {c: i for i, names in enumerate(recipe.groups.values()) for c in names}
    weight = np.array([pull[t] for t in frame["tier"]]) * np.exp(rng.normal(0, 0.8, len(frame)))
    weight[DECLINING] = 0.0
    share = plants.decline_partner_share
    weight[DECLINING] = weight.sum() * share / (1 - share)
    # Some are served better than others, or no score would tell them apart; the planted ones as said.
    service = rng.spawn(1)[0].normal(0, recipe.partners.service_spread, len(frame))
    service[DECLINING] = 0.0
    service[(frame["market"] == recipe.plants.slow_market.market).to_numpy()] = 0.0
    return Partners(
        service=np.exp(service),
        tier=np.array([lists.tiers.index(t) for t in frame["tier"]], dtype=np.int64),
        market=np.array([lists.markets.index(m) for m in frame["market"]], dtype=np.int64),
        group=np.array([groups[c] for c in frame["category"]], dtype=np.int64),
        draw=table(weight[None, :]),
    )


def _source_types(recipe: Recipe, lists: Lists) -> Table:
    rows = [recipe.source_types.get(c, recipe.source_types["other"]) for c in lists.channels]
    return table(matrix(rows, lists.source_types))


def _shocks(rng: Rng, spread: float, shape: tuple[int, int]) -> Floats:
    """Factors around 1 with that coefficient of variation, one per week and value."""
    strength = 1 / spread**2
    return rng.gamma(strength, 1 / strength, shape)


def _weeks(days: Days) -> int:
    return int(days.week[-1]) + 1


def _markets(recipe: Recipe, lists: Lists, days: Days, rng: Rng) -> Table:
    rest = recipe.other_markets / (len(lists.markets) - len(recipe.markets))
    base = np.array([recipe.markets.get(m, rest) for m in lists.markets])
    shocks = _shocks(rng, recipe.arrivals.market_week_cv, (_weeks(days), len(base)))
    return table(base * shocks)


def _abuse_types(recipe: Recipe, lists: Lists, days: Days, rng: Rng) -> Table:
    """Rows run over weeks, and inside a week over the groups with 'nobody' last."""
    base = matrix([recipe.abuse_types], lists.abuse_types)[0]
    names = (*recipe.groups, "nobody")
    pull = np.array([[recipe.abuse_pull[g].get(a, 1.0) for a in lists.abuse_types] for g in names])
    for surge in recipe.plants.surges:
        if set(surge.slice) == {"abuse_type"}:  # all of it comes from the plant, so it is known
            base[lists.abuse_types.index(surge.slice["abuse_type"])] = 0.0
    shocks = _shocks(rng, recipe.arrivals.abuse_week_cv, (_weeks(days), len(base)))
    return table((shocks[:, None, :] * (base * pull)[None, :, :]).reshape(-1, len(base)))


def _surfaces(recipe: Recipe, lists: Lists) -> Table:
    rows = []
    for abuse in lists.abuse_types:
        pull = recipe.surface_pull.get(abuse, {})
        for platform in lists.platforms:
            weights = recipe.surfaces[platform]
            rows.append([weights.get(s, 0.0) * pull.get(s, 1.0) for s in lists.surfaces])
    return table(np.array(rows))


def _clauses(recipe: Recipe, lists: Lists) -> Table:
    rows = np.zeros((len(lists.abuse_types), len(lists.clauses)))
    taken = [0] * len(lists.abuse_types)
    for position, (_, abuse) in enumerate(clause_rows()):
        row = lists.abuse_types.index(abuse)
        rows[row, position] = recipe.clause_weights[min(taken[row], len(recipe.clause_weights) - 1)]
        taken[row] += 1
    return table(rows)


def _priorities(recipe: Recipe, lists: Lists) -> Table:
    t = taxonomy()
    rows = [recipe.priorities.get(a, recipe.priorities[t.family_of(a)]) for a in lists.abuse_types]
    return table(matrix(rows, lists.priorities))


def _calendars(lists: Lists, book: SlaBook, region: list[str]) -> Ints:
    """The calendar of each market: its own when the book has one, else that of its region."""
    keys = [
        OWN_HOURS[m] if OWN_HOURS.get(m) in book.calendars else book.calendar_for_region(r)
        for m, r in zip(lists.markets, region, strict=True)
    ]
    return np.array([lists.calendars.index(k) for k in keys], dtype=np.int64)
