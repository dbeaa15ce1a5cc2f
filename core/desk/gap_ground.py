"""What all mining of one person begins with: whose cases, since when, the gaps and the clauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.access.model import Person
from core.access.rules import require, scope_of
from core.cases.filter import CaseFilter
from core.cases.windows import day_of
from core.desk.boot import Desk
from core.desk.queue import look_of
from core.errors import Refused
from core.gaps.candidates import (
    overturned_part,
    reviewed_part,
    slice_filter,
    unclear_part,
    window_start,
)
from core.gaps.mining import Where
from core.gaps.mining_rules import MiningRules, mining_rules
from core.gaps.model import Gap
from core.storage.gap_reads import gaps_of
from core.storage.queue_conditions import Look
from core.storage.reference import clauses

MOST_KEPT = 16  # slow results of one kind: one for each reach of reads


@dataclass(frozen=True)
class MiningGround:
    """The cases in the window that the person may see, and what is known about rules and gaps."""

    look: Look
    since: date  # first day that is looked at
    zone: str
    cases: CaseFilter
    gaps: tuple[Gap, ...]
    type_of: Mapping[str, str]  # abuse type of each clause
    titles: Mapping[str, str]
    rules: MiningRules

    def slice_cases(self, where: Where) -> CaseFilter:
        """All cases of a slice in the window."""
        return slice_filter(where, self.since, self.zone)

    def reviewed_cases(self, where: Where) -> CaseFilter:
        """The re-reviewed ones."""
        return reviewed_part(self.slice_cases(where))

    def overturned_cases(self, where: Where) -> CaseFilter:
        """The overturned ones."""
        return overturned_part(self.slice_cases(where))

    def unclear_cases(self, where: Where) -> CaseFilter:
        """Those overturned because the rule allows two readings."""
        return unclear_part(self.slice_cases(where), self.rules)


def why_no_candidates(person: Person) -> Refused | None:
    """Why somebody gets none: what is usual can only be told over all partners."""
    if scope_of(person).partner_ids is None:
        return None
    return Refused(
        "Candidates are looked for over all partners, and you see your own only.",
        hint="The gaps that concern your partners stand on the list.",
    )


def mining_ground(desk: Desk, person: Person, zone: str = "") -> MiningGround:
    """The ground for whoever may have candidates; else the refusal."""
    require(person, "gap.read")
    refusal = why_no_candidates(person)
    if refusal:
        raise refusal
    rules, zone = mining_rules(), zone or person.zone
    look, _ = look_of(desk, person, CaseFilter())
    since = window_start(day_of(look.at, zone), rules)
    with desk.store.read() as connection:
        gaps, register = gaps_of(connection), clauses(connection)
    return MiningGround(
        look=look,
        since=since,
        zone=zone,
        cases=slice_filter((), since, zone),
        gaps=gaps,
        type_of={clause.key: clause.abuse_type for clause in register},
        titles={clause.key: clause.title for clause in register},
        rules=rules,
    )


def still_holds(changed: Sequence[int], looked: int) -> bool:
    """Whether what was slow to find among so many is as good as new: few cases changed since."""
    return len(changed) <= mining_rules().kept_share * looked
