"""A candidate for a policy gap: a slice of cases with what speaks for a gap behind it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from core.cases.filter import DIMENSIONS, CaseFilter, Segment, Sort
from core.cases.measures import overturned_outcomes, reviewed_outcomes
from core.errors import Conflict, Refused
from core.gaps.disagreement import Disagreement
from core.gaps.mining import Excess, Where
from core.gaps.mining_rules import MiningRules
from core.gaps.model import Gap

KEY_LENGTH = 16
SLICE, PEOPLE, TEXTS = "slice", "people", "texts"
UNCLEAR, ABSENT = "unclear", "absent"  # kinds of alike texts
# What a filter of cases says besides dimensions that a slice is made of; a gap keeps them out.
BESIDE = ("outcome", "overturn_reason", "enforcement_action")


class Act(StrEnum):
    """What a person does with a candidate."""

    ACCEPT = "accept"
    MERGE = "merge"
    DISMISS = "dismiss"


@dataclass(frozen=True, slots=True)
class AlikeTexts:
    """Cases whose texts are alike, all of them open to everybody who may see the partner's cases."""

    kind: str  # unclear: the rule allows two readings; absent: none applies
    case_ids: tuple[int, ...]
    cases: tuple[str, ...]  # their references
    terms: tuple[str, ...]  # none for those who may not read texts
    stability: float
    recent: int  # received in the last days of the trend
    before: int  # in as many days before
    severe: int
    clause: str  # of most of them; '' is none


@dataclass(frozen=True, slots=True)
class Candidate:
    """A slice and the signals that were found in it or close to it; at least one of them."""

    where: Where
    excess: Excess | None = None  # of overturned decisions
    unclear: Excess | None = None  # of decisions overturned because the rule allows two readings
    people: Disagreement | None = None  # then it stands alone
    texts: AlikeTexts | None = None  # then it stands alone, and no slice tells it

    @property
    def kind(self) -> str:
        """What it was found by."""
        if self.texts is not None:
            return TEXTS
        return SLICE if self.people is None else PEOPLE

    @property
    def size(self) -> int:
        """How many cases or decisions it was found in."""
        if self.texts is not None:
            return len(self.texts.case_ids)
        return self.main.reviewed if self.people is None else self.people.decisions

    @property
    def signals(self) -> tuple[Excess, ...]:
        """Those that were found, the strongest first."""
        found = [one for one in (self.excess, self.unclear) if one is not None]
        return tuple(sorted(found, key=lambda one: -one.beyond))

    @property
    def main(self) -> Excess:
        """The strongest signal."""
        return self.signals[0]

    @property
    def weight(self) -> float:
        """Decisions beyond the usual ones: what candidates rank by."""
        return self.main.beyond

    @property
    def key(self) -> str:
        """A short name that stays the same."""
        told: list[object] = [sorted(self.where)]
        if self.kind != SLICE:
            told += [self.kind, sorted(self.texts.case_ids) if self.texts else []]
        text = json.dumps(told, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]

    def value(self, dimension: str) -> str:
        """The value of a dimension, '' where the slice does not say."""
        return dict(self.where).get(dimension, "")


@dataclass(frozen=True, slots=True)
class CandidateAct:
    """What somebody did with a candidate and has not taken back."""

    id: int
    key: str
    act: Act
    gap_id: int | None
    reason: str
    by: str
    at: datetime
    count_then: int


def combined(excess: Sequence[Excess], unclear: Sequence[Excess]) -> tuple[Candidate, ...]:
    """One candidate for signals of one slice, or of slices of which one holds the other."""
    found = [Candidate(one.where, excess=one) for one in excess]
    for one in unclear:
        host = next((c for c in found if c.unclear is None and is_kin(c.where, one.where)), None)
        if host is None:
            found.append(Candidate(one.where, unclear=one))
            continue
        both = replace(host, unclear=one)
        found[found.index(host)] = replace(both, where=both.main.where)
    return tuple(sorted(found, key=lambda c: -c.weight))


