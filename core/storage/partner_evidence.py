"""The evidence of every partner's health at the end of a day, from the arrays of the snapshot.

Cases are chosen by the conditions of ``partner_conditions``, the same that open them in the queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, and_, or_

from core.cases.windows import queue_windows
from core.partners.health_day import MINUTE_US, HealthDay
from core.partners.inputs import Counted, Evidence, Known, PartnerInputs, independent_counts
from core.partners.mix import MixRows, adjust
from core.partners.score_rules import DAY_US, InputRules, Kind
from core.stats.arrays import Bools, Floats, Ints
from core.stats.survival import tails
from core.storage.partner_conditions import input_conditions
from core.storage.partner_times import resolution_times
from core.storage.scope import OPEN
from core.storage.snapshot import Reading
from core.storage.snapshot.columns import Coded
from core.storage.snapshot.evaluate import Evaluator
from core.storage.snapshot.tables import CASES

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False, slots=True)
class PartnerEvidence:
    """Evidence in the order of the roster, and whole cases and hits by input.

    ``looked`` are the keys of the cases that any input may have counted, in order; ``gaps`` tells
    the links to open gaps that were counted.
    """

    inputs: PartnerInputs
    cases: Mapping[str, Ints]
    hits: Mapping[str, Ints]
    looked: Ints
    gaps: bytes


@dataclass(frozen=True, eq=False, slots=True)
class InputRows:
    """The cases of one input: whose each is, and whether it is a hit (all False for a tail).

    ``places`` are theirs among the rows that were asked.
    """

    rows: Evaluator
    places: Places
    partner: Ints  # place in the roster
    hit: Bools


def ground_rows(reading: Reading, day: HealthDay) -> Evaluator:
    """Cases of the level "open" that any input of a day may count: received or resolved lately."""
    ground, _ = ground_places(reading.evaluator(CASES), day)
    return ground


def ground_places(rows: Evaluator, day: HealthDay) -> tuple[Evaluator, Places]:
    """The same among some cases, with their places there."""
    places = np.flatnonzero(rows.mask(_may_count(day)))
    return rows.chosen(places), places


def is_counted(reading: Reading, day: HealthDay, ids: Ints) -> bool:
    """True when any of these cases may count."""
    everything = reading.evaluator(CASES)
    key = ("places", ids.tobytes())  # asked for many days in turn
    places = reading.remember(key, lambda: np.flatnonzero(np.isin(everything.ids, ids)))
    rows = everything.chosen(places)
    return bool(rows.mask(_may_count(day)).any())


def _may_count(day: HealthDay) -> ColumnElement[bool]:
    moments = ("received_at", "first_resolved_at", "resolved_at")
    lately = or_(*(CASES.c[name] >= day.since for name in moments))
    return and_(CASES.c.received_at < day.at, CASES.c.restriction == OPEN, lately)


def input_rows(reading: Reading, ground: Evaluator, name: str, day: HealthDay) -> InputRows | None:
    """The cases of an input; None for one that counts no cases."""
    conditions = input_conditions(name, day, CASES)
    if conditions is None:
        return None
    partner = _partners(reading, ground)
    places = np.flatnonzero(ground.mask(conditions.of) & (partner >= 0))
    rows = ground.chosen(places)
    if conditions.hits is None:
        return InputRows(rows, places, partner[places], np.zeros(len(places), dtype=np.bool_))
    return InputRows(rows, places, partner[places], rows.mask(conditions.hits))


def partner_evidence(reading: Reading, day: HealthDay) -> PartnerEvidence:
    """The evidence of all partners; what nobody records is left out."""
    ground, count = ground_rows(reading, day), len(reading.roster.ids)
    evidence: dict[str, Evidence] = {}
    cases: dict[str, Ints] = {}
    hits: dict[str, Ints] = {}
    for name, own in day.rules.inputs.items():
        if own.kind is Kind.KNOWN and reading.gap_links.is_recorded:
            evidence[name] = Known(open_gaps(reading, day))
        found = input_rows(reading, ground, name, day)
        if found is None:
            continue
        cases[name] = np.bincount(found.partner, minlength=count)
        if own.kind is not Kind.TAIL:
            hits[name] = np.bincount(found.partner[found.hit], minlength=count)
        evidence[name] = _evidence(reading, found, own, name, day)
    inputs = PartnerInputs(reading.roster.tier, evidence)
    _, linked = reading.gap_links.open_at(day.at)
    looked = np.sort(np.concatenate([ground.ids, linked]))
    return PartnerEvidence(inputs, cases, hits, looked, gaps_of(reading, day))


def open_gaps(reading: Reading, day: HealthDay) -> Floats:
    """How many gaps that were open affect each partner: a case of theirs is linked, of the level "open"."""
    gaps, linked = reading.gap_links.open_at(day.at)
    everything = reading.evaluator(CASES)
    places = np.flatnonzero(np.isin(everything.ids, linked)) if len(linked) else _no_places()
    rows = everything.chosen(places)
    rows = rows.chosen(np.flatnonzero(rows.mask(CASES.c.restriction == OPEN)))
    order = np.argsort(rows.ids)
    ids, partners = rows.ids[order], _partners(reading, rows)[order]
    place = np.searchsorted(ids, linked)
    known = place < len(ids)
    known[known] = ids[place[known]] == linked[known]
    whose = partners[place[known]]
    affected = np.unique(np.column_stack([whose, gaps[known]])[whose >= 0], axis=0)
    return np.bincount(affected[:, 0], minlength=len(reading.roster.ids)).astype(np.float64)


def gaps_of(reading: Reading, day: HealthDay) -> bytes:
    """What the count of gaps of a day rests on, to be compared."""
    parts = (part.tobytes() for part in reading.gap_links.open_at(day.at))
    return b"gaps" * reading.gap_links.is_recorded + b"".join(parts)


def _no_places() -> Places:
    return np.zeros(0, dtype=np.intp)


def _evidence(
    reading: Reading, found: InputRows, own: InputRules, name: str, day: HealthDay
) -> Evidence:
    count = len(reading.roster.ids)
    if own.tail is not None:
        times = resolution_times(found.rows, day, reading.snapshot.book)
        use = np.isfinite(times.shares)
        return tails(
            found.partner[use], times.shares[use], times.ended[use], count, own.tail.rules()
        )
    of = np.bincount(found.partner, minlength=count).astype(np.float64)
    if own.kind is Kind.RATIO:
        strata = strata_of(found.rows, name, day)
        rows = MixRows(found.partner, strata, found.hit.astype(np.float64), np.ones(len(strata)))
        mixed = adjust(rows, count, day.rules.peers.standard_cases)
        return Counted(mixed.observed, mixed.expected, of)
    hits = np.bincount(found.partner[found.hit], minlength=count).astype(np.float64)
    return Counted(hits, of, _independent(found, count))


def _independent(found: InputRows, count: int) -> Floats:
    """Cases that are independent: those about the same, received on one day, are one burst."""
    abuse, day = _codes(found.rows, "abuse_type"), _received(found.rows) // DAY_US
    if not len(day):
        return np.zeros(count)
    day = day - day.min()
    kinds, days = int(abuse.max()) + 1, int(day.max()) + 1
    burst = (found.partner * kinds + abuse) * days + day
    if burst.max() < np.iinfo(np.int32).max:
        burst = burst.astype(np.int32)  # sorted in half the time
    bursts, sizes = np.unique(burst, return_counts=True)
    whose = (bursts // (kinds * days)).astype(np.int64)
    return independent_counts(whose, sizes.astype(np.float64), count)


def strata_of(rows: Evaluator, name: str, day: HealthDay) -> Ints:
    """Cases that are alike in what is usual: by abuse type; the load by priority and age too."""
    strata = _codes(rows, "abuse_type")
    if name != "load":
        return strata
    priority = _codes(rows, "priority")
    edges = [over * MINUTE_US for _, over, _ in queue_windows().ageing_buckets()[1:]]
    age = np.searchsorted(edges, day.at - _received(rows), side="right")
    alike = (strata * (int(priority.max(initial=0)) + 1) + priority) * (len(edges) + 1) + age
    return alike.astype(np.int64)


def _partners(reading: Reading, rows: Evaluator) -> Ints:
    """Place of each case's partner in the roster, -1 without one."""
    held = rows.numbers(CASES.c.partner_id)
    keys = held.numbers if held.known is None else np.where(held.known, held.numbers, -1)
    return reading.roster.places(keys)


def _received(rows: Evaluator) -> Ints:
    return np.asarray(rows.numbers(CASES.c.received_at).numbers, np.int64)


def _codes(rows: Evaluator, name: str) -> Ints:
    column = rows.column(CASES.c[name])
    if not isinstance(column, Coded):
        msg = f"{name} is no dimension"
        raise TypeError(msg)
    return column.codes.astype(np.int64)
