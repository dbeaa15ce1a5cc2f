"""When each step of each case happened, from the targets, the working hours and the recipe.

A step is a column of moments; ``NEVER`` where the case does not have it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.demo.arrivals import DAY_US, HOUR_US
from core.demo.attributes import Attributes
from core.demo.directory import DECLINING
from core.demo.draw import Flags, Floats, Ints, Rng, chance, log_normal, one_row, zeros
from core.demo.setting import NO_PARTNER, Setting
from core.demo.targets import NO_TARGET, Hours
from core.sla.model import ClockName

NEVER = np.iinfo(np.int64).max
MINUTE_US = 60_000_000
SECOND_US = 1_000_000
WAITS = ("awaiting_policy", "awaiting_product", "awaiting_legal", "awaiting_external")
UPDATES = 2
NEIGHBOURS = 60  # how far a merging case looks for another one


@dataclass(eq=False, slots=True)
class Timeline:
    """Moments of the steps by name, and until when each case's story is told."""

    at: dict[str, Ints]
    until: Ints  # steps after it have not happened
    waits_for: Ints  # position in WAITS of the internal wait
    merged_from: Ints  # position of the case that was merged into this one, -1 for none
    is_open: Flags = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def has(self, step: str) -> Flags:
        """Cases in which the step has happened."""
        found: Flags = self.at[step] <= self.until
        return found

    def keep(self, step: str, where: Flags) -> None:
        """Only these cases have the step."""
        self.at[step] = np.where(where, self.at[step], NEVER)


@dataclass(frozen=True, eq=False, slots=True)
class _Work:
    """Amounts of working time that the steps hang on."""

    start: Ints
    first: Ints
    span: Ints  # from first reply to resolution
    shift: Ints  # working time that passed while the requester was asked
    asked: Floats  # where in the span the question stands


def make_timeline(setting: Setting, rng: Rng, cases: Attributes, hours: Hours) -> Timeline:
    """The whole story of each case, cut where it stands at ``as_of``."""
    n = len(cases)
    line = Timeline(
        {"received": cases.received}, np.full(n, setting.days.as_of), zeros(n), zeros(n) - 1
    )
    work = _first_part(setting, rng, cases, hours, line)
    _in_between(setting, rng, hours, line, work)
    _ending(setting, rng, hours, line, work)
    _after(setting, rng, cases, hours, line)
    _cut_short(setting, rng, cases, hours, line)
    return line


def _shares(setting: Setting, rng: Rng, cases: Attributes) -> tuple[Floats, Floats]:
    """Share of the first-response and resolution targets that each case uses."""
    service, plants, n = setting.recipe.service, setting.recipe.plants, len(cases)
    frt, ttr = log_normal(rng, service.frt, n), log_normal(rng, service.ttr, n)
    slow = cases.market == setting.lists.markets.index(plants.slow_market.market)
    frt[slow] *= plants.slow_market.ratio
    ttr[slow] *= plants.slow_market.ratio
    known = cases.partner != NO_PARTNER
    served = np.where(known, setting.partners.service[np.where(known, cases.partner, 0)], 1.0)
    frt, ttr = frt * served, ttr * served
    hit = cases.partner == DECLINING
    hit &= cases.channel == setting.lists.channels.index(plants.decline.channel)
    hit &= cases.received >= setting.plants.decline_since
    hit &= chance(rng, setting.plants.decline_late_share, n)
    frt = np.where(hit, np.maximum(frt, rng.uniform(1.15, 2.5, n)), frt)
    return frt, ttr


