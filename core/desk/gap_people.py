"""Clauses that people decide differently, as one person sees them; nobody is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.access.model import Person
from core.desk.boot import Desk
from core.desk.gap_candidates import SeenCandidate, SeenList, filed_gap, seen_candidate
from core.desk.gap_ground import MOST_KEPT, MiningGround, mining_ground, still_holds
from core.desk.surges import look_key
from core.gaps.candidates import Candidate, covering
from core.gaps.mining_people import MinedPeople, mine_people
from core.gaps.mining_rules import MiningRules
from core.stats.agreement import alpha, alpha_interval
from core.storage.gap_candidates import standing_acts
from core.storage.mined_cases import mined_cases
from core.storage.mined_decisions import SeenDecisions, decisions_on, newest_decisions
from core.storage.queue import with_grants
from core.storage.snapshot import Reading

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class DecidedTwice:
    """Cases that several decisions were taken on, and how far these agree."""

    cases: int
    agreement: float  # Krippendorff's alpha; NaN where it says nothing
    low: float
    high: float


@dataclass(frozen=True)
class PeopleView(SeenList):
    """The clauses, what was looked through, and how far repeated decisions agree."""

    decisions: int
    people: int
    clauses: int
    twice: DecidedTwice
    ground: MiningGround


@dataclass(frozen=True)
class _Mined:
    found: MinedPeople
    twice: DecidedTwice


def people_view(
    desk: Desk, person: Person, zone: str = "", progress: Progress | None = None
) -> PeopleView:
    """Look through the newest decisions, at most once for each state of the cases."""
    ground = mining_ground(desk, person, zone)
    tell = progress or _silent
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, ground.look)
        key = (ground.cases, look_key(look))

        def mine() -> _Mined:
            tell(0.0, "Reading decisions")
            return _mine(desk, reading, ground, tell)

        def holds(mined: _Mined, changed: Sequence[int]) -> bool:
            return still_holds(changed, mined.found.decisions)

        mined = reading.last("gap people", key, mine, holds, MOST_KEPT)
        with desk.store.read() as connection:
            acts = standing_acts(connection)
        seen: list[SeenCandidate] = []
        for one in mined.found.found:
            candidate = Candidate((("clause", one.clause),), people=one)
            act = acts.get(candidate.key)
            gap = filed_gap(act, covering(candidate, ground.gaps, ground.type_of), ground.gaps)
            seen.append(seen_candidate(reading, look, candidate, act, gap))
    found = mined.found
    return PeopleView(
        tuple(seen), found.decisions, found.people, found.clauses, mined.twice, ground
    )


def _mine(desk: Desk, reading: Reading, ground: MiningGround, tell: Progress) -> _Mined:
    rules = ground.rules
    cases = mined_cases(reading, ground.cases, with_grants(reading, ground.look), rules)
    with desk.store.read() as connection:
        taken = newest_decisions(connection, rules.people.newest_decisions)
    tell(0.5, "Comparing people")
    seen = decisions_on(taken, cases)
    return _Mined(mine_people(seen.given, rules.people), _twice(seen, rules))


def _twice(seen: SeenDecisions, rules: MiningRules) -> DecidedTwice:
    """Agreement where the decisions of a case come from different people."""
    case, first = np.unique(seen.case, return_inverse=True)
    people = np.unique(np.stack([first, seen.given.person]), axis=1)[0]
    several = np.bincount(people, minlength=len(case)) > 1
    rows = several[first] if len(case) else np.zeros(0, dtype=np.bool_)
    unit, value = first[rows].astype(np.int64), seen.given.hit[rows].astype(np.float64)
    low, high = alpha_interval(unit, value, rules.people.interval, rules.people.seed, draws=200)
    return DecidedTwice(int(several.sum()), alpha(unit, value), low, high)


def _silent(_share: float, _what: str) -> None:
    """Nobody watches."""
