"""What may stand in the directory of partners and what may be done to it: pure, the time is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field

from core.access.model import Person
from core.access.permissions import is_bound_to_partners
from core.errors import BadInput, Refused
from core.reference import read_reference
from core.settings import REFERENCE_DIR
from core.taxonomy import taxonomy

Value = str | bool
# Field of a partner -> list that its value is from.
LISTED: Mapping[str, str] = {
    "category": "partner_categories",
    "tier": "tiers",
    "market": "markets",
    "language": "languages",
}
LABELS: Mapping[str, str] = {
    "name": "Name",
    "category": "Category",
    "tier": "Tier",
    "market": "Market",
    "language": "Language",
    "zone": "Time zone",
    "is_active": "Active",
}


class SpellingRules(BaseModel):
    """What makes two names alike."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shortest_typed: int = Field(ge=3)
    shortest_typed_twice: int
    shortest_word: int
    shortest_initials: int = Field(ge=2)
    longest_initials: int
    most_sharing: int = Field(ge=2)
    legal_forms: frozenset[str]
    general_words: frozenset[str]
    abbreviations: Mapping[str, str]


class DirectoryLimits(BaseModel):
    """How much fits and how long, with source and date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    longest_name: int = Field(ge=1)
    longest_handle: int = Field(ge=1)
    most_spellings: int = Field(ge=1)
    most_accounts: int = Field(ge=1)
    longest_cover_days: int = Field(ge=1)
    most_lines: int = Field(ge=1)
    most_listed: int = Field(ge=1)
    spellings: SpellingRules


@cache
def directory_limits(file: Path = REFERENCE_DIR / "partner_directory.yaml") -> DirectoryLimits:
    """The limits, read at the first call."""
    return read_reference(file, DirectoryLimits)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the directory says of a partner itself."""

    name: str
    category: str = ""
    tier: str = ""
    market: str = ""
    language: str = ""
    zone: str = ""
    is_active: bool = True

    def values(self) -> dict[str, Value]:
        """Each fact by its field."""
        return {name: getattr(self, name) for name in FIELDS}  # asdict copies deeply


FIELDS = tuple(each.name for each in fields(Facts))


def differences(old: Facts, new: Facts) -> dict[str, tuple[Value, Value]]:
    """Old and new value of each field that differs."""
    before, after = old.values(), new.values()
    return {name: (before[name], after[name]) for name in FIELDS if before[name] != after[name]}


def shown(field: str, value: Value) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    label = taxonomy().label(LISTED[field], value) if field in LISTED else value
    return label or "unknown"


def faults(new: Facts, old: Facts | None = None) -> Iterator[BadInput]:
    """What is wrong with facts; what stood there before may stay as it is."""
    values = new.values()
    checked = differences(old, new) if old else dict.fromkeys(FIELDS)
    if "name" in checked:
        yield from _name_faults(new.name)
    for field, terms in LISTED.items():
        if field in checked:
            yield from _list_faults(field, str(values[field]), terms)
    if "zone" in checked and new.zone and new.zone not in available_timezones():
        yield BadInput(
            f"There is no time zone '{new.zone}'.", at="zone", hint="such as Europe/Madrid"
        )


def spelling_fault(text: str) -> BadInput | None:
    """Why a text cannot be a name or a spelling; None when it can."""
    return next(_name_faults(text, "spelling"), None)


def account_fault(platform: str, handle: str) -> BadInput | None:
    """Why this cannot be an account; None when it can."""
    limit = directory_limits().longest_handle
    if platform not in taxonomy().platforms:
        known = ", ".join(taxonomy().platforms)
        return BadInput(f"There is no platform '{platform}'.", at="account", hint=f"one of {known}")
    if not handle.strip() or len(handle) > limit or any(c.isspace() for c in handle.strip()):
        hint = f"1 to {limit} characters without spaces"
        return BadInput(f"'{handle}' cannot be a handle.", at="account", hint=hint)
    return None


def why_not_tier_from(from_on: date, today: date, last_from_on: date | None) -> BadInput | None:
    """Why a tier cannot count from a day: not in the future, not before the last change."""
    if from_on > today:
        hint = "set it on the day; cases that come in until then keep the tier of now"
        return BadInput("A tier counts from today or earlier.", at="from", hint=hint)
    if last_from_on and from_on < last_from_on:
        hint = f"on {last_from_on.isoformat()} or later"
        return BadInput("A tier cannot begin before the one it follows.", at="from", hint=hint)
    return None


def why_not_manage(person: Person, partner_id: int) -> Refused | None:
    """Why somebody may not say who serves a partner; whoever covers does not hand it on."""
    if is_bound_to_partners(person.role) and partner_id in person.covered_ids:
        return Refused(
            "You cover this partner for a while, so its managers are not yours to change.",
            hint="Ask its partner manager or a team lead.",
        )
    return None


def why_not_serve(username: str, role: str, *, is_active: bool) -> BadInput | None:
    """Why a person cannot be a partner's manager or cover."""
    if not is_active:
        return BadInput(f"{username} may not sign in.", at="person", hint="choose somebody else")
    if not is_bound_to_partners(role):
        label = taxonomy().label("roles", role).lower()
        hint = "choose a partner manager; the others see every partner as it is"
        return BadInput(f"{username} is {label}, not a partner manager.", at="person", hint=hint)
    return None


def why_not_cover(from_at: datetime, until_at: datetime, now: datetime) -> BadInput | None:
    """Why a cover cannot run like this; its end is the first moment without it."""
    longest = directory_limits().longest_cover_days
    if until_at <= from_at:
        return BadInput("A cover ends after it begins.", at="until", hint="choose a later day")
    if until_at <= now:
        return BadInput("This cover would be over already.", at="until", hint="choose a later day")
    if until_at - from_at > timedelta(days=longest):
        hint = f"at most {longest} days; assign a manager for longer"
        return BadInput("This is too long for a cover.", at="until", hint=hint)
    return None


def why_not_merge(from_ref: str, into_ref: str) -> Refused | None:
    """Why one partner cannot be merged into another."""
    if from_ref == into_ref:
        return Refused("A partner is not merged into itself.", hint="Choose another partner.")
    return None


def _name_faults(name: str, at: str = "name") -> Iterator[BadInput]:
    longest = directory_limits().longest_name
    if not any(c.isalnum() for c in name):
        yield BadInput("A name has at least one letter or digit.", at=at, hint="type a name")
    elif len(name) > longest:
        hint = f"at most {longest} characters"
        yield BadInput(f"This name has {len(name)} characters.", at=at, hint=hint)
    elif not name.isprintable():
        yield BadInput("A name stands on one line.", at=at, hint="leave out line breaks and tabs")


def _list_faults(field: str, value: str, terms: str) -> Iterator[BadInput]:
    known: Sequence[str] = tuple(taxonomy().terms(terms))
    if (value or field == "tier") and value not in known:
        some = ", ".join(known[:6]) + (", …" if len(known) > 6 else "")
        yield BadInput(f"There is no {field} '{value}'.", at=field, hint=f"one of {some}")
