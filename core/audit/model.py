"""One entry of the audit record, before and after it is chained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

# Codes, references, counts and hashes only: content and names of requesters never enter an entry.
Detail = str | int | float | bool | None | Sequence["Detail"] | Mapping[str, "Detail"]


@dataclass(frozen=True, slots=True)
class Draft:
    """What an act will be recorded as; a write cannot be started without one."""

    actor: str
    act: str  # for example 'import.run', 'case.read_restricted', 'person.disable'
    subject: str  # reference of what was acted on
    details: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """An act as recorded, chained to the entry before it."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
    details: Mapping[str, Detail]
    previous_hash: str
    hash: str
