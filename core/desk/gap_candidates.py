"""Candidates for policy gaps as one person sees them, with what was done about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from core.access.model import Person
from core.access.rules import require, scope_of
from core.cases.filter import CaseFilter, Segment, Sort
from core.cases.windows import day_of
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.queue import look_of
from core.desk.surges import look_key, scope_name
from core.errors import Refused
from core.gaps.candidates import (
    Act,
    Candidate,
    CandidateAct,
    combined,
    covering,
    is_new_evidence,
    overturned_part,
    reviewed_part,
    slice_filter,
    unclear_part,
    window_start,
)
from core.gaps.mining import Where, mine_excess
from core.gaps.mining_rules import MiningRules, mining_rules
from core.gaps.model import Gap
from core.storage.gap_candidates import standing_acts
from core.storage.gap_reads import gaps_of
from core.storage.mined_cases import count_cases, mined_cases
from core.storage.queue import with_grants
from core.storage.queue_conditions import Look
from core.storage.reference import clauses
from core.storage.snapshot import Reading

Progress = Callable[[float, str], None]
READING_SHARE, FIRST_SHARE = 0.1, 0.6  # of the time: until the cases are read, until overturns are


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
class CandidatesView:
    """All candidates of what a person may see; every count opens exactly its cases."""

    seen: tuple[SeenCandidate, ...]
    reviewed: int
    overturned: int
    slices: int
    since: date  # first day that is looked at
    rules: MiningRules
    clause_titles: dict[str, str]
    version: int
    at: datetime
    zone: str
    is_refreshing: bool

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

    def cases(self, where: Where) -> CaseFilter:
        """All cases of a slice in the window."""
        return slice_filter(where, self.since, self.zone)

    def reviewed_cases(self, where: Where) -> CaseFilter:
        """The re-reviewed ones."""
        return reviewed_part(self.cases(where))

    def overturned_cases(self, where: Where) -> CaseFilter:
        """The overturned ones."""
        return overturned_part(self.cases(where))

    def unclear_cases(self, where: Where) -> CaseFilter:
        """Those overturned because the rule allows two readings."""
        return unclear_part(self.cases(where), self.rules)


@dataclass(frozen=True)
class _Mined:
    candidates: tuple[Candidate, ...]
    reviewed: int
    overturned: int
    slices: int


def why_no_candidates(person: Person) -> Refused | None:
    """Why somebody gets none: what is usual can only be told over all partners."""
    if scope_of(person).partner_ids is None:
        return None
    return Refused(
        "Candidates are looked for over all partners, and you see your own only.",
        hint="The gaps that concern your partners stand on the list.",
    )


def candidates_view(
    desk: Desk, person: Person, zone: str = "", progress: Progress | None = None
) -> CandidatesView:
    """Mine what the person may see, at most once for each state of the cases."""
    require(person, "gap.read")
    refusal = why_no_candidates(person)
    if refusal:
        raise refusal
    rules, zone = mining_rules(), zone or person.zone
    look, _ = look_of(desk, person, CaseFilter())
    since = window_start(day_of(look.at, zone), rules)
    ground = slice_filter((), since, zone)
    with desk.store.read() as connection:
        acts, gaps = standing_acts(connection), gaps_of(connection)
        register = clauses(connection)
    type_of = {clause.key: clause.abuse_type for clause in register}
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, look)
        key = ("gap candidates", ground, look_key(look))
        told = progress or _silent
        mined = reading.remember(key, lambda: _mine(reading, ground, look, rules, told))
        seen = tuple(
            _seen(reading, look, one, (acts.get(one.key), covering(one, gaps, type_of), gaps))
            for one in mined.candidates
        )
        return CandidatesView(
            seen=seen,
            reviewed=mined.reviewed,
            overturned=mined.overturned,
            slices=mined.slices,
            since=since,
            rules=rules,
            clause_titles={clause.key: clause.title for clause in register},
            version=reading.version,
            at=from_micros(look.at),
            zone=zone,
            is_refreshing=reading.is_refreshing,
        )


def _mine(
    reading: Reading, ground: CaseFilter, look: Look, rules: MiningRules, tell: Progress
) -> _Mined:
    tell(0.0, "Reading re-reviewed cases")
    cases = mined_cases(reading, ground, look, rules)

    def part(first: float, last: float) -> Progress:
        return lambda share, what: tell(first + (last - first) * share, what)

    excess = mine_excess(
        cases.overturned, rules, rules.excess.material, part(READING_SHARE, FIRST_SHARE)
    )
    unclear = mine_excess(cases.unclear, rules, rules.unclear.material, part(FIRST_SHARE, 1.0))
    tell(1.0, "Done")
    return _Mined(
        combined(excess.found, unclear.found), excess.reviewed, excess.hits, excess.slices
    )


def _seen(
    reading: Reading,
    look: Look,
    one: Candidate,
    known: tuple[CandidateAct | None, Gap | None, tuple[Gap, ...]],
) -> SeenCandidate:
    act, gap, gaps = known
    if act is not None and act.gap_id is not None:
        gap = next((g for g in gaps if g.id == act.gap_id), gap)
    since, back = 0, False
    if act is not None and act.act is Act.DISMISS:
        since = _reviewed_since(reading, look, one, act)
        back = is_new_evidence(act, since, mining_rules())
    return SeenCandidate(one, act, gap, since, back)


def _reviewed_since(reading: Reading, look: Look, one: Candidate, act: CandidateAct) -> int:
    """Cases of the slice decided on the days after the dismissal's."""
    day = date.fromordinal(act.at.date().toordinal() + 1)
    parts: dict[str, object] = {name: (value,) for name, value in one.where}
    ground = CaseFilter(segment=Segment.ALL, sort=Sort.RECEIVED, resolved_from=day)
    return count_cases(reading, reviewed_part(ground.having(**parts)), look)


def evidence_filter(view: CandidatesView, seen: SeenCandidate) -> CaseFilter:
    """The cases that show a candidate best: those of its strongest signal."""
    main = seen.candidate.main
    if main is seen.candidate.unclear:
        return view.unclear_cases(main.where)
    return view.overturned_cases(main.where)


def reach_of(person: Person) -> str:
    """How far the reads of a person reach, as it is kept with what they do."""
    return scope_name(scope_of(person))


def _silent(_share: float, _what: str) -> None:
    """Nobody watches."""