def is_kin(one: Where, other: Where) -> bool:
    """True when one of the slices holds the other by its conditions."""
    return set(one) <= set(other) or set(other) <= set(one)


def window_start(today: date, rules: MiningRules) -> date:
    """The first day whose cases are looked at."""
    return date.fromordinal(today.toordinal() - rules.window_days + 1)


def slice_filter(where: Where, since: date, zone: str) -> CaseFilter:
    """All cases of a slice in the window, whatever became of them."""
    parts: dict[str, object] = {name: (value,) for name, value in where}
    return CaseFilter(
        segment=Segment.ALL, sort=Sort.RECEIVED, received_from=since, zone=zone
    ).having(**parts)


def matching_filter(where: Where) -> CaseFilter:
    """What a gap filed from the slice matches: its cases of every time."""
    parts: dict[str, object] = {name: (value,) for name, value in where}
    return CaseFilter(segment=Segment.ALL).having(**parts)


def reviewed_part(filter_: CaseFilter) -> CaseFilter:
    """The re-reviewed cases among them."""
    return filter_.having(outcome=reviewed_outcomes())


def overturned_part(filter_: CaseFilter) -> CaseFilter:
    """The overturned ones among them."""
    return filter_.having(outcome=overturned_outcomes())


def unclear_part(filter_: CaseFilter, rules: MiningRules) -> CaseFilter:
    """Those overturned because the rule allows two readings."""
    return overturned_part(filter_).having(overturn_reason=rules.unclear.reasons)


def covering(candidate: Candidate, gaps: Iterable[Gap], type_of: Mapping[str, str]) -> Gap | None:
    """The gap that is about the cases of a slice; ``type_of`` gives the abuse type of a clause."""
    if not candidate.where:
        return None
    known = dict(candidate.where)
    if "clause" in known:
        known.setdefault("abuse_type", type_of.get(known["clause"], ""))
    return next((gap for gap in gaps if _covers(gap, known)), None)


def _covers(gap: Gap, known: Mapping[str, str]) -> bool:
    if gap.matching is None:
        return False
    told = [name for name in gap.matching.chosen() if name in DIMENSIONS and name not in BESIDE]
    narrowed = set(gap.matching.chosen()) - {"segment", "sort", "zone", *BESIDE, *told}
    if not told or any(not name.endswith(("_from", "_to")) for name in narrowed):
        return False
    return all(known.get(name) in gap.matching.values(name) for name in told)


def covers_all(wide: CaseFilter, narrow: CaseFilter) -> bool:
    """True when a filter of dimensions alone has every case of another one."""
    for name, values in wide.chosen().items():
        if name in {"segment", "sort", "zone"}:
            continue
        inside = narrow.chosen().get(name)
        if not isinstance(values, tuple) or not isinstance(inside, tuple):
            return False
        if not set(inside) <= set(values):
            return False
    return True


def same_cases(one: frozenset[int], other: frozenset[int], share: float) -> bool:
    """True when most cases of the one or the other cluster are in both."""
    smaller = min(len(one), len(other))
    return bool(smaller) and len(one & other) >= share * smaller


def is_new_evidence(act: CandidateAct, since: int, rules: MiningRules) -> bool:
    """Whether a dismissed candidate comes back: enough cases came since, and it is found again."""
    return since >= max(rules.evidence.least_cases, act.count_then * rules.evidence.share)


def why_not_act(
    act: Act, reason: str, standing: CandidateAct | None, rules: MiningRules
) -> Refused | None:
    """Why this cannot be done with a candidate now; None when it can."""
    if standing is not None:
        done = "dismissed" if standing.act is Act.DISMISS else "filed"
        return Conflict(
            f"This candidate was {done} by {standing.by} before.", hint="Take that back first."
        )
    if act is Act.DISMISS and not reason.strip():
        return Refused("A dismissal needs a reason.", hint="Say why this is no gap.")
    if len(reason) > rules.longest_reason:
        return Refused(
            "The reason is too long.", hint=f"Use at most {rules.longest_reason} characters."
        )
    return None
