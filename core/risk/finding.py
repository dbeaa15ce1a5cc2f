"""What a scan hands over: findings with their sentence as data, and what it could not see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from core.risk.scan_rules import ScanRules
from core.risk.weeked_cases import NewValue

Label = Callable[[str, str], str]  # dimension and value → what a person reads


@dataclass(frozen=True, slots=True)
class Condition:
    """One dimension of a slice and its value."""

    dimension: str
    value: str


Slice = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A slice that is folded under a finding: it rises for the same reason."""

    slice: Slice
    kin: Literal["parent", "child", "overlap"]
    count: int
    expected: float


@dataclass(frozen=True, slots=True)
class Incidents:
    """Cases of one bulk submission counted once, and whether the rise still stands then."""

    count: int
    expected: float
    stands: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A slice that rises beyond chance.

    ``expected`` contains what earlier findings of the week explain. ``chance_share`` is the share
    of quiet weeks whose highest score is above ``score``, read off the fitted law.
    ``explained_share`` is the share of the week's excess, ``None`` when the week has none.
    """

    slice: Slice
    count: int
    expected: float
    score: float
    threshold: float
    dispersion: float
    chance_share: float
    quiet_weeks: int
    explained_share: float | None
    incidents: Incidents | None
    related: tuple[Related, ...]

    @property
    def ratio(self) -> float:
        """Observed ÷ expected."""
        return self.count / self.expected

    def where(self) -> Mapping[str, str]:
        """The slice as dimension and value, as a filter of cases takes it."""
        return {c.dimension: c.value for c in self.slice}


@dataclass(frozen=True, slots=True)
class RareSlice:
    """A slice with cases that hardly expects any; listed apart, without a false-alarm rate."""

    slice: Slice
    count: int
    expected: float


@dataclass(frozen=True, slots=True)
class SmallValue:
    """A value whose expectation is so small that a threefold rise would mostly go unseen."""

    dimension: str
    value: str
    count: int
    expected: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the scan looked at; ``past_alarms`` of ``calibrated_weeks`` shows the rate it had."""

    scanned: int
    too_small: int  # of the scanned slices, those that are not detectable
    not_scanned: int  # slices with cases this week that expect too few
    calibrated_weeks: int
    past_alarms: int
    threshold: float
    highest: float  # score of this week before anything is explained
    alarm_rate: float
    why_not: str = ""  # set when there is too little history to scan


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The verdict on one week."""

    total: int
    usual_total: float
    findings: tuple[Finding, ...]
    new_values: tuple[NewValue, ...]
    rare: tuple[RareSlice, ...]
    not_detectable: tuple[SmallValue, ...]
    coverage: Coverage


class Piece(NamedTuple):
    """A part of a sentence; the names of the slice are strong."""

    text: str
    strong: bool = False


def plain_label(dimension: str, value: str) -> str:
    """The value as it is."""
    del dimension
    return value


def slice_pieces(slice_: Slice, rules: ScanRules, label: Label = plain_label) -> tuple[Piece, ...]:
    """*Impersonation* by *partner form* in *BR*: in the order of the phrases."""
    order = list(rules.phrases)
    found: list[Piece] = []
    for condition in sorted(slice_, key=lambda c: _rank(order, c.dimension)):
        phrase = rules.phrases.get(condition.dimension, rules.other_phrase)
        before, after = phrase.split("{}")
        lead = f" {before}" if found else before
        name = Piece(label(condition.dimension, condition.value), strong=True)
        found += [p for p in (Piece(lead), name, Piece(after)) if p.text]
    return tuple(found)


def sentence_pieces(
    finding: Finding, rules: ScanRules, label: Label = plain_label
) -> tuple[Piece, ...]:
    """The finding as one sentence."""
    facts = [f"{finding.count:,} against {_expected(finding.expected)} expected"]
    if finding.incidents is not None and finding.incidents.count < finding.count:
        facts.append(f"{finding.incidents.count:,} distinct incidents")
    facts += [
        f"{finding.ratio:.1f}×",
        f"about 1 false alarm in {finding.quiet_weeks} quiet weeks",
    ]
    tail = ": " + ", ".join(facts) + _explained(finding.explained_share)
    return (*slice_pieces(finding.slice, rules, label), Piece(tail))


def sentence(finding: Finding, rules: ScanRules, label: Label = plain_label) -> str:
    """The same in plain text, strong words between asterisks."""
    pieces = sentence_pieces(finding, rules, label)
    return "".join(f"*{p.text}*" if p.strong else p.text for p in pieces)


def _explained(share: float | None) -> str:
    if share is None:
        return ""
    if share >= 1:
        return "; explains all of this week's excess"
    return f"; explains {share * 100:.0f} % of this week's excess"


def _expected(expected: float) -> str:
    return f"{expected:,.0f}" if expected >= 10 else f"{expected:.1f}"


def _rank(order: list[str], dimension: str) -> tuple[int, str]:
    return (order.index(dimension) if dimension in order else len(order), dimension)
