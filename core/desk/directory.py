"""The directory of partners: read in scope, and changed by one audited command after the other.

Out of scope and unknown are the same; that a name is taken is told without saying by whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from core.access.model import Person
from core.access.permissions import is_bound_to_partners
from core.access.rules import may, require, scope_of
from core.audit.model import Detail, Draft
from core.clock import from_micros, to_micros
from core.desk.boot import Desk
from core.errors import BadInput, Conflict, NotFound, Refused
from core.partners.directory_rules import (
    LABELS,
    Facts,
    account_fault,
    differences,
    directory_limits,
    faults,
    shown,
    spelling_fault,
    why_not_manage,
    why_not_tier_from,
)
from core.storage import partner_directory as rows
from core.storage.engine import Write
from core.storage.fold import fold
from core.storage.partner_assignments import (
    Cover,
    ServedBy,
    covers_of,
    managers_of,
    set_managers,
)
from core.storage.partner_directory import Account, DirectoryEntry, Known, TierSince
from core.storage.partner_merges import Merge, merges_into
from core.storage.partner_picture import picture_of

CODES = ("category", "tier", "market", "language", "zone", "is_active")


@dataclass(frozen=True, slots=True)
class DirectoryLine:
    """One partner in the list."""

    entry: DirectoryEntry
    spellings: tuple[str, ...]  # besides the name
    accounts: tuple[Account, ...]
    managers: tuple[ServedBy, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """One page of the partners that a search found among those that a person may see."""

    lines: tuple[DirectoryLine, ...]
    first: int  # place of the first line among those found
    found: int
    total: int
    may_write: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Details:
    """All that the directory has about one partner."""

    entry: DirectoryEntry
    spellings: tuple[Known, ...]  # the name among them
    accounts: tuple[Account, ...]
    tiers: tuple[TierSince, ...]
    managers: tuple[ServedBy, ...]
    covers: tuple[Cover, ...]
    merges: tuple[tuple[Merge, DirectoryEntry], ...]  # with the partner that came by each
    may_write: bool
    why_not_manage: Refused | None
    at: datetime

    def is_name(self, spelling: Known) -> bool:
        """True for the spelling that is the partner's own name."""
        return spelling.folded == fold(self.entry.facts.name)


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody wants a partner to be, and what it was when they began."""

    ref: str
    version: int
    seen: Facts
    wanted: Facts
    tier_from: date | None = None  # None: from now on


def directory_view(
    desk: Desk, person: Person, text: str = "", *, first: int = 0, most: int | None = None
) -> Directory:
    """Partners by name; a search looks at names, spellings, references, accounts and managers.

    ``lines`` are those of one page: ``most`` of them from the place ``first`` on.
    """
    require(person, "partner.read")
    now, scope, wanted = desk.clock.now(), scope_of(person), fold(text)
    with desk.store.read() as connection:
        seen = picture_of(desk.store, connection).within(scope)
        serving: dict[int, tuple[ServedBy, ...]] = {}
        if wanted:
            serving = managers_of(connection, [each.entry.id for each in seen], to_micros(now))
            found = [e for e in seen if e.has(wanted) or _serves(serving, e.entry.id, wanted)]
        else:
            found = list(seen)
        first = first if first < len(found) else 0
        page = found[first : None if most is None else first + most]
        if not wanted:
            serving = managers_of(connection, [each.entry.id for each in page], to_micros(now))
    return Directory(
        lines=tuple(
            DirectoryLine(e.entry, e.others, e.accounts, serving.get(e.entry.id, ())) for e in page
        ),
        first=first,
        found=len(found),
        total=len(seen),
        may_write=may(person, "partner.write"),
        at=now,
    )


def details_view(desk: Desk, person: Person, ref: str) -> Details:
    """One partner with everything that belongs to it in the directory."""
    require(person, "partner.read")
    now = desk.clock.now()
    with desk.store.read() as connection:
        entry = rows.entry(connection, scope_of(person), ref)
        merges = merges_into(connection, entry.id)
        others = rows.named_entries(connection, [merge.from_id for merge in merges])
        managers = managers_of(connection, [entry.id], to_micros(now))
        return Details(
            entry=entry,
            spellings=rows.spellings_of(connection, [entry.id]).get(entry.id, ()),
            accounts=rows.accounts_of(connection, [entry.id]).get(entry.id, ()),
            tiers=rows.tier_history(connection, entry.id),
            managers=managers.get(entry.id, ()),
            covers=covers_of(connection, entry.id),
            merges=tuple((merge, others[merge.from_id]) for merge in merges),
            may_write=may(person, "partner.write"),
            why_not_manage=why_not_manage(person, entry.id),
            at=now,
        )


def create_partner(desk: Desk, person: Person, facts: Facts) -> DirectoryEntry:
    """Add a partner; a partner manager who does so serves it from now on."""
    require(person, "partner.write")
    facts = tidied(facts)
    raise_first(faults(facts))
    with desk.store.write(Draft(person.username, "partner.create", "")) as write:
        refuse_taken(write, facts.name)
        entry = rows.add_entry(write, facts)
        write.subject = entry.ref
        write.details |= {name: facts.values()[name] for name in CODES}
        if is_bound_to_partners(person.role) and not person.is_operator:
            set_managers(write, entry.id, [person.user_id])
        return entry


def edit_partner(desk: Desk, person: Person, edit: Edit) -> DirectoryEntry:
    """Put other facts in place of those that were seen; a newer version is shown, not overwritten."""
    require(person, "partner.write")
    wanted = tidied(edit.wanted)
    draft = Draft(person.username, "partner.edit", edit.ref)
    with desk.store.write(draft) as write:
        entry = rows.entry(write.connection, scope_of(person), edit.ref)
        if entry.version != edit.version:
            raise overtaken(entry, edit.seen)
        raise_first(faults(wanted, entry.facts))
        changed = differences(entry.facts, wanted)
        if not changed:
            raise Refused("Nothing was changed.", hint="Change a field before saving.")
        if "name" in changed:
            _rename(write, entry, wanted.name)
        if "tier" in changed:
            _set_tier(write, entry, wanted.tier, edit.tier_from)
        rows.change_facts(write, entry, wanted)
        write.details |= told(changed)
        return replace(entry, facts=wanted, version=entry.version + 1)


def add_spelling(desk: Desk, person: Person, ref: str, spelling: str) -> int:
    """Let another way to write the name lead to the partner, also in files; gives its key."""
    require(person, "partner.write")
    text = " ".join(spelling.split())
    raise_first(filter(None, [spelling_fault(text)]))
    with desk.store.write(Draft(person.username, "partner.add_spelling", ref)) as write:
        entry = rows.entry(write.connection, scope_of(person), ref)
        refuse_taken(write, text, own=entry)
        held = rows.spellings_of(write.connection, [entry.id]).get(entry.id, ())
        if len(held) >= directory_limits().most_spellings:
            raise Refused("This partner has as many spellings as fit.", hint="Remove one first.")
        rows.next_version(write, entry.id)
        return rows.add_spelling(write, entry.id, text)


def remove_spelling(desk: Desk, person: Person, ref: str, spelling_id: int) -> Known:
    """Let a spelling lead nowhere; the name itself stays. Gives what was removed."""
    require(person, "partner.write")
    with desk.store.write(Draft(person.username, "partner.remove_spelling", ref)) as write:
        entry = rows.entry(write.connection, scope_of(person), ref)
        held = rows.spellings_of(write.connection, [entry.id]).get(entry.id, ())
        known = next((each for each in held if each.id == spelling_id), None)
        if known is None:
            raise NotFound("Spelling", str(spelling_id))
        if _is_name(known, entry):
            raise Refused("The name is always a spelling.", hint="Change the name instead.")
        rows.remove_spelling(write, known.id)
        rows.next_version(write, entry.id)
        return known


def add_account(desk: Desk, person: Person, ref: str, platform: str, handle: str) -> int:
    """Note an account of the partner; gives its key."""
    require(person, "partner.write")
    handle = handle.strip()
    raise_first(filter(None, [account_fault(platform, handle)]))
    draft = Draft(person.username, "partner.add_account", ref, {"platform": platform})
    with desk.store.write(draft) as write:
        entry = rows.entry(write.connection, scope_of(person), ref)
        held = rows.accounts_of(write.connection, [entry.id]).get(entry.id, ())
        if any((each.platform, each.handle) == (platform, handle) for each in held):
            raise Refused("The partner has this account already.", hint="Type another handle.")
        if len(held) >= directory_limits().most_accounts:
            raise Refused("This partner has as many accounts as fit.", hint="Remove one first.")
        rows.next_version(write, entry.id)
        return rows.add_account(write, entry.id, platform, handle)


def remove_account(desk: Desk, person: Person, ref: str, account_id: int) -> Account:
    """Take an account off its partner; gives what was removed."""
    require(person, "partner.write")
    with desk.store.write(Draft(person.username, "partner.remove_account", ref)) as write:
        entry = rows.entry(write.connection, scope_of(person), ref)
        held = rows.accounts_of(write.connection, [entry.id]).get(entry.id, ())
        account = next((each for each in held if each.id == account_id), None)
        if account is None:
            raise NotFound("Account", str(account_id))
        write.details["platform"] = account.platform
        rows.remove_account(write, account.id)
        rows.next_version(write, entry.id)
        return account


def tidied(facts: Facts) -> Facts:
    """Facts with single spaces and none at the ends."""
    return replace(facts, name=" ".join(facts.name.split()), zone=facts.zone.strip())


def raise_first(found: Iterable[BadInput]) -> None:
    """Raise the first of some faults; none is fine."""
    for fault in found:
        raise fault


def refuse_taken(write: Write, name: str, own: DirectoryEntry | None = None) -> None:
    """Refuse a name that leads to a partner; to which one is nobody's business who cannot see it."""
    holder = rows.holder_of(write.connection, name)
    if holder is None:
        return
    if own is not None and holder == own.id:
        raise Refused("The partner has this spelling already.", hint="Type another one.")
    raise Conflict(
        "This name or spelling is in use already.",
        hint="Search for it; if you do not find it, ask a team lead who may see every partner.",
    )


