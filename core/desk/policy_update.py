"""One policy update in full: what it says or changes, who confirmed it, and what it touches."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.access.model import Person
from core.access.rules import may, require
from core.desk.boot import Desk
from core.desk.policy_feed import READ, REMIND, WRITE, Book, FeedLine, read_book
from core.desk.policy_impact import Impact, impact
from core.errors import NotFound
from core.policy.compare import word_runs
from core.policy.feed import CLAUSE, DOCUMENT, Attendance, Update
from core.policy.feed_rules import ACKNOWLEDGE, feed_rules
from core.policy.model import PolicyVersion, Words
from core.storage.policy_documents import policy_version
from core.storage.policy_updates import of_document
from core.storage.reference import Clause, clauses


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """Two versions of a clause that follow each other, with the words that differ."""

    before: Clause
    after: Clause
    runs: tuple[Words, ...]
    is_retitled: bool


@dataclass(frozen=True)
class UpdateView:
    """An update as one person may read it."""

    line: FeedLine
    clause: ClauseChange | None  # of a clause version
    document: PolicyVersion | None  # of a change of a document
    attendance: Attendance | None  # by name, for who follows up on it
    impact: Impact
    newer: str  # the reference before it in the feed
    older: str
    confirms: bool
    writes: bool


def update_view(desk: Desk, person: Person, ref: str) -> UpdateView:
    """The update of a reference; a withdrawn post is still to be read."""
    require(person, READ)
    book = read_book(desk)
    update = _found(desk, book, ref)
    newer, older = _neighbours(book, update)
    with desk.store.read() as connection:
        changed = None
        if update.kind == CLAUSE:
            changed = clause_change(clauses(connection, key=update.clauses[0]), update)
        document = policy_version(connection, ref) if update.kind == DOCUMENT else None
    return UpdateView(
        line=book.line(update, person),
        clause=changed,
        document=document,
        attendance=book.attendance(ref) if may(person, REMIND) else None,
        impact=impact(desk, person, update),
        newer=newer,
        older=older,
        confirms=may(person, ACKNOWLEDGE),
        writes=may(person, WRITE),
    )


def clause_change(versions: list[Clause], update: Update) -> ClauseChange:
    """The version that an update announces, compared with the one before it."""
    place = next(i for i, one in enumerate(versions) if update.ref.endswith(f"@{one.version}"))
    return compared(versions[place - 1], versions[place])


def compared(before: Clause, after: Clause) -> ClauseChange:
    """Two versions of a clause with the words that differ."""
    is_retitled = before.title != after.title
    return ClauseChange(before, after, word_runs(before.body, after.body), is_retitled)


def _found(desk: Desk, book: Book, ref: str) -> Update:
    """An update of the feed, or a version that the feed folds away; of those nobody is asked."""
    for update in book.updates:
        if update.ref == ref:
            return update
    with desk.store.read() as connection:
        try:
            version = policy_version(connection, ref)
        except NotFound:
            raise NotFound("Policy update", ref) from None
    return replace(of_document(version, feed_rules()), roles=(), due_at=None)


def _neighbours(book: Book, update: Update) -> tuple[str, str]:
    refs = [one.ref for one in book.updates if not one.withdrawn_at or one is update]
    if update.ref not in refs:
        return "", ""
    place = refs.index(update.ref)
    return refs[place - 1] if place else "", refs[place + 1] if place + 1 < len(refs) else ""
