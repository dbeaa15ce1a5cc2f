"""Candidates for policy gaps as one person sees them, with what was done about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from core.access.model import Person
from core.access.rules import scope_of
from core.cases.filter import CaseFilter, Segment, Sort
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.gap_ground import MiningGround, mining_ground
from core.desk.surges import look_key, scope_name
from core.gaps.candidates import (
    Act,
    Candidate,
    CandidateAct,
    combined,
    covering,
    is_new_evidence,
    reviewed_part,
)
from core.gaps.mining import mine_excess
from core.gaps.mining_cells import count_slices
from core.gaps.mining_rules import MiningRules, mining_rules
from core.gaps.model import Gap
from core.storage.gap_candidates import standing_acts
from core.storage.mined_cases import count_cases, mined_cases
from core.storage.queue import with_grants
from core.storage.queue_conditions import Look
from core.storage.snapshot import Reading

Progress = Callable[[float, str], None]
COUNTED_SHARE, FIRST_SHARE = 0.2, 0.6  # of the time: until cases are counted, overturns judged


@dataclass(frozen=True, slots=True)
class SeenCandidate:
    """A candidate, what stands about it, and the gap that is about its cases."""

    candidate: Candidate
    act: CandidateAct | None
    gap: Gap | None
    since: int  # cases re-reviewed since it was dismissed
    is_back: bool  # dismissed, but enough came since

    @property
    def key(self) -> str:
        """Its stable name."""
        return self.candidate.key

    @property
    def is_dismissed(self) -> bool:
        """True while a dismissal stands and not enough came since."""
        dismissed = self.act is not None and self.act.act is Act.DISMISS
        return dismissed and not self.is_back and self.gap is None


@dataclass(frozen=True)
class SeenList:
    """Candidates of one kind, parted by what was done about them."""

    seen: tuple[SeenCandidate, ...]

    @property
    def new(self) -> tuple[SeenCandidate, ...]:
        """Neither filed nor dismissed, the weightiest first."""
        return tuple(s for s in self.seen if s.gap is None and not s.is_dismissed)

    @property
    def filed(self) -> tuple[SeenCandidate, ...]:
        """Those that a gap is about."""
        return tuple(s for s in self.seen if s.gap is not None)

    @property
    def dismissed(self) -> tuple[SeenCandidate, ...]:
        """Those that somebody dismissed, while not enough came since."""
        return tuple(s for s in self.seen if s.is_dismissed)

    def find(self, key: str) -> SeenCandidate | None:
        """The candidate of that key, when it is found."""
        return next((s for s in self.seen if s.key == key), None)


@dataclass(frozen=True)
class CandidatesView(SeenList):
    """All candidates of what a person may see; every count opens exactly its cases."""

    reviewed: int
    overturned: int
    slices: int
    ground: MiningGround
    version: int
    at: datetime
    is_refreshing: bool


@dataclass(frozen=True)
class _Mined:
    candidates: tuple[Candidate, ...]
    reviewed: int
    overturned: int
    slices: int


def candidates_view(
    desk: Desk, person: Person, zone: str = "", progress: Progress | None = None
) -> CandidatesView:
    """Mine what the person may see, at most once for each state of the cases."""
    start = mining_ground(desk, person, zone)
    rules, ground = start.rules, start.cases
    with desk.store.read() as connection:
        acts = standing_acts(connection)
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, start.look)
        key = ("gap candidates", ground, look_key(look))
        told = progress or _silent
        mined = reading.remember(key, lambda: _mine(reading, ground, look, rules, told))
        seen = []
        for one in mined.candidates:
            act = acts.get(one.key)
            gap = filed_gap(act, covering(one, start.gaps, start.type_of), start.gaps)
            seen.append(seen_candidate(reading, look, one, act, gap))
        return CandidatesView(
            seen=tuple(seen),
            reviewed=mined.reviewed,
            overturned=mined.overturned,
            slices=mined.slices,
            ground=start,
            version=reading.version,
            at=from_micros(look.at),
            is_refreshing=reading.is_refreshing,
        )


def _mine(
    reading: Reading, ground: CaseFilter, look: Look, rules: MiningRules, tell: Progress
) -> _Mined:
    tell(0.0, "Reading re-reviewed cases")
    cases = mined_cases(reading, ground, look, rules)

    def part(first: float, last: float) -> Progress:
        return lambda share, what: tell(first + (last - first) * share, what)

    counted = count_slices(cases.overturned, rules)  # both kinds of hits are of the same cases
    tell(COUNTED_SHARE, "Telling what is usual")
    first, second = part(COUNTED_SHARE, FIRST_SHARE), part(FIRST_SHARE, 1.0)
    excess = mine_excess(cases.overturned, rules, rules.excess.material, first, counted)
    unclear = mine_excess(cases.unclear, rules, rules.unclear.material, second, counted)
    tell(1.0, "Done")
    return _Mined(
        combined(excess.found, unclear.found), excess.reviewed, excess.hits, excess.slices
    )


def seen_candidate(
    reading: Reading, look: Look, one: Candidate, act: CandidateAct | None, gap: Gap | None
) -> SeenCandidate:
    """A candidate with what stands about it."""
    since, back = 0, False
    if act is not None and act.act is Act.DISMISS:
        since = _reviewed_since(reading, look, one, act)
        back = is_new_evidence(act, since, mining_rules())
    return SeenCandidate(one, act, gap, since, back)


def filed_gap(act: CandidateAct | None, covered: Gap | None, gaps: tuple[Gap, ...]) -> Gap | None:
    """The gap that a candidate was made part of, else the one that is about its cases."""
    if act is None or act.gap_id is None:
        return covered
    return next((gap for gap in gaps if gap.id == act.gap_id), covered)


def _reviewed_since(reading: Reading, look: Look, one: Candidate, act: CandidateAct) -> int:
    """Cases of the slice decided on the days after the dismissal's."""
    day = date.fromordinal(act.at.date().toordinal() + 1)
    parts: dict[str, object] = {name: (value,) for name, value in one.where}
    ground = CaseFilter(segment=Segment.ALL, sort=Sort.RECEIVED, resolved_from=day)
    return count_cases(reading, reviewed_part(ground.having(**parts)), look)


def reach_of(person: Person) -> str:
    """How far the reads of a person reach, as it is kept with what they do."""
    return scope_name(scope_of(person))


def _silent(_share: float, _what: str) -> None:
    """Nobody watches."""
