"""The mapping file: how the columns and values of one source become cases and events of the desk.

Every scalar of the YAML is read as text, so that ``No``, ``NA`` and ``1`` stay what they look like.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from core.sla.model import PUBLIC_REPLIES, REPLIES_NOT_RECORDED, UPDATES_NOT_RECORDED
from core.taxonomy import taxonomy

Wins = Literal["first", "last", "history"]
UNDECIDED = "ask"  # stands in a proposal where the file alone cannot tell

# Fields whose values come from a list of the vocabulary, and the name of that list.
LISTED = {
    "channel": "channels",
    "source_type": "source_types",
    "requester_kind": "requester_kinds",
    "platform": "platforms",
    "surface": "surfaces",
    "abuse_type": "abuse_types",
    "tier": "tiers",
    "market": "markets",
    "priority": "priorities",
    "outcome": "outcomes",
    "overturn_reason": "overturn_reasons",
    "enforcement_action": "enforcement_actions",
    "restriction": "restriction_levels",
}
NAMES = ("partner", "team", "assignee", "requester_name")  # runs of blanks inside count as one
FIELDS = (
    *LISTED,
    "clause",
    *NAMES,
    "language",
    "calendar",
    "csat",
    "legal_hold",
    "title",
    "summary",
    "requester_contact",
)
EVENT_OF_CHANGE = {  # fields whose later changes are events of their own kind
    "priority": "priority",
    "tier": "tier",
    "requester_kind": "requester_kind",
    "calendar": "calendar",
    "assignee": "assigned",
    "team": "transferred",
}
FIRST_RESPONSE = "first_response"
IGNORE = "ignore"


def _rule(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Part(BaseModel):
    """What all parts of a mapping share: unknown keys are mistakes, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FileRule(Part):
    """How to read the file where it does not say so itself; empty means: find out."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    records: str = ""  # JSON: dotted path to the list of cases
    header_line: int = Field(default=1, ge=1)


class FieldRule(Part):
    """Where one field of the case comes from, and what its values mean."""

    column: str = ""
    constant: str = ""
    template: str = ""  # text with {column} places
    values: dict[str, str] = Field(default_factory=dict)
    otherwise: str = ""  # for values that the map lacks: keep, reject, unknown, or a value
    wins: Wins | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if sum(map(bool, (self.column, self.constant, self.template))) != 1:
            msg = "name exactly one of column, constant or template"
            raise ValueError(msg)
        return self


class Identity(Part):
    """What makes two rows speak of the same case."""

    column: str = ""
    hash_of: tuple[str, ...] = ()
    # Rows that agree in all hashed columns: the same thing told again, or different cases?
    repeats: Literal["copies", "distinct"] = "copies"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.column) == bool(self.hash_of):
            msg = "name either one column or the columns to hash"
            raise ValueError(msg)
        if self.column and self.repeats == "distinct":
            msg = "an identity column cannot repeat as distinct cases"
            raise ValueError(msg)
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it rests on."""
        return self.hash_of or (self.column,)


class Times(Part):
    """How moments are written: per column, or one form for all of them."""

    zone: str = "UTC"
    format: Annotated[tuple[str, ...], BeforeValidator(_several)] = ("auto",)
    formats: dict[str, Annotated[tuple[str, ...], BeforeValidator(_several)]] = Field(
        default_factory=dict
    )

    def of(self, column: str) -> tuple[str, ...]:
        """The forms that a column may be written in."""
        return self.formats.get(column, self.format)


class StatusRule(Part):
    """The column that tells the state of a case, and what its values mean."""

    column: str
    values: dict[str, str] = Field(default_factory=dict)
    otherwise: str = "reject"
    since: str = ""  # case-per-row: the column that says since when


class Activities(Part):
    """The column that tells what happened in a row, and which kinds of event that is."""

    column: str
    values: dict[str, Annotated[tuple[str, ...], BeforeValidator(_several)]]
    otherwise: str = "attribute"


class Events(Part):
    """Event logs: when each row happened, by whom, and what it was."""

    at: str
    actor: str = ""
    text: str = ""
    order: Literal["time", "file"] = "time"
    final: tuple[str, ...] = ()  # statuses that are never left again, whatever rows follow
    activities: Activities | None = None


class EntityRule(Part):
    """A column that names a linkable thing."""

    kind: str
    column: str
    separator: str = ""