def _first_part(
    setting: Setting, rng: Rng, cases: Attributes, hours: Hours, line: Timeline
) -> _Work:
    n, share = len(cases), setting.recipe.shares
    frt, ttr = _shares(setting, rng, cases)
    start = hours.worked(cases.received)
    first = np.maximum((frt * _or_day(hours.target(ClockName.FRT))).astype(np.int64), MINUTE_US)
    total = (ttr * _or_day(hours.target(ClockName.TTR))).astype(np.int64)
    total = np.maximum(total, (first * 1.1).astype(np.int64) + 10 * MINUTE_US)
    at = line.at
    at["auto_reply"] = cases.received + rng.integers(5, 90, n) * SECOND_US
    at["triaged"] = hours.moment(start + (first * rng.uniform(0.05, 0.4, n)).astype(np.int64))
    at["assigned"] = hours.moment(start + (first * rng.uniform(0.45, 0.8, n)).astype(np.int64))
    at["in_progress"] = at["assigned"] + SECOND_US
    at["first_reply"] = hours.moment(start + first)
    for step in ("auto_reply", "triaged", "in_progress"):
        line.keep(step, chance(rng, share[step], n))
    asked = rng.uniform(0.05, 0.35, n)
    return _Work(start, first, total - first, zeros(n), asked)


def _or_day(target: Ints) -> Ints:
    """Where nothing is promised the team works as if a day were."""
    return np.where(target == NO_TARGET, 8 * HOUR_US, target)


def _in_between(setting: Setting, rng: Rng, hours: Hours, line: Timeline, work: _Work) -> None:
    n, share, service = len(line.until), setting.recipe.shares, setting.recipe.service
    at, after_first = line.at, work.start + work.first
    is_asked = chance(rng, share["question"], n)
    at["question"] = hours.moment(after_first + _part(work.span, work.asked))
    line.keep("question", is_asked)
    bare = ~is_asked & chance(rng, share["unsupported_pause"], n)
    asked_at = np.where(is_asked, at["question"], at["first_reply"] + 5 * MINUTE_US)
    at["wait_requester"] = np.where(is_asked | bare, asked_at + SECOND_US, NEVER)
    wait = np.clip(log_normal(rng, service.requester_wait_hours, n), 0.1, 24 * 60) * HOUR_US
    back = np.where(is_asked | bare, asked_at + wait.astype(np.int64), at["first_reply"])
    at["answer"] = np.where(is_asked, back, NEVER)
    at["back"] = np.where(is_asked | bare, back, NEVER)
    lost = np.maximum(hours.worked(back) - (after_first + _part(work.span, work.asked)), 0)
    work.shift[:] = np.where(is_asked | bare, lost, 0)
    late = after_first + work.shift
    begin, length = rng.uniform(0.4, 0.6, n), rng.uniform(0.1, 0.35, n)
    waits = chance(rng, share["internal_wait"], n)
    at["wait_internal"] = hours.moment(late + _part(work.span, begin))
    at["wait_ends"] = hours.moment(late + _part(work.span, begin + length))
    line.keep("wait_internal", waits)
    line.keep("wait_ends", waits)
    line.waits_for = one_row(service.internal_wait, WAITS).draw(rng, zeros(n))
    _side_steps(setting, rng, hours, line, work)


