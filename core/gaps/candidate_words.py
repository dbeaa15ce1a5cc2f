"""A candidate in words: which cases, why it is one, and what a gap filed from it begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.cases.filter import DIMENSIONS
from core.gaps.candidates import ABSENT, UNCLEAR, AlikeTexts, Candidate, matching_filter
from core.gaps.disagreement import Disagreement
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


def people_words(found: Disagreement) -> str:
    """Why a clause that people decide differently is one."""
    return (
        f"{found.people} people took {found.decisions:,} decisions on like cases. Of the same "
        f"cases one in ten of them would overturn {percent(found.low_share)} or fewer, and one in "
        f"ten {percent(found.high_share)} or more."
    )


def people_range(found: Disagreement, rules: MiningRules) -> str:
    """How far that can be told from so many decisions."""
    return (
        f"between these two lie {found.width_low * 100:.0f} to {found.width_high * 100:.0f} "
        f"points ({rules.people.interval * 100:.0f} % interval)"
    )


def texts_words(found: AlikeTexts, rules: MiningRules) -> str:
    """Why alike texts are one."""
    what = {
        UNCLEAR: f"were overturned {READ_TWO_WAYS}",
        ABSENT: "could not be acted on or were decided without a clause",
    }[found.kind]
    days = rules.texts.trend_days
    severe = (
        f" {found.severe:,} of them are {' or '.join(rules.texts.severe)}." if found.severe else ""
    )
    return (
        f"{len(found.case_ids):,} cases with alike texts {what}; {found.recent:,} in the last "
        f"{days} days, {found.before:,} in the {days} days before.{severe}"
    )


def texts_title(found: AlikeTexts, titles: Mapping[str, str]) -> str:
    """A cluster by its terms, or without them."""
    head = {UNCLEAR: "Unclear rule", ABSENT: "No rule applies"}[found.kind]
    if found.terms:
        return f"{head}: {', '.join(found.terms)}"
    about = value_words("clause", found.clause, titles) if found.clause else "several clauses"
    return f"{head}: alike texts under {about}"


def why_words(candidate: Candidate, titles: Mapping[str, str], rules: MiningRules) -> str:
    """Everything that speaks for it, the strongest first."""
    if candidate.people is not None:
        return people_words(candidate.people)
    if candidate.texts is not None:
        return texts_words(candidate.texts, rules)
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


def title_words(candidate: Candidate, titles: Mapping[str, str]) -> str:
    """What it is called on the screen."""
    if candidate.texts is not None:
        return texts_title(candidate.texts, titles)
    return slice_words(candidate.where, titles)


def new_gap(candidate: Candidate, titles: Mapping[str, str], rules: MiningRules) -> NewGap:
    """What a gap filed from it begins with; people say it in their own words.

    Terms of texts are left out: a title is read by people who may not read texts.
    """
    clause, abuse = candidate.value("clause"), candidate.value("abuse_type")
    shown = candidate
    if candidate.texts is not None:
        clause = candidate.texts.clause
        shown = replace(candidate, texts=replace(candidate.texts, terms=()))
    kind, head = _kind(candidate)
    title = title_words(shown, titles)
    return NewGap(
        title=f"{head}: {title}" if head else title,
        statement=why_words(candidate, titles, rules),
        gap_type=rules.filing.gap_types[kind],
        severity=rules.filing.severity,
        abuse_types=(abuse,) if abuse else (),
        clauses=(clause,) if clause else (),
        matching=matching_filter(candidate.where) if candidate.where else None,
    )


def _kind(candidate: Candidate) -> tuple[str, str]:
    """Which type of gap it suggests, and how its title begins."""
    if candidate.texts is not None:
        return ("unclear" if candidate.texts.kind == UNCLEAR else "texts"), ""
    if candidate.people is not None:
        return "people", "People decide like cases differently"
    if candidate.unclear is not None:
        return "unclear", "Rule read in two ways"
    return "excess", "Decisions often overturned"


def percent(share: float) -> str:
    """A share as it is read."""
    return f"{share * 100:.0f} %"