class Mapping(Part):
    """One mapping file."""

    name: str
    about: str = ""
    source: str
    shape: Literal["case_per_row", "event_log"]
    file: FileRule = FileRule()
    null_marks: tuple[str, ...] = ("",)
    identity: Identity
    times: Times = Times()
    received_at: str = ""  # empty: the first event of the case
    fields: dict[str, Annotated[FieldRule, BeforeValidator(_rule)]] = Field(default_factory=dict)
    wins: Wins = "last"
    status: StatusRule | None = None
    moments: dict[str, str] = Field(default_factory=dict)
    events: Events | None = None
    history: tuple[str, ...] = ()
    entities: tuple[EntityRule, ...] = ()
    questions: tuple[str, ...] = ()  # what a proposal leaves open

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        problems = _problems(self)
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def wins_of(self, field: str) -> Wins:
        """Which of several values of a case is the case's own."""
        rule = self.fields.get(field)
        return rule.wins if rule and rule.wins else self.wins

    def time_columns(self) -> tuple[str, ...]:
        """Columns that hold moments, each once."""
        since = self.status.since if self.status else ""
        at = self.events.at if self.events else ""
        named = (self.received_at, at, since, *self.moments.values())
        return tuple(dict.fromkeys(c for c in named if c))

    @property
    def left_out(self) -> str:
        """What the source does not record of the conversation, '' when it records all of it."""
        told = set(self.moments)
        if self.events and self.events.activities:
            told |= {m for several in self.events.activities.values.values() for m in several}
        if told & PUBLIC_REPLIES:
            return ""
        return UPDATES_NOT_RECORDED if FIRST_RESPONSE in told else REPLIES_NOT_RECORDED

    def columns(self) -> dict[str, str]:
        """Every column that the mapping needs, with the place in the mapping that names it."""
        needed = dict.fromkeys(self.identity.columns, "identity")
        needed |= {self.received_at: "received_at"} if self.received_at else {}
        for name, rule in self.fields.items():
            needed |= dict.fromkeys(rule_columns(rule), f"fields.{name}")
        needed |= {c: f"moments.{m}" for m, c in self.moments.items()}
        if self.status:
            needed[self.status.column] = "status"
        if self.events:
            named = (self.events.at, self.events.actor, self.events.text)
            needed |= {c: "events" for c in named if c}
            if self.events.activities:
                needed[self.events.activities.column] = "events.activities"
        needed |= dict.fromkeys(self.history, "history")
        return needed | {e.column: "entities" for e in self.entities}


def rule_columns(rule: FieldRule) -> tuple[str, ...]:
    """The columns that a field is made from."""
    if rule.template:
        return tuple(dict.fromkeys(template_columns(rule.template)))
    return (rule.column,) if rule.column else ()


def template_columns(template: str) -> list[str]:
    """The names between braces."""
    return [part.split("}", 1)[0] for part in template.split("{")[1:]]


def meanings() -> frozenset[str]:
    """What an activity or a moment can mean: a status, a kind of event, or the first response."""
    lists = taxonomy()
    return frozenset({*lists.statuses, *lists.event_kinds, FIRST_RESPONSE, IGNORE})


def _problems(mapping: Mapping) -> list[str]:
    found = [f"questions: {q}" for q in mapping.questions]
    if mapping.shape == "event_log" and not mapping.events:
        found.append("events: an event log needs the column of the moment (events.at)")
    if mapping.shape == "case_per_row" and not mapping.received_at:
        found.append("received_at: name the column that says when the request was received")
    if mapping.shape == "case_per_row" and mapping.events:
        found.append("events: only an event log has them; use moments")
    found += [f"fields.{f}: no such field" for f in mapping.fields if f not in FIELDS]
    found += [
        f"times: say how {column} is written"
        for column in mapping.time_columns()
        if UNDECIDED in mapping.times.of(column)
    ]
    return found + _unknown_values(mapping) + _unknown_meanings(mapping)


def _unknown_values(mapping: Mapping) -> list[str]:
    found: list[str] = []
    for name, rule in mapping.fields.items():
        if name not in LISTED:
            continue
        terms = taxonomy().terms(LISTED[name])
        targets = {*rule.values.values(), rule.constant} - {""}
        found += [f"fields.{name}: '{t}' is not in the list" for t in sorted(targets - set(terms))]
    return found


def _unknown_meanings(mapping: Mapping) -> list[str]:
    known, statuses = meanings(), set(taxonomy().statuses)
    found = [f"moments.{m}: unknown meaning" for m in mapping.moments if m not in known]
    if mapping.status:
        targets = set(mapping.status.values.values()) - statuses - {""}
        found += [f"status: '{t}' is not a status" for t in sorted(targets)]
    if mapping.events and mapping.events.activities:
        told: Dict[str, tuple[str, ...]] = mapping.events.activities.values
        targets = {m for several in told.values() for m in several}
        found += [f"events.activities: '{m}' has no meaning" for m in sorted(targets - known)]
    return found


Document = dict[str, Any]
