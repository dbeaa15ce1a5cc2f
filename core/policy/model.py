"""What a policy document consists of, and what is told of one fetched version of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Path = tuple[str, ...]  # the headings from the top of the document down to a section


class Kind(StrEnum):
    """What a fetched version is, compared with those before it."""

    FIRST = "first"
    CHANGE = "change"
    NOISE = "noise"
    REVERT = "revert"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class Edit(StrEnum):
    """What happened to words, a passage or a section."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words of a passage: kept, added or removed."""

    edit: Edit
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or list item that changed; its runs in reading order."""

    edit: Edit
    runs: tuple[Words, ...]

    def text(self, side: Edit) -> str:
        """How it reads on one side: ``ADDED`` after the change, ``REMOVED`` before it."""
        return " ".join(run.text for run in self.runs if run.edit in (Edit.SAME, side))


@dataclass(frozen=True, slots=True)
class SectionChange:
    """What a version did to one section."""

    path: Path
    edit: Edit
    words_added: int
    words_removed: int
    was: Path = ()  # where it stood before, when it moved or was renamed
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class AffectedClause:
    """A clause of the register that a change touches, and why we think so."""

    clause: str
    why: str  # 'section' or 'text'
    likeness_share: float


@dataclass(frozen=True, slots=True)
class AlsoOn:
    """The same change in another document, some days before or after."""

    key: str
    service: str
    platform: str
    document: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One fetched version of a document as the feed tells it.

    ``at`` is when it was fetched, not when it took effect; ``key`` stays the same when the same
    input is taken back and brought in again.
    """

    key: str
    service: str
    platform: str  # of our list, '' when it is none of ours
    document: str
    at: datetime
    name: str  # of the file, or the commit
    kind: Kind
    reason: str  # code: why it is noise, or was rejected
    against: str = ""  # key of the version that it was compared with, or that it goes back to
    importance: str = ""
    because: tuple[str, ...] = ()  # codes of the rules that gave the importance
    abuse_types: tuple[str, ...] = ()
    words_added: int = 0
    words_removed: int = 0
    sections: tuple[SectionChange, ...] = ()
    clauses: tuple[AffectedClause, ...] = ()
    also_on: tuple[AlsoOn, ...] = field(default=())
    taken_back_at: datetime | None = None  # a later version went back to the text before this one
