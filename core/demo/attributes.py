"""What each case of a chunk is about: requester, partner, market, channel, trouble and urgency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.demo.arrivals import DAY_US, HOUR_US
from core.demo.directory import DECLINING
from core.demo.draw import Flags, Ints, Rng, chance, one_row, zeros
from core.demo.setting import NO_PARTNER, Setting

UNSEEN_SURFACE = "video"  # where natural cases go that would fall into a planted slice
UNSEEN_ABUSE = "access_loss"


@dataclass(eq=False, slots=True)
class Attributes:
    """One chunk as positions in the lists; still open to the plants while it is made."""

    slot: Ints
    day: Ints
    received: Ints
    kind: Ints
    partner: Ints
    group: Ints
    market: Ints
    channel: Ints
    source_type: Ints
    abuse: Ints
    platform: Ints
    surface: Ints
    clause: Ints
    priority: Ints
    tier: Ints
    language: Ints
    plant: Ints

    def __len__(self) -> int:
        return len(self.slot)


def draw_attributes(setting: Setting, rng: Rng, slot: Ints, day: Ints, plant: Ints) -> Attributes:
    """Natural cases first, then those of the planted slices and the inconsistent pair."""
    n = len(slot)
    kind = setting.kind.draw(rng, zeros(n))
    partner = _partners(setting, rng, kind)
    nobody = partner == NO_PARTNER
    group = np.where(nobody, len(setting.recipe.groups), setting.partners.group[partner])
    week = setting.days.week[day]
    abroad = nobody | ~chance(rng, setting.recipe.home_market_share, n)
    market = np.where(abroad, setting.market.draw(rng, week), setting.partners.market[partner])
    abuse = setting.abuse.draw(rng, week * (len(setting.recipe.groups) + 1) + group)
    channel = setting.channel.draw(rng, kind)
    platform = setting.platform.draw(rng, zeros(n))
    found = Attributes(
        slot, day, zeros(n), kind, partner, group, market, channel, zeros(n), abuse, platform,
        zeros(n), zeros(n), zeros(n), np.where(nobody, 0, setting.partners.tier[partner]),
        zeros(n), plant,
    )  # fmt: skip
    _prefer_channel(setting, rng, found)
    _draw_surface(setting, rng, found)
    _plant_slices(setting, rng, found)
    found.source_type = setting.source_type.draw(rng, found.channel)
    found.clause = setting.clause.draw(rng, found.abuse)
    found.priority = setting.priority.draw(rng, found.abuse)
    _plant_pair(setting, found)
    found.language = _languages(setting, rng, found)
    found.received = _moments(setting, rng, found)
    return found


def _partners(setting: Setting, rng: Rng, kind: Ints) -> Ints:
    known = np.array([setting.recipe.partner_known[k] for k in setting.lists.kinds])
    drawn = setting.partners.draw.draw(rng, zeros(len(kind)))
    return np.where(chance(rng, known[kind], len(kind)), drawn, NO_PARTNER)


def _prefer_channel(setting: Setting, rng: Rng, found: Attributes) -> None:
    """The declining partner writes half of its requests to the channel that goes wrong."""
    rules = setting.recipe.plants.decline
    own = (found.partner == DECLINING) & (found.kind == setting.lists.kinds.index("partner"))
    there = setting.lists.channels.index(rules.channel)
    elsewhere = setting.lists.channels.index("partner_portal")
    drawn = chance(rng, rules.channel_share, len(found))
    found.channel[own & drawn] = there
    found.channel[own & ~drawn & (found.channel == there)] = elsewhere


def _draw_surface(setting: Setting, rng: Rng, found: Attributes) -> None:
    rows = found.abuse * len(setting.lists.platforms) + found.platform
    found.surface = setting.surface.draw(rng, rows)


def _plant_slices(setting: Setting, rng: Rng, found: Attributes) -> None:
    """Empty each planted slice of natural cases, then fill it with exactly its share."""
    for surge in setting.plants.surges:
        _empty(setting, found, _codes(setting, surge.slice))
    natural = found.plant == 0
    fate = rng.random(len(found))
    low = 0.0
    for number, surge in enumerate(setting.plants.surges, start=1):
        mine = (natural & (fate >= low) & (fate < low + surge.share)) | (found.plant == number)
        low += surge.share
        _fill(setting, rng, found, mine, _codes(setting, surge.slice))


def _codes(setting: Setting, slice_: dict[str, str]) -> dict[str, int]:
    lists = setting.lists
    where = {"abuse_type": lists.abuse_types, "market": lists.markets, "surface": lists.surfaces}
    return {name: where[name].index(value) for name, value in slice_.items()}


def _empty(setting: Setting, found: Attributes, codes: dict[str, int]) -> None:
    inside = np.ones(len(found), dtype=np.bool_)
    for name, code in codes.items():
        inside &= _column(found, name) == code
    if "surface" in codes:
        found.surface[inside] = setting.lists.surfaces.index(UNSEEN_SURFACE)
        found.platform[inside] = setting.lists.platforms.index("facebook")
    else:
        found.abuse[inside] = setting.lists.abuse_types.index(UNSEEN_ABUSE)


def _fill(
    setting: Setting, rng: Rng, found: Attributes, mine: Flags, codes: dict[str, int]
) -> None:
    """Put cases into the slice; a partner from elsewhere would give the market away."""
    if "market" in codes:
        foreign = mine & (found.partner != NO_PARTNER)
        foreign &= setting.partners.market[found.partner] != codes["market"]
        found.market[mine] = codes["market"]
        _give_home_partner(setting, rng, found, foreign, codes["market"])
    if "abuse_type" in codes:
        found.abuse[mine] = codes["abuse_type"]
    if "surface" in codes:
        found.surface[mine] = codes["surface"]
        threads = mine & (found.platform == setting.lists.platforms.index("threads"))
        found.platform[threads] = setting.lists.platforms.index("facebook")
    elif "abuse_type" in codes:
        where = np.flatnonzero(mine)
        rows = found.abuse[where] * len(setting.lists.platforms) + found.platform[where]
        found.surface[where] = setting.surface.draw(rng, rows)


def _give_home_partner(
    setting: Setting, rng: Rng, found: Attributes, mine: Flags, market: int
) -> None:
    home = np.flatnonzero(setting.partners.market == market)
    if len(home) and mine.any():
        chosen = home[rng.integers(len(home), size=int(mine.sum()))]
        found.partner[mine] = chosen
        found.tier[mine] = setting.partners.tier[chosen]


def _column(found: Attributes, name: str) -> Ints:
    return {"abuse_type": found.abuse, "market": found.market, "surface": found.surface}[name]


def _plant_pair(setting: Setting, found: Attributes) -> None:
    """Two cases that are alike in all that a decision should depend on."""
    rules, lists = setting.recipe.plants.pair, setting.lists
    both = np.isin(found.slot, setting.plants.pair_slots)
    found.abuse[both] = lists.abuse_types.index(rules.abuse_type)
    found.clause[both] = lists.clauses.index(rules.clause)
    found.platform[both] = lists.platforms.index(rules.platform)
    found.surface[both] = lists.surfaces.index(rules.surface)
    found.market[both] = lists.markets.index(rules.market)
    found.priority[both] = lists.priorities.index("P2")
    found.channel[both] = lists.channels.index("partner_portal")
    found.kind[both] = lists.kinds.index("partner")
    found.partner[both & (found.partner == NO_PARTNER)] = DECLINING + 1
    found.tier[both] = setting.partners.tier[found.partner[both]]


def _languages(setting: Setting, rng: Rng, found: Attributes) -> Ints:
    english = setting.lists.languages.index("en")
    local = chance(rng, setting.recipe.local_language_share, len(found))
    return np.where(local, setting.market_language[found.market], english)


def _moments(setting: Setting, rng: Rng, found: Attributes) -> Ints:
    """A moment of the local day; what would lie in the future happened a day or two earlier."""
    names = [str(h) for h in range(24)]
    hours = one_row(dict(zip(names, setting.recipe.arrivals.hours, strict=True)), names)
    local = hours.draw(rng, zeros(len(found))) * HOUR_US + rng.integers(0, HOUR_US, len(found))
    offset = setting.market_offset[found.market, setting.month_of_day[found.day]]
    moment = (setting.days.first + found.day) * DAY_US + local - offset
    late = np.maximum(0, -(-(moment - setting.days.as_of + 1) // DAY_US))
    found_at: Ints = (moment - late * DAY_US) // 1_000_000 * 1_000_000
    return found_at
