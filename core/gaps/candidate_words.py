"""A candidate in words: which cases, why it is one, and what a gap filed from it begins with."""

from __future__ import annotations

from collections.abc import Mapping

from core.cases.filter import DIMENSIONS
from core.gaps.candidates import Candidate, matching_filter
from core.gaps.mining import Excess, Where
from core.gaps.mining_rules import MiningRules
from core.gaps.model import NewGap
from core.taxonomy import taxonomy

# In the order of the sentence.
PHRASES = {"clause": "{}", "abuse_type": "{}", "surface": "on {}", "market": "in {}"}
READ_TWO_WAYS = "because the rule allows two readings"


def slice_words(where: Where, titles: Mapping[str, str]) -> str:
    """RM-2 Match of a licensed clip on Reels in Brazil."""
    known = dict(where)
    told = [
        phrase.format(value_words(name, known[name], titles))
        for name, phrase in PHRASES.items()
        if name in known
    ]
    found = " ".join(told)
    return found[:1].upper() + found[1:]


def value_words(name: str, value: str, titles: Mapping[str, str]) -> str:
    """One value by its name; a clause with its title."""
    if name == "clause":
        return f"{value} {titles.get(value, '')}".strip()
    return taxonomy().label(DIMENSIONS[name], value)


def excess_words(found: Excess) -> str:
    """Why too many overturned decisions make it a candidate."""
    return (
        f"{found.hits:,} of {found.reviewed:,} decisions that were looked at again were "
        f"overturned, {percent(found.hits / found.reviewed)}; for cases of this kind "
        f"{percent(found.expected_share)} are usual."
    )


def unclear_words(found: Excess) -> str:
    """Why overturns that blame the rule make it one."""
    return (
        f"{found.hits:,} of {found.reviewed:,} were overturned {READ_TWO_WAYS}, "
        f"{percent(found.hits / found.reviewed)}; {percent(found.expected_share)} are usual."
    )


def why_words(candidate: Candidate) -> str:
    """Everything that speaks for it, the strongest first."""
    told = [
        excess_words(one) if one is candidate.excess else unclear_words(one)
        for one in candidate.signals
    ]
    return " ".join(told)


def range_words(found: Excess, rules: MiningRules) -> str:
    """How far the share can be told from so many cases."""
    return (
        f"true share {percent(found.low)} to {percent(found.high)} "
        f"({rules.interval * 100:.0f} % interval), "
        f"about {max(1, round(found.beyond)):,} more than usual"
    )


def strength_words(found: Excess, rules: MiningRules) -> str:
    """How sure it is that more than chance is behind it."""
    return "strong" if found.sureness >= rules.strong_from else "weak, worth a look"


def new_gap(candidate: Candidate, titles: Mapping[str, str], rules: MiningRules) -> NewGap:
    """What a gap filed from it begins with; people say it in their own words."""
    where = slice_words(candidate.where, titles)
    clause, abuse = candidate.value("clause"), candidate.value("abuse_type")
    kind = "unclear" if candidate.unclear is not None else "excess"
    head = "Rule read in two ways" if kind == "unclear" else "Decisions often overturned"
    return NewGap(
        title=f"{head}: {where}",
        statement=why_words(candidate),
        gap_type=rules.filing.gap_types[kind],
        severity=rules.filing.severity,
        abuse_types=(abuse,) if abuse else (),
        clauses=(clause,) if clause else (),
        matching=matching_filter(candidate.where),
    )


def percent(share: float) -> str:
    """A share as it is read."""
    return f"{share * 100:.0f} %"
