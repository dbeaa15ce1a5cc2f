"""The directory as a file: out in scope and on the record, in with a preview and as a whole.

A line names a partner by its reference, or by a spelling where it has none. An empty cell leaves
what stands, so that nothing is lost by leaving out; a dash empties it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from core.access.model import Person
from core.access.rules import require, scope_of
from core.audit.model import Detail, Draft
from core.desk.boot import Desk
from core.desk.directory_plan import STATES, PlannedLine, Planner, cells_of
from core.errors import Conflict, Refused
from core.partners.directory_lines import file_text, read_lines
from core.partners.directory_rules import differences
from core.storage import partner_directory as rows
from core.storage.engine import Write
from core.storage.fold import fold
from core.storage.partner_assignments import set_managers
from core.storage.partner_csv import Book, book_of


@dataclass(frozen=True, slots=True)
class DirectoryFile:
    """Partners as CSV; on the record before it is given."""

    file_name: str
    count: int
    text: str


@dataclass(frozen=True, slots=True)
class DirectoryPlan:
    """What a file would do; ``mark`` names exactly this, so that nothing else is brought in."""

    file_name: str
    lines: tuple[PlannedLine, ...]
    mark: str

    @property
    def counts(self) -> Mapping[str, int]:
        """How many lines come to what."""
        found = Counter(line.state for line in self.lines)
        return {state: found.get(state, 0) for state in STATES}

    @property
    def is_idle(self) -> bool:
        """True when bringing the file in would change nothing."""
        return not (self.counts["created"] or self.counts["changed"])


def export_directory(desk: Desk, person: Person) -> DirectoryFile:
    """Every partner in scope as CSV; the export is recorded."""
    require(person, "partner.read")
    require(person, "case.export")
    with desk.store.read() as connection:
        book = book_of(connection, scope_of(person), ())
    lines = [cells_of(entry, book) for entry in book.entries.values()]
    details: dict[str, Detail] = {"format": "csv", "partners": len(lines)}
    desk.store.record(Draft(person.username, "partner.export", "partners", details))
    return DirectoryFile(
        f"partners-{desk.clock.now():%Y%m%d-%H%M}Z.csv", len(lines), file_text(lines)
    )


def preview_directory(desk: Desk, person: Person, content: bytes, file_name: str) -> DirectoryPlan:
    """What a file would do, line by line; nothing is changed."""
    require(person, "partner.write")
    lines = read_lines(content, file_name)
    with desk.store.read() as connection:
        book = book_of(connection, scope_of(person), lines)
    planner = Planner(person, book, file_name)
    planned = tuple(planner.plan(line) for line in lines)
    return DirectoryPlan(file_name, planned, _mark(content, planned))


def import_directory(
    desk: Desk, person: Person, content: bytes, file_name: str, mark: str = ""
) -> DirectoryPlan:
    """Bring a file in as a whole; with the mark of a preview only what that preview showed."""
    require(person, "partner.write")
    lines = read_lines(content, file_name)
    digest = hashlib.sha256(content).hexdigest()
    with desk.store.write(Draft(person.username, "partner.import", "partners")) as write:
        book = book_of(write.connection, scope_of(person), lines)
        planner = Planner(person, book, file_name)
        planned = tuple(planner.plan(line) for line in lines)
        plan = DirectoryPlan(file_name, planned, _mark(content, planned))
        if mark and mark != plan.mark:
            raise Conflict(
                "The directory has changed since the preview, so nothing was brought in.",
                hint="Look at the preview again.",
            )
        if plan.is_idle:
            raise Refused("There is nothing to bring in.", hint="Every line is as it stands.")
        _apply(write, plan, book)
        write.details |= {"sha256": digest, **plan.counts}
        return plan


def _apply(write: Write, plan: DirectoryPlan, book: Book) -> None:
    # What is taken away goes first, so that another line may have it.
    for line in plan.lines:
        if line.state == "changed":
            _take_away(write, line, book)
    for line in plan.lines:
        if line.state in {"created", "changed"}:
            _put(write, line, book)


def _take_away(write: Write, line: PlannedLine, book: Book) -> None:
    if line.entry is None or line.facts is None:
        return
    kept = {fold(line.facts.name), *(fold(text) for text in line.after.spellings)}
    for known in book.spellings.get(line.entry.id, ()):
        if known.folded not in kept:
            rows.remove_spelling(write, known.id)
    for account in book.accounts.get(line.entry.id, ()):
        if (account.platform, account.handle) not in line.after.accounts:
            rows.remove_account(write, account.id)


def _put(write: Write, line: PlannedLine, book: Book) -> None:
    if line.facts is None:
        return
    entry = line.entry
    if entry is None:
        entry = rows.add_entry(write, line.facts)
        held = {fold(line.facts.name)}
    else:
        held = {known.folded for known in book.spellings.get(entry.id, ())}
        if "tier" in differences(entry.facts, line.facts):
            rows.add_tier(write, entry, line.facts.tier, write.at)
        rows.change_facts(write, entry, line.facts)
    for text in (line.facts.name, *sorted(line.after.spellings)):
        if fold(text) not in held:
            rows.add_spelling(write, entry.id, text)
            held.add(fold(text))
    for platform, handle in sorted(line.after.accounts - line.before.accounts):
        rows.add_account(write, entry.id, platform, handle)
    if line.after.managers != line.before.managers:
        users = book.users
        set_managers(write, entry.id, [users[name].id for name in line.after.managers])


def _mark(content: bytes, planned: tuple[PlannedLine, ...]) -> str:
    told = "\n".join(
        f"{line.number} {line.state} {line.ref} {line.entry.version if line.entry else 0}"
        for line in planned
    )
    return hashlib.sha256(content + told.encode()).hexdigest()