def _side_steps(setting: Setting, rng: Rng, hours: Hours, line: Timeline, work: _Work) -> None:
    """Notes, transfers, changes, messages while we work, and updates against silence."""
    n, share = len(line.until), setting.recipe.shares
    late = work.start + work.first + work.shift
    for step, key in (
        ("note", "note"),
        ("transferred", "transferred"),
        ("attribute", "attribute_change"),
        ("chase", "chase"),
    ):
        line.at[step] = hours.moment(late + _part(work.span, rng.uniform(0.1, 0.9, n)))
        line.keep(step, chance(rng, share[key], n))
    early = ("priority", "tier", "requester_kind", "calendar")
    keys = ("priority_change", "tier_change", "kind_change", "calendar_change")
    for number, (step, key) in enumerate(zip(early, keys, strict=True), start=2):
        line.at[step] = line.at["assigned"] + number * SECOND_US
        line.keep(step, chance(rng, share[key], n))
    nrt = _or_day(hours.target(ClockName.NRT))
    use = log_normal(rng, setting.recipe.service.frt, n)
    chased = np.where(line.at["chase"] == NEVER, setting.days.as_of, line.at["chase"])
    answered = hours.moment(hours.worked(chased) + _part(nrt, use))
    line.at["chase_reply"] = np.where(line.at["chase"] == NEVER, NEVER, answered)
    target = hours.target(ClockName.UPD)
    need = np.where(target == NO_TARGET, 0, work.span // np.maximum(target, 1))
    need = np.where(chance(rng, setting.recipe.service.update_kept_share, n), need, 0)
    for number in range(1, UPDATES + 1):
        part = number / (np.minimum(need, UPDATES) + 1)
        moved = np.where(part > work.asked, work.shift, 0)
        line.at[f"update_{number}"] = hours.moment(
            work.start + work.first + moved + _part(work.span, part)
        )
        line.keep(f"update_{number}", need >= number)


def _ending(setting: Setting, rng: Rng, hours: Hours, line: Timeline, work: _Work) -> None:
    n, share, at = len(line.until), setting.recipe.shares, line.at
    resolved = hours.moment(work.start + work.first + work.shift + work.span)
    room = resolved - at["first_reply"]
    decided = resolved - np.minimum(rng.integers(2, 40, n) * MINUTE_US, room // 2)
    at["decision"] = decided
    at["last_reply"] = resolved - np.minimum(30 * SECOND_US, (resolved - decided) // 2)
    line.keep("last_reply", chance(rng, share["last_reply"], n))
    at["resolved"] = resolved
    at["chase_reply"] = np.where(at["chase_reply"] < decided, at["chase_reply"], NEVER)
    at["csat"] = resolved + rng.integers(20, 72 * 60, n) * MINUTE_US
    line.keep("csat", chance(rng, share["csat"], n))
    line.keep("received", np.ones(n, dtype=np.bool_))


def _after(setting: Setting, rng: Rng, cases: Attributes, hours: Hours, line: Timeline) -> None:
    """Reopening, the second resolution, and closing."""
    n, share, at = len(line.until), setting.recipe.shares, line.at
    close_after = int(setting.recipe.close_after_days * DAY_US)
    again = chance(rng, share["reopened"], n) & ~np.isin(cases.slot, setting.plants.pair_slots)
    wrote = at["resolved"] + (rng.uniform(0.05, 6.5, n) * DAY_US).astype(np.int64)
    reopened = wrote + rng.integers(1, 40, n) * MINUTE_US
    amount = rng.uniform(0.3, 2.0, n) * setting.recipe.service.reopened_work_share
    work = _part(_or_day(hours.target(ClockName.TTR)), amount)
    resolved = hours.moment(hours.worked(reopened) + work)
    room = resolved - reopened
    at["wrote_again"], at["reopened"] = wrote, reopened
    at["reply_again"] = reopened + room // 2
    at["decision_again"] = resolved - room // 10
    at["resolved_again"] = resolved
    for step in ("wrote_again", "reopened", "reply_again", "decision_again", "resolved_again"):
        line.keep(step, again)
    line.keep("decision_again", chance(rng, share["decision_changed"], n))
    line.keep("csat", ~again)
    at["closed"] = np.where(again, resolved, at["resolved"]) + close_after
    unresolved = chance(rng, share["closed_unresolved"], n) & ~again
    line.keep("resolved", ~unresolved)
    early = chance(rng, share["early_reply"], n)
    at["first_reply"] = np.where(early, at["received"] - HOUR_US, at["first_reply"])


def _cut_short(setting: Setting, rng: Rng, cases: Attributes, hours: Hours, line: Timeline) -> None:
    """Merged, cancelled and lingering cases end their story early, each in its way."""
    n, share, at = len(cases), setting.recipe.shares, line.at
    fate = rng.random(n)
    length = np.where(at["resolved"] == NEVER, at["closed"], at["resolved"]) - cases.received
    stop = cases.received + _part(length, rng.uniform(0.2, 0.9, n))
    pair = np.isin(cases.slot, setting.plants.pair_slots)
    merges = (fate < share["merged"]) & ~pair
    free = (fate >= share["merged"] + share["cancelled"]) & ~pair
    at["merged"] = np.where(_merge(cases, line, stop, merges, free), stop, NEVER)
    cancelled = (fate >= share["merged"]) & (fate < share["merged"] + share["cancelled"]) & ~pair
    at["cancelled"] = np.where(cancelled, stop, NEVER)
    over = (at["merged"] != NEVER) | (at["cancelled"] != NEVER)
    line.until = np.where(over, np.minimum(stop, line.until), line.until)
    _linger(setting, rng, cases, hours, line, ~over & ~pair & (line.merged_from < 0))
    ended = line.has("closed") | line.has("merged") | line.has("cancelled")
    resting = line.has("resolved") & ~line.has("reopened")
    line.is_open = ~(ended | resting | line.has("resolved_again"))


def _merge(cases: Attributes, line: Timeline, stop: Ints, merges: Flags, free: Flags) -> Flags:
    """Give each merging case a neighbour that was open at that moment; without one it stays."""
    n, seeking = len(cases), np.flatnonzero(merges)
    line.at["merged_in"] = np.full(n, NEVER)
    done = np.zeros(n, dtype=np.bool_)
    for step in range(1, NEIGHBOURS):
        other = (seeking + step) % n
        ends = np.minimum(line.at["decision"][other], line.until[other])
        fits = free[other] & (cases.received[other] < stop[seeking]) & (stop[seeking] < ends)
        fits &= line.merged_from[other] < 0
        fits[1:] &= other[1:] != other[:-1]
        line.merged_from[other[fits]] = seeking[fits]
        line.at["merged_in"][other[fits]] = stop[seeking[fits]]
        done[seeking[fits]] = True
        seeking = seeking[~fits]
    return done


def _linger(
    setting: Setting, rng: Rng, cases: Attributes, hours: Hours, line: Timeline, may: Flags
) -> None:
    """Cases that stay in one stage up to ``as_of``; those of ours get a late sign of life."""
    rules, at, as_of = setting.recipe.lingering, line.at, setting.days.as_of
    n = len(cases)
    stages = ("awaiting_requester", *WAITS, "in_progress")
    stage = one_row(rules.stages, stages).draw(rng, zeros(n))
    days = (as_of - cases.received) / DAY_US
    worked = hours.worked(np.full(n, as_of)) - hours.worked(cases.received)
    # Waits for us wear off with the target: else the times to resolution would look worse at the
    # end of the world than they ever did.
    used = worked / _or_day(hours.target(ClockName.TTR))
    age = np.where(stage == 0, days / rules.age_days, used / rules.work_age_share)
    calm = np.where(cases.priority >= setting.lists.priorities.index("P2"), 1.0, 0.25)
    stays = may & chance(rng, rules.share * calm * np.exp(-age), n)
    stays &= at["first_reply"] + HOUR_US < as_of
    since = np.maximum(at["first_reply"], cases.received) + rng.integers(2, 50, n) * MINUTE_US
    asks, waits = stays & (stage == 0), stays & (stage > 0) & (stage <= len(WAITS))
    at["question"] = np.where(asks, since, at["question"])
    at["wait_requester"] = np.where(asks, since + SECOND_US, at["wait_requester"])
    at["wait_internal"] = np.where(waits, since + SECOND_US, at["wait_internal"])
    line.waits_for = np.where(waits, stage - 1, line.waits_for)
    line.until = np.where(stays, np.minimum(since + 2 * SECOND_US, as_of), line.until)
    silence = _or_day(hours.target(ClockName.UPD))
    told = hours.moment(hours.worked(np.full(n, as_of)) - _part(silence, rng.uniform(0.02, 1.6, n)))
    at["late_update"] = np.where(stays & ~asks & (told > line.until), told, NEVER)
    wrote = as_of - _part(np.full(n, 3 * DAY_US), rng.random(n) ** 3)
    writes = stays & (wrote > line.until) & chance(rng, 0.18, n)
    at["late_message"] = np.where(writes, wrote, NEVER)


def _part(amount: Ints, share: Floats) -> Ints:
    found: Ints = (amount * share).astype(np.int64)
    return found