def told(changed: Mapping[str, tuple[object, object]]) -> dict[str, Detail]:
    """Changes as the audit keeps them: the fields, and codes before and after."""
    details: dict[str, Detail] = {"fields": sorted(changed)}
    for name, (before, after) in changed.items():
        if name in CODES:
            details[name] = f"{before} -> {after}"
    return details


def overtaken(now: DirectoryEntry, seen: Facts) -> Conflict:
    """The refusal of an edit that began before somebody else's was saved, with what differs."""
    changed = differences(seen, now.facts)
    parts = [
        f"{LABELS[name].lower()} {shown(name, old)} → {shown(name, new)}"
        for name, (old, new) in changed.items()
    ]
    who = now.changed_by or "Somebody"
    what = "; ".join(parts) or "what belongs to it, none of its fields"
    return Conflict(
        f"{who} changed this partner while you were editing: {what}. Nothing was saved.",
        hint="Look at what changed, then save again.",
    )


def _rename(write: Write, entry: DirectoryEntry, name: str) -> None:
    """The old name stays a spelling, so that files which still use it lead here."""
    holder = rows.holder_of(write.connection, name)
    if holder is None:
        rows.add_spelling(write, entry.id, name)
    elif holder != entry.id:
        refuse_taken(write, name)


def _set_tier(write: Write, entry: DirectoryEntry, tier: str, from_on: date | None) -> None:
    now = from_micros(write.at)
    history = rows.tier_history(write.connection, entry.id)
    from_at = write.at
    if from_on is not None and from_on != now.date():
        last = from_micros(history[-1].from_at).date() if history else None
        fault = why_not_tier_from(from_on, now.date(), last)
        if fault:
            raise fault
        begun = to_micros(datetime.combine(from_on, time(), UTC))
        from_at = max(begun, history[-1].from_at) if history else begun
    rows.add_tier(write, entry, tier, from_at)
    write.details["tier_from"] = from_micros(from_at).date().isoformat()


def _is_name(known: Known, entry: DirectoryEntry) -> bool:
    return known.folded == fold(entry.facts.name)


def _serves(serving: Mapping[int, tuple[ServedBy, ...]], key: int, wanted: str) -> bool:
    return any(wanted in fold(f"{who.username} {who.name}") for who in serving.get(key, ()))
