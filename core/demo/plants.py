"""The truths that are planted into the world, where and how strongly, and the file that says so."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from statistics import NormalDist

import numpy as np

from core.clock import from_micros
from core.demo.arrivals import DAY_US, Days
from core.demo.directory import DECLINING, Directory
from core.demo.draw import Ints
from core.demo.recipe import Recipe

SLOT_PREFIX = "D"
WEEK_FOR_A_SURGE = (20, 40)  # the weekly expectation at which a surge of 3x can be seen


@dataclass(frozen=True, slots=True)
class Surge:
    """A slice that has ``share`` of all cases, and ``extra`` more in one week."""

    slice: dict[str, str]
    share: float
    expected: float
    extra: int
    days: tuple[int, int]  # first and last day, as positions in the window


@dataclass(frozen=True, eq=False, slots=True)
class Plants:
    """Everything that is planted, ready for the generator."""

    surges: tuple[Surge, ...]
    decline_since: int
    decline_late_share: float
    decline_partner_share: float
    gap_closed_at: int
    pair_slots: tuple[int, int]


def make_plants(recipe: Recipe, days: Days, cases: int) -> Plants:
    """Where each truth goes in a world of that many cases."""
    rules = recipe.plants
    surges = tuple(_surge(recipe, days, cases, position) for position in range(len(rules.surges)))
    of_28_days = cases * rules.decline.days / (recipe.arrivals.weeks * 7)
    partner_share = min(rules.decline.cases / of_28_days, rules.decline.most_share)
    return Plants(
        surges=surges,
        decline_since=days.as_of - rules.decline.days * DAY_US,
        decline_late_share=_late_share(recipe, partner_share, of_28_days),
        decline_partner_share=partner_share,
        gap_closed_at=days.as_of - rules.gap_closed.closed_days_ago * DAY_US,
        pair_slots=_pair_slots(recipe, days, cases),
    )


def _late_share(recipe: Recipe, partner_share: float, cases: float) -> float:
    """How many of the channel's cases are late so that the partner, with its share of the window's
    cases, loses what it shall; in a small world more, so that there is something to see.
    """
    rules = recipe.plants.decline
    share = rules.loss / rules.channel_share / _kept_share(recipe)
    if partner_share > rules.small_share:
        of_channel = max(partner_share * cases * rules.channel_share, 1.0)
        share = max(share, rules.least_late / of_channel)
    return min(share, rules.most_late_share)


def _surge(recipe: Recipe, days: Days, cases: int, position: int) -> Surge:
    rules = recipe.plants
    one = rules.surges[position]
    week = days.week_days(one.weeks_ago)
    volume = cases * float(days.weight[week].sum())
    share = min(rules.surge_expected / volume, rules.surge_most_share)
    least = min(rules.surge_least_extra, rules.surge_most_extra_share * volume)
    extra = round(max((rules.surge_ratio - 1) * share * volume, least))
    return Surge(one.slice, share, share * volume, extra, (int(week[0]), int(week[-1])))


def _pair_slots(recipe: Recipe, days: Days, cases: int) -> tuple[int, int]:
    """Slots follow the days, so a day's share of the weights tells where its cases stand."""
    before = np.cumsum(days.weight)
    first, second = (
        int(cases * before[days.count - 1 - ago]) for ago in recipe.plants.pair.days_ago
    )
    return first, min(max(second, first + 1), cases - 1)


def day_of_each_case(plants: Plants, days: Days, cases: int, seed: int) -> tuple[Ints, Ints]:
    """The day of every case in order, and which surge put it there (0 = none)."""
    rng = np.random.default_rng([seed, 2])
    extras = [(k, s) for k, s in enumerate(plants.surges, start=1) if s.extra]
    natural = max(cases - sum(s.extra for _, s in extras), 0)
    day = [np.repeat(np.arange(days.count), rng.multinomial(natural, days.weight))]
    plant = [np.zeros(natural, dtype=np.int64)]
    for k, surge in extras:
        # Not on the Sunday: local evenings of it lie in the next week of UTC.
        day.append(np.sort(rng.integers(surge.days[0], surge.days[1], surge.extra)))
        plant.append(np.full(surge.extra, k, dtype=np.int64))
    all_days, all_plants = np.concatenate(day), np.concatenate(plant)
    order = np.argsort(all_days, kind="stable")[:cases]
    return all_days[order].astype(np.int64), all_plants[order]


def truth(recipe: Recipe, plants: Plants, days: Days, directory: Directory) -> dict[str, object]:
    """What was planted, in words and numbers that a test or a reader can check."""
    rules = recipe.plants
    return {
        "surges": [_surge_truth(s, days) for s in plants.surges],
        "policy_gaps": _gap_truths(recipe, plants),
        "partner_in_decline": _decline_truth(recipe, plants, directory),
        "slow_market": {
            "market": rules.slow_market.market,
            "ratio": rules.slow_market.ratio,
            "of": "working time to first response and to resolution, at equal priority and tier",
        },
        "inconsistent_pair": {
            "external_ids": [external_id(slot) for slot in plants.pair_slots],
            "clause": rules.pair.clause,
            "outcomes": ["upheld", "overturned_restored"],
        },
    }


def _gap_truths(recipe: Recipe, plants: Plants) -> list[dict[str, object]]:
    rules, base = recipe.plants, recipe.outcomes.overturn_share
    raised, ratio = base + rules.gap_plus, rules.gap_closed.effect_ratio
    return [
        {
            "clause": rules.gap_open.clause,
            "state": "open",
            "overturn_share_elsewhere": base,
            "overturn_share": round(raised, 4),
        },
        {
            "clause": rules.gap_closed.clause,
            "state": "closed",
            "closed_at": _iso(plants.gap_closed_at),
            "overturn_share_elsewhere": base,
            "overturn_share_before": round(raised, 4),
            "overturn_share_after": round(raised * ratio, 4),
            "effect_ratio": ratio,
        },
    ]


def _decline_truth(recipe: Recipe, plants: Plants, directory: Directory) -> dict[str, object]:
    kept, rules = _kept_share(recipe), recipe.plants.decline
    return {
        "partner": str(directory.partners.iloc[DECLINING]["name"]),
        "since": _iso(plants.decline_since),
        "clock": "frt",
        "attainment_before": round(kept, 3),
        "attainment_after": round(kept * (1 - rules.channel_share * plants.decline_late_share), 3),
        "cause": {"channel": rules.channel},
        "case_share": round(plants.decline_partner_share, 5),
    }


def _kept_share(recipe: Recipe) -> float:
    """Share of first responses within the target when nothing goes wrong."""
    frt = recipe.service.frt
    return NormalDist().cdf(-log(frt.median) / frt.sigma)


def _surge_truth(surge: Surge, days: Days) -> dict[str, object]:
    low, high = WEEK_FOR_A_SURGE
    start = (days.first + surge.days[0]) * DAY_US
    found: dict[str, object] = {
        "slice": dict(surge.slice),
        "dimensions": len(surge.slice),
        "week_starts": _iso(start),
        "week_ends": _iso(start + 7 * DAY_US),
        "ratio": round(1 + surge.extra / surge.expected, 2) if surge.expected else None,
        "weekly_expected": round(surge.expected, 2),
        "planted_extra": surge.extra,
        "detectable": low <= surge.expected <= high,
    }
    if surge.expected < low:
        found["note"] = "too few cases in this world to expect 20 a week in the slice"
    return found


def external_id(slot: int) -> str:
    """The identity of a case in the demo source."""
    return f"{SLOT_PREFIX}{slot:08d}"


def _iso(micros: int) -> str:
    return from_micros(micros).isoformat()
