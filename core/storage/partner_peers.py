"""Every partner's service beside that of its peers at equal mix, learnt over the whole desk.

Only cases of the level "open" count; nothing here names a partner other than by its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import and_, or_

from core.cases.filter import CaseFilter
from core.partners.mix import Adjusted, MixRows, PeerComparison, adjust, compare_with_peers
from core.partners.score_rules import HealthRules
from core.stats.arrays import Bools, Floats, Ints
from core.storage.partner_served_figures import (
    P90,
    ShareAsk,
    chosen_by,
    known_of,
    resolution_walls,
)
from core.storage.queue_conditions import Look
from core.storage.scope import OPEN
from core.storage.snapshot import Reading
from core.storage.snapshot.columns import Coded
from core.storage.snapshot.evaluate import Evaluator
from core.storage.snapshot.roster import Roster
from core.storage.snapshot.tables import CASES

REPLIES, RESOLUTIONS = "reply_tail", "resolution_tail"
KEPT = 6  # windows and quarter hours that were asked for last


@dataclass(frozen=True, slots=True)
class PeerAsk:
    """What is compared: shares by their name, and the filters of the two tails."""

    shares: tuple[ShareAsk, ...]
    replies: CaseFilter
    resolutions: CaseFilter
    since: int  # no case before it is in any of the filters


@dataclass(frozen=True, eq=False, slots=True)
class PeerBook:
    """By figure, in the order of the roster; hits are what nobody wants: misses, slow cases.

    ``slow_us`` is beyond what a case counts as slow: what one in ten of the desk's exceeds.
    """

    compared: Mapping[str, PeerComparison]
    adjusted: Mapping[str, Adjusted]
    slow_us: Mapping[str, float]
    looked: Ints  # keys of the cases that were looked at
    roster: Roster


def peer_book(reading: Reading, look: Look, at: int, ask: PeerAsk, rules: HealthRules) -> PeerBook:
    """The book as of a moment; kept until a case in it changes."""
    then = replace(look, at=at)
    return reading.last(
        "service peers",
        (ask, at, rules.version),
        lambda: _count(reading, then, ask, rules),
        lambda book, changed: _holds(reading, ask, book, changed),
        KEPT,
    )


def _count(reading: Reading, look: Look, ask: PeerAsk, rules: HealthRules) -> PeerBook:
    rows = _ground(reading, ask.since)
    found = {one.name: _misses(rows, look, one) for one in ask.shares}
    slow: dict[str, float] = {}
    for name, counted in (
        (REPLIES, _slow_replies(rows, look, ask.replies)),
        (RESOLUTIONS, _slow_resolutions(rows, look, ask.resolutions)),
    ):
        if counted is not None:
            found[name], slow[name] = counted
    places, strata = _places(reading, rows), _strata(rows)
    roster, standard = reading.roster, rules.peers.standard_cases
    attributes = [getattr(roster, name) for name in rules.peers.same]
    adjusted, compared = {}, {}
    for name, (among, hits) in found.items():
        mixed = _mixed(places[among], strata[among], hits, len(roster.ids), standard)
        adjusted[name] = mixed
        compared[name] = compare_with_peers(mixed, attributes, rules.peers, rules.interval)
    return PeerBook(compared, adjusted, slow, rows.ids, roster)


def _holds(reading: Reading, ask: PeerAsk, book: PeerBook, changed: Sequence[int]) -> bool:
    """True when no changed case was looked at, and none of them would be now."""
    before, roster = book.roster, reading.roster
    alike = before.groups_alike(roster) and np.array_equal(before.category, roster.category)
    if not alike or not np.array_equal(before.market, roster.market):
        return False
    ids = np.asarray(changed, np.int64)
    now = _ground(reading, ask.since).ids
    return not (np.isin(ids, book.looked).any() or np.isin(ids, now).any())


Counted = tuple[Ints, Floats]  # places of the cases, and which of them are hits


def _ground(reading: Reading, since: int) -> Evaluator:
    every = reading.evaluator(CASES)
    lately = or_(
        *(CASES.c[name] >= since for name in ("received_at", "first_resolved_at", "resolved_at"))
    )
    of_partner = CASES.c.partner_id.is_not(None)
    known = and_(CASES.c.restriction == OPEN, of_partner, lately)
    rows = every.chosen(np.flatnonzero(every.mask(known)))
    return rows.chosen(np.flatnonzero(_places(reading, rows) >= 0))


def _misses(rows: Evaluator, look: Look, ask: ShareAsk) -> Counted:
    of = rows.mask(chosen_by(ask.of, look))
    hits = rows.mask(chosen_by(ask.hits, look))
    among = np.flatnonzero(of)
    return among, (hits[among] != ask.is_wanted).astype(np.float64)


def _slow_replies(rows: Evaluator, look: Look, filter_: CaseFilter) -> tuple[Counted, float] | None:
    among = np.flatnonzero(rows.mask(chosen_by(filter_, look)))
    took = np.asarray(rows.chosen(among).numbers(CASES.c.frt_us).numbers, np.int64)
    if not len(took):
        return None
    bar = float(np.quantile(took, P90))
    return (among, (took > bar).astype(np.float64)), bar


def _slow_resolutions(
    rows: Evaluator, look: Look, filter_: CaseFilter
) -> tuple[Counted, float] | None:
    among = np.flatnonzero(rows.mask(chosen_by(filter_, look)))
    took, ended = resolution_walls(rows.chosen(among), look.at)
    if not ended.any():
        return None
    bar = float(np.quantile(took[ended], P90))
    # Whether a young open case will be slow is not known yet, so it does not count.
    told: Bools = ended | (took > bar)
    return (among[told], (took[told] > bar).astype(np.float64)), bar


def _mixed(places: Ints, strata: Ints, hits: Floats, count: int, standard: float) -> Adjusted:
    return adjust(MixRows(places, strata, hits, np.ones(len(hits))), count, standard)


def _places(reading: Reading, rows: Evaluator) -> Ints:
    held = rows.numbers(CASES.c.partner_id)
    return reading.roster.places(np.where(known_of(held), held.numbers, -1))


def _strata(rows: Evaluator) -> Ints:
    """Cases that are alike in what is usual: by abuse type and priority."""
    abuse, priority = (rows.column(CASES.c[name]) for name in ("abuse_type", "priority"))
    if not isinstance(abuse, Coded) or not isinstance(priority, Coded):
        msg = "abuse type and priority are dimensions"
        raise TypeError(msg)
    strata: Ints = abuse.codes.astype(np.int64) * len(priority.values) + priority.codes
    return strata
