"""A mapping proposal from what a file holds: each choice with its confidence, each doubt as a question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import cast

import yaml

from core.intake.date_forms import DAY_FIRST, MONTH_FIRST, OPEN, TORN
from core.intake.limits import limits
from core.intake.mapping import FIELDS, LISTED, UNDECIDED
from core.intake.mapping_files import fitting
from core.intake.model import Table
from core.intake.moments import ISO_ZONED
from core.intake.profile import ColumnProfile, Profile, distinct_share, profile
from core.settings import REFERENCE_DIR
from core.taxonomy import taxonomy

SURE, LIKELY, GUESSED = (
    0.95,
    0.8,
    0.5,
)  # equal names, the first words of the list, words inside a name
MOMENTS = ("first_response", "resolved", "closed")
ZONED = re.compile(ISO_ZONED)
LOG_ONLY = ("event_at", "activity")
VALUED = frozenset({*LISTED, "status", "activity"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One column chosen for one place of the mapping."""

    column: str
    confidence: float
    values: dict[str, str] = field(default_factory=dict)  # '' where the meaning is not known
    why: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """All that a proposal says, before it is written down."""

    profile: Profile
    shape: str
    identity: Choice | None
    choices: dict[str, Choice]
    forms: dict[str, tuple[str, ...]]
    doubts: tuple[str, ...]
    questions: tuple[str, ...]
    fits: str  # name of a ready mapping that fits, or nothing


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    text = (REFERENCE_DIR / "intake_words.yaml").read_text(encoding="utf-8")
    read: dict[str, dict[str, list[str]]] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- builds text, lists and maps only
    return read


def _value_words() -> dict[str, dict[str, list[str]]]:
    return cast("dict[str, dict[str, list[str]]]", _words()["values"])


def null_words() -> tuple[str, ...]:
    """Texts that often stand for nothing."""
    return tuple(_words()["null_marks"])


def plain(text: str) -> str:
    """A name or value as it is compared."""
    spaced = "".join(c if c.isalnum() else " " for c in text.casefold())
    return " ".join(spaced.split())


def propose(table: Table) -> Proposal:
    """Look at a whole file and propose how to map it."""
    seen = profile(table, null_words())
    chosen = _choose(seen)
    identity, shape = _identity(seen, chosen)
    if shape == "case_per_row":
        chosen = _choose(seen, without=(*LOG_ONLY, "identity"))
    elif "received_at" not in chosen or chosen["received_at"].column == chosen["event_at"].column:
        chosen.pop("received_at", None)
    choices = {name: _with_values(name, choice, seen) for name, choice in chosen.items()}
    forms = _forms(seen, choices)
    doubts = tuple(_doubts(seen, choices, forms))
    questions = tuple(_questions(seen, identity, shape, choices, forms))
    return Proposal(
        seen, shape, identity, choices, forms, doubts, questions, fitting(table.columns)
    )


def _choose(seen: Profile, without: tuple[str, ...] = ()) -> dict[str, Choice]:
    """The best column for each place, the surest first, each column once."""
    places = [p for p in _words()["columns"] if p not in without]
    rated = sorted(
        (
            (-_confidence(place, column), rank, place, column.name)
            for rank, place in enumerate(places)
            for column in seen.columns.values()
            if _confidence(place, column)
        ),
        key=lambda r: r[:2],
    )
    chosen: dict[str, Choice] = {}
    taken: set[str] = set()
    for minus, _, place, column in rated:
        if place not in chosen and column not in taken:
            chosen[place] = Choice(column, -minus, why=f"by its name '{column}'")
            taken.add(column)
    return chosen


def _confidence(place: str, column: ColumnProfile) -> float:
    """How sure a column belongs to a place: by its name, and by how many values have a meaning."""
    by_name = _name_confidence(place, column)
    if not by_name or place not in VALUED:
        return by_name
    values = known_values(place, column)
    understood = sum(bool(v) for v in values.values()) / max(len(values), 1)
    if column.many or understood < limits().suggesting.understood_share:
        return 0.0
    return by_name * understood


def _name_confidence(place: str, column: ColumnProfile) -> float:
    words = _words()["columns"][place]
    name = plain(column.name)
    wants_moment = place in {"received_at", "event_at", *MOMENTS}
    named = name in words
    if not column.filled or wants_moment != (
        column.is_moment or (named and wants_moment and column.may_be_moment)
    ):
        return 0.0
    if named:
        return max(SURE - 0.01 * words.index(name), LIKELY)
    inside = [w for w in words if f" {w} " in f" {name} "]
    return GUESSED if inside else 0.0


