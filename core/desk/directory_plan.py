"""What a file would do to the directory, line by line: a line is done as a whole or rejected.

Works on a picture of the directory, so that the preview and the import judge in the same way.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal

from core.access.model import Person
from core.access.permissions import is_bound_to_partners
from core.errors import BadInput, DeskError
from core.partners.directory_lines import NO, YES, Line, joined
from core.partners.directory_rules import (
    FIELDS,
    Facts,
    account_fault,
    differences,
    directory_limits,
    faults,
    shown,
    spelling_fault,
    why_not_manage,
    why_not_serve,
)
from core.storage.directory import UNMANAGED
from core.storage.fold import fold
from core.storage.partner_csv import Book
from core.storage.partner_directory import DirectoryEntry, Known

State = Literal["created", "changed", "unchanged", "rejected"]
STATES: tuple[State, ...] = ("created", "changed", "unchanged", "rejected")


@dataclass(frozen=True, slots=True)
class Held:
    """What belongs to a partner besides its facts, as sets of words."""

    spellings: frozenset[str] = frozenset()  # besides the name
    accounts: frozenset[tuple[str, str]] = frozenset()
    managers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """What one line comes to; ``fault`` says why it is rejected, with place and hint."""

    number: int
    state: State
    ref: str
    name: str
    changes: tuple[tuple[str, str, str], ...] = ()  # field, before, after, in words
    entry: DirectoryEntry | None = None
    facts: Facts | None = None
    before: Held = field(default_factory=Held)
    after: Held = field(default_factory=Held)
    fault: DeskError | None = None


class Planner:
    """Judges the lines of one file in their order; what a line takes is taken for those after it."""

    def __init__(self, person: Person, book: Book, file_name: str) -> None:
        self._person = person
        self._book = book
        self._file_name = file_name
        self._by_id = {entry.id: entry for entry in book.entries.values()}
        self._seen: dict[str, int] = {}  # reference -> line
        self._claimed: dict[str, int] = {}  # folded spelling -> line

    def plan(self, line: Line) -> PlannedLine:
        """What a line comes to."""
        try:
            return self._planned(line)
        except DeskError as fault:
            return PlannedLine(
                number=line.number,
                state="rejected",
                ref=line.text("ref") or "",
                name=line.text("name") or "",
                fault=fault,
            )

    def _planned(self, line: Line) -> PlannedLine:
        entry = self._entry(line)
        before = self._held(entry) if entry else Held()
        facts = self._facts(line, entry)
        for fault in faults(facts, entry.facts if entry else None):
            raise self._placed(line, fault)
        after = self._wanted(line, entry, before, facts)
        changes = _changes(entry.facts if entry else None, facts, before, after)
        self._claim(line, facts, after)
        state: State = "unchanged" if entry and not changes else "changed" if entry else "created"
        return PlannedLine(
            number=line.number,
            state=state,
            ref=entry.ref if entry else "",
            name=facts.name,
            changes=changes,
            entry=entry,
            facts=facts,
            before=before,
            after=after,
        )

    def _entry(self, line: Line) -> DirectoryEntry | None:
        ref, name = line.text("ref") or "", line.text("name") or ""
        entry: DirectoryEntry | None
        if ref:
            entry = self._book.entries.get(ref)
            if entry is None and ref in self._book.merged:
                words = f"{ref} was merged into {self._book.merged[ref]}."
                raise self._bad(line, "ref", words, "leave the line out, or take the merge back")
            if entry is None:
                raise self._bad(line, "ref", f"Partner {ref} was not found.", "check the reference")
        else:
            entry = self._by_id.get(self._book.holders.get(fold(name), 0))
        if entry is None:
            return None
        if entry.ref in self._seen:
            words = f"{entry.ref} stands in line {self._seen[entry.ref]} already."
            raise self._bad(line, "ref", words, "keep one of the lines")
        self._seen[entry.ref] = line.number
        version = line.text("version") or ""
        if version and version != str(entry.version):
            who = entry.changed_by or "Somebody"
            words = f"{who} has changed {entry.ref} since this file was written."
            raise self._bad(line, "version", words, "export again and repeat your change there")
        return entry

    def _held(self, entry: DirectoryEntry) -> Held:
        book, own = self._book, fold(entry.facts.name)
        return Held(
            frozenset(_text(k) for k in book.spellings.get(entry.id, ()) if k.folded != own),
            frozenset((a.platform, a.handle) for a in book.accounts.get(entry.id, ())),
            book.managers.get(entry.id, frozenset()),
        )

    def _facts(self, line: Line, entry: DirectoryEntry | None) -> Facts:
        facts = entry.facts if entry else Facts("", tier=UNMANAGED)
        named = {name: line.text(name) for name in FIELDS if name != "is_active"}
        found = {name: text for name, text in named.items() if text is not None}
        if not line.text("ref") and entry:
            found.pop("name", None)  # the line names it by a spelling, which is no other name
        for kept in ("name", "tier"):
            if not found.get(kept):
                found.pop(kept, None)
        is_active = self._switch(line, facts.is_active)
        stand = facts.values()
        for name, text in found.items():
            tidy = " ".join(text.split())
            found[name] = str(stand[name]) if tidy == " ".join(str(stand[name]).split()) else tidy
        return replace(facts, **found, is_active=is_active)

    def _switch(self, line: Line, before: bool) -> bool:
        text = (line.text("active") or "").lower()
        if text and text not in YES | NO:
            raise self._bad(line, "active", f"'{text}' is neither yes nor no.", "write yes or no")
        return text in YES if text else before

    def _wanted(self, line: Line, entry: DirectoryEntry | None, before: Held, facts: Facts) -> Held:
        spellings = line.values("spellings")
        accounts = line.values("accounts")
        managers = line.values("managers")
        wanted = Held(
            before.spellings
            if spellings is None
            else self._spellings(line, spellings, facts, before),
            before.accounts if accounts is None else self._accounts(line, accounts),
            before.managers if managers is None else frozenset(managers),
        )
        self._check_names(line, entry, facts, wanted)
        if entry is None and is_bound_to_partners(self._person.role):
            wanted = replace(wanted, managers=wanted.managers | {self._person.username})
        if wanted.managers != before.managers:
            self._check_managers(line, entry, before, wanted)
        return wanted

    def _spellings(
        self, line: Line, texts: Collection[str], facts: Facts, before: Held
    ) -> frozenset[str]:
        # One that stands there already is taken as it is written there.
        known = {fold(text): text for text in before.spellings}
        tidy = {known.get(fold(text), " ".join(text.split())) for text in texts}
        for text in sorted(tidy):
            fault = spelling_fault(text)
            if fault:
                raise self._placed(line, fault)
        if len(tidy) > directory_limits().most_spellings:
            raise self._bad(line, "spellings", "There are too many spellings.", "leave some out")
        return frozenset(text for text in tidy if fold(text) != fold(facts.name))

    def _accounts(self, line: Line, texts: Collection[str]) -> frozenset[tuple[str, str]]:
        found = set()
        for text in texts:
            platform, _, handle = text.partition(":")
            fault = account_fault(platform.strip(), handle.strip())
            if fault:
                raise self._placed(line, fault)
            found.add((platform.strip(), handle.strip()))
        if len(found) > directory_limits().most_accounts:
            raise self._bad(line, "accounts", "There are too many accounts.", "leave some out")
        return frozenset(found)

    def _check_names(
        self, line: Line, entry: DirectoryEntry | None, facts: Facts, wanted: Held
    ) -> None:
        for text in (facts.name, *sorted(wanted.spellings)):
            holder, taken = self._book.holders.get(fold(text)), self._claimed.get(fold(text))
            if taken is not None:
                words = f"'{text}' is taken by line {taken}."
                raise self._bad(line, "name", words, "a spelling leads to one partner")
            if holder is not None and (entry is None or holder != entry.id):
                hint = "a spelling leads to one partner; merge the two if they are one"
                raise self._bad(line, "name", f"'{text}' is in use already.", hint)

    def _check_managers(
        self, line: Line, entry: DirectoryEntry | None, before: Held, wanted: Held
    ) -> None:
        person = self._person
        refusal = why_not_manage(person, entry.id) if entry else None
        if refusal:
            raise self._bad(line, "managers", refusal.message, refusal.hint)
        if is_bound_to_partners(person.role) and person.username in (
            before.managers - wanted.managers
        ):
            words = "Nobody takes a partner off themselves."
            raise self._bad(line, "managers", words, "ask a team lead")
        for username in sorted(wanted.managers - before.managers):
            user = self._book.users.get(username)
            if user is None:
                hint = "write usernames, not names"
                raise self._bad(line, "managers", f"There is no person '{username}'.", hint)
            fault = why_not_serve(username, user.role, is_active=user.is_active)
            if fault:
                raise self._placed(line, fault)

    def _claim(self, line: Line, facts: Facts, after: Held) -> None:
        for text in (facts.name, *after.spellings):
            self._claimed[fold(text)] = line.number

    def _bad(self, line: Line, column: str, words: str, hint: str) -> BadInput:
        place = f"{self._file_name}, line {line.number}, {column}"
        return BadInput(words, at=place, hint=hint)

    def _placed(self, line: Line, fault: BadInput) -> BadInput:
        return self._bad(line, fault.at, fault.message, fault.hint)


def cells_of(entry: DirectoryEntry, book: Book) -> dict[str, str]:
    """A partner as a line of a file; read back as it is, it changes nothing."""
    facts, own = entry.facts, fold(entry.facts.name)
    spellings = [_text(k) for k in book.spellings.get(entry.id, ()) if k.folded != own]
    accounts = [f"{a.platform}:{a.handle}" for a in book.accounts.get(entry.id, ())]
    return {
        "ref": entry.ref,
        **{name: str(value) for name, value in facts.values().items() if name != "is_active"},
        "active": "yes" if facts.is_active else "no",
        "managers": joined(sorted(book.managers.get(entry.id, ()))),
        "spellings": joined(spellings),
        "accounts": joined(accounts),
        "version": str(entry.version),
    }


def _changes(
    old: Facts | None, new: Facts, before: Held, after: Held
) -> tuple[tuple[str, str, str], ...]:
    blank = Facts("", tier="")
    found = [
        (name, shown(name, was) if old else "", shown(name, now))
        for name, (was, now) in differences(old or blank, new).items()
    ]
    words = {
        "managers": (before.managers, after.managers),
        "spellings": (before.spellings, after.spellings),
        "accounts": (_handles(before), _handles(after)),
    }
    for name, (had, has) in words.items():
        if had != has:
            found.append((name, ", ".join(sorted(had - has)), ", ".join(sorted(has - had))))
    return tuple(found)


def _text(known: Known) -> str:
    return known.spelling or known.folded


def _handles(held: Held) -> frozenset[str]:
    return frozenset(f"{platform}:{handle}" for platform, handle in held.accounts)
