"""One write on a gap: the right, the gap, the version that was seen; what it does stands elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.access.model import Person
from core.access.permissions import role_may
from core.access.rules import may, require, scope_of
from core.audit.model import Detail, Draft
from core.desk.boot import Desk
from core.errors import BadInput, Conflict, NotFound
from core.gaps.model import Gap, NewGap
from core.gaps.words import entry_words
from core.storage import gaps as rows
from core.storage import people
from core.storage.engine import Write
from core.storage.gap_reads import entries_of, gap_by_ref
from core.storage.gaps import Line
from core.storage.reference import clauses

PROPOSE, WRITE, READ = "gap.propose", "gap.write", "gap.read"


@dataclass(frozen=True, slots=True)
class Seen:
    """The gap as the person saw it; what changed since then is not written over."""

    ref: str
    version: int


@dataclass(frozen=True, slots=True)
class GapChange:
    """One open write on a gap."""

    write: Write
    gap: Gap
    person: Person

    @property
    def may_write(self) -> bool:
        """True when the person's role changes gaps of others."""
        return may(self.person, WRITE)

    def done(self, line: Line, **facts: object) -> None:
        """Change facts and put the act into the log."""
        rows.change(self.write, self.gap.id, self.gap.version, line, **facts)

    def log(self, line: Line) -> int:
        """Put an act into the log that changes no facts; gives the key of its line."""
        return rows.log(self.write, self.gap.id, self.gap.version, line)

    def tell(self, **details: Detail) -> None:
        """Add codes, references and counts to the entry of the record."""
        self.write.details |= details


@contextmanager
def adding(
    desk: Desk, person: Person, act: str, ref: str, right: str = PROPOSE
) -> Iterator[GapChange]:
    """A write that adds to a gap and writes over nothing, whatever version was seen."""
    require(person, right)
    with desk.store.write(Draft(person.username, act, ref)) as write:
        gap = gap_by_ref(write.connection, ref)
        if gap is None:
            raise NotFound("Gap", ref)
        yield GapChange(write, gap, person)


@contextmanager
def changing(
    desk: Desk, person: Person, act: str, seen: Seen, right: str = WRITE
) -> Iterator[GapChange]:
    """A write that changes facts or states; what somebody changed meanwhile is told and kept."""
    with adding(desk, person, act, seen.ref, right) as change:
        if change.gap.version != seen.version:
            raise _conflict(change, seen)
        yield change


def require_known(write: Write, new: NewGap) -> None:
    """Clauses and the owner are known to the desk, and the owner may work on gaps."""
    known = {clause.key for clause in clauses(write.connection)}
    unknown = sorted(set(new.clauses) - known)
    if unknown:
        hint = "take it from the register of clauses"
        raise BadInput(f"'{unknown[0]}' is no clause.", at="clauses", hint=hint)
    if new.owner:
        require_worker(write, new.owner, "owner")


def require_worker(write: Write, username: str, at: str) -> None:
    """Somebody who can sign in and work on gaps."""
    user = people.user_named(write.connection, username)
    if user is None or not user.is_active or not role_may(user.role, PROPOSE):
        hint = "choose somebody who works on gaps and can sign in"
        raise BadInput(f"'{username[:40]}' cannot do this.", at=at, hint=hint)


def _conflict(change: GapChange, seen: Seen) -> Conflict:
    entries = entries_of(
        change.write.connection, scope_of(change.person), change.gap.id, after=seen.version
    )
    told = [f"{entry.by} {entry_words(entry)}" for entry in reversed(entries)]
    what = "; ".join(told) or "a text was erased"
    return Conflict(
        f"{seen.ref} was changed while you looked at it: {what}.",
        hint="Nothing of yours was saved or lost. Look at the change, then save again.",
    )