def known_values(place: str, column: ColumnProfile) -> dict[str, str]:
    """The frequent values of a column with what they most likely mean, '' where nobody knows."""
    values = column.values()[: limits().suggesting.listed_values]
    return {value: meaning_of(place, value) for value in values}


def _identity(seen: Profile, chosen: dict[str, Choice]) -> tuple[Choice | None, str]:
    """The column that tells cases apart, and whether several rows share its values."""
    found = chosen.pop("identity", None)
    if found is None or seen.columns[found.column].filled < seen.row_count - seen.fault_count:
        return None, "case_per_row"
    share = distinct_share(seen.table, found.column)
    if share >= limits().suggesting.identity_share or "event_at" not in chosen:
        return found, "case_per_row"
    return found, "event_log"


def _with_values(name: str, choice: Choice, seen: Profile) -> Choice:
    if name not in VALUED:
        return choice
    return replace(choice, values=known_values(name, seen.columns[choice.column]))


def meaning_of(name: str, value: str) -> str:
    """What a value most likely means in a list, or nothing."""
    list_name = "statuses" if name in {"status", "activity"} else LISTED[name]
    folded = plain(value)
    for key, term in taxonomy().terms(list_name).items():
        if folded in {plain(key), plain(term.label)}:
            return key
    places = ("activity", "status") if name == "activity" else (name,)
    for place in places:
        told = _value_words().get(place, {})
        found = next((key for key, words in told.items() if folded in words), "")
        if found:
            return found
    return ""


def _forms(seen: Profile, choices: dict[str, Choice]) -> dict[str, tuple[str, ...]]:
    places = [p for p in choices if p in {"received_at", "event_at", *MOMENTS}]
    forms: dict[str, tuple[str, ...]] = {}
    for place in places:
        evidence = seen.columns[choices[place].column].evidence
        undecided = evidence.order in {OPEN, TORN}
        found = (UNDECIDED,) if undecided else evidence.forms(evidence.order)
        forms[choices[place].column] = found
    return forms


def _questions(
    seen: Profile,
    identity: Choice | None,
    shape: str,
    choices: dict[str, Choice],
    forms: dict[str, tuple[str, ...]],
) -> Iterator[str]:
    """What the file alone cannot tell, so that the import has to wait for an answer."""
    found = seen.table.found
    if found.doubt:
        others = ", ".join(found.doubt[:4])
        yield f"Is the text {found.encoding}, as the names suggest, or {others}?"
    if identity is None:
        yield (
            "No column identifies a case. Is it right that rows that agree in every column"
            " of the file are the same case?"
        )
    if shape == "case_per_row" and "received_at" not in choices:
        yield "Which column says when a request was received?"
    orders = {seen.columns[c].evidence.order for c in forms} & {DAY_FIRST, MONTH_FIRST}
    told = f" (other columns are {orders.pop()} first)" if len(orders) == 1 else ""
    for column in (c for c, several in forms.items() if UNDECIDED in several):
        evidence = seen.columns[column].evidence
        day, month = evidence.forms(DAY_FIRST)[0], evidence.forms(MONTH_FIRST)[0]
        example = evidence.ambiguous or evidence.first_beyond
        yield f"Is '{example}' in column '{column}' {day} or {month}?{told}"


def _doubts(
    seen: Profile, choices: dict[str, Choice], forms: dict[str, tuple[str, ...]]
) -> Iterator[str]:
    """What was assumed and should be looked at."""
    if any(_lacks_zone(seen.columns[column]) for column in forms):
        yield "The times carry no zone; UTC is assumed. State the zone of the source."
    if seen.fault_count:
        yield f"{seen.fault_count} rows cannot be read and would be rejected."
    unknown = [n for n, c in choices.items() if c.values and not all(c.values.values())]
    if unknown:
        yield f"Values without a known meaning: {', '.join(unknown)}."


def _lacks_zone(column: ColumnProfile) -> bool:
    examples = column.evidence.shapes.values()
    return any(not ZONED.search(e) and not e.replace(".", "").isdigit() for e in examples)


def is_field(place: str) -> bool:
    """True for places that are fields of a case."""
    return place in FIELDS
