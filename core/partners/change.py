"""What moved a score between two moments: exact parts by input, and who got worse and why.

Only numbers, positions of partners and names of inputs; sentences are made where people read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from core.partners.health import Health
from core.partners.inputs import Counted, PartnerInputs
from core.stats.arrays import Floats, Ints


@dataclass(frozen=True, eq=False, slots=True)
class Change:
    """The change of every partner's score; ``parts`` is partners × inputs and sums to ``total``.

    ``others`` is what of each part came from the usual moving, not from the partner's own cases
    (0 where that was not worked out). A partner without a score at either moment has NaN. The
    interval takes both scores as independent, which is too wide where their windows overlap.
    """

    names: tuple[str, ...]
    parts: Floats
    others: Floats
    total: Floats
    low: Floats
    high: Floats
    chance_worse: Floats


def change_between(
    before: Health, after: Health, level: float, own_only: Health | None = None
) -> Change:
    """Parts of the change; both moments must list the same partners in the same order.

    ``own_only`` is the later evidence scored with the earlier population: it tells apart what a
    partner's own cases moved. An input that only one moment knows counts as 0 at the other.
    """
    names = tuple(dict.fromkeys((*before.names, *after.names)))
    first, last = _under(names, before), _under(names, after)
    known = np.isfinite(before.score) & np.isfinite(after.score)
    parts = np.where(known[:, None], last - first, np.nan)
    others = np.zeros_like(parts) if own_only is None else last - _under(names, own_only)
    total: Floats = parts.sum(axis=1)
    down = np.hypot(after.score - after.low, before.high - before.score)
    up = np.hypot(after.high - after.score, before.score - before.low)
    half = (down + up) / (2 * float(ndtri((1 + level) / 2)))
    with np.errstate(divide="ignore", invalid="ignore"):
        worse = np.where(half > 0, ndtr(-total / half), (total < 0).astype(np.float64))
    others = np.where(known[:, None], others, np.nan)
    worse = np.where(known, worse, np.nan)
    return Change(names, parts, others, total, total - down, total + up, worse)


def _under(names: tuple[str, ...], health: Health) -> Floats:
    """The contributions of these inputs, in this order; 0 for one that the health does not have."""
    found = np.zeros((len(health.score), len(names)))
    for place, name in enumerate(names):
        if name in health.names:
            found[:, place] = health.contributions[:, health.names.index(name)]
    return found


@dataclass(frozen=True, slots=True)
class Figures:
    """What an input was at one moment: estimate, points, and hits of cases where it is counted."""

    value: float
    points: float
    hits: float | None
    of: float | None


@dataclass(frozen=True, slots=True)
class Cause:
    """One input's part of a change; ``others`` of it came from the usual moving."""

    name: str
    part: float
    others: float
    before: Figures | None
    after: Figures | None


@dataclass(frozen=True, slots=True)
class Mover:
    """A partner (its position) whose score moved, with the causes that moved it that way, largest
    first. ``sure`` means that the whole interval of the change lies on that side.
    """

    partner: int
    before: float
    after: float
    total: float
    low: float
    high: float
    chance_worse: float
    sure: bool
    causes: tuple[Cause, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Moment:
    """Evidence and what was made of it."""

    inputs: PartnerInputs
    health: Health


def got_worse(change: Change, before: Moment, after: Moment, most: int) -> tuple[Mover, ...]:
    """Whose score fell, the surest fall first: by the upper end of the change's interval.

    Ordered by the fall itself, partners with few cases would stand first by chance.
    """
    fell: Ints = np.flatnonzero(change.total < 0)
    order = fell[np.lexsort((change.total[fell], change.high[fell]))]
    return tuple(mover(change, before, after, int(place)) for place in order[:most])


def mover(change: Change, before: Moment, after: Moment, partner: int) -> Mover:
    """One partner's change in numbers."""
    total = float(change.total[partner])
    low, high = float(change.low[partner]), float(change.high[partner])
    return Mover(
        partner,
        float(before.health.score[partner]),
        float(after.health.score[partner]),
        total,
        low,
        high,
        float(change.chance_worse[partner]),
        high < 0 or low > 0,
        causes(change, before, after, partner),
    )


def causes(change: Change, before: Moment, after: Moment, partner: int) -> tuple[Cause, ...]:
    """The inputs that moved the score the way it went, the largest part first."""
    way = -1.0 if change.total[partner] < 0 else 1.0
    parts = change.parts[partner]
    order = [int(k) for k in np.argsort(-way * parts, kind="stable") if way * parts[k] > 0]
    return tuple(
        Cause(
            change.names[k],
            float(parts[k]),
            float(change.others[partner, k]),
            figures(before, change.names[k], partner),
            figures(after, change.names[k], partner),
        )
        for k in order
    )


def figures(moment: Moment, name: str, partner: int) -> Figures | None:
    """What an input was; None where it was not recorded then."""
    if name not in moment.health.names:
        return None
    value = float(moment.health.estimates[name].value[partner])
    points = float(moment.health.points[name].points[partner])
    evidence = moment.inputs.evidence[name]
    if not isinstance(evidence, Counted):
        return Figures(value, points, None, None)
    return Figures(value, points, float(evidence.hits[partner]), float(evidence.of[partner]))
