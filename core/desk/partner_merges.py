"""Merges two partners that are one, and takes a merge back; both are previewed first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.access.model import Person, Scope
from core.access.rules import require, scope_of
from core.audit.model import Draft
from core.clock import to_micros
from core.desk.boot import Desk
from core.errors import Conflict, NotFound, Refused
from core.partners.directory_rules import why_not_manage, why_not_merge
from core.storage import partner_directory as rows
from core.storage.engine import Write
from core.storage.partner_assignments import ServedBy, managers_of
from core.storage.partner_directory import DirectoryEntry
from core.storage.partner_merges import (
    Apart,
    Merge,
    apart,
    merge_of,
    merge_rows,
    moving,
    take_apart,
)


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What would move, and who would see more or less by it."""

    gone: DirectoryEntry
    kept: DirectoryEntry
    counts: Mapping[str, int]  # rows by table; cases as the person may see them
    gaining: tuple[ServedBy, ...]  # serve the one that goes, and would serve the other


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge that was done."""

    id: int
    gone: DirectoryEntry
    kept: DirectoryEntry


@dataclass(frozen=True, slots=True)
class TakenApart:
    """A merge that was taken back, or would be."""

    gone: DirectoryEntry
    kept: DirectoryEntry
    apart: Apart


@dataclass(frozen=True, slots=True)
class MergeAsk:
    """Which partner goes into which, as both stood in the preview; a version of 0 is not checked."""

    from_ref: str
    into_ref: str
    from_version: int = 0
    into_version: int = 0


def merge_preview(desk: Desk, person: Person, from_ref: str, into_ref: str) -> MergePreview:
    """What merging two partners would move; nothing is changed."""
    require(person, "partner.write")
    scope, at = scope_of(person), to_micros(desk.clock.now())
    with desk.store.read() as connection:
        gone = rows.entry(connection, scope, from_ref)
        kept = rows.entry(connection, scope, into_ref)
        _refuse_merge(person, gone, kept)
        served = managers_of(connection, [gone.id, kept.id], at)
        counts = moving(connection, scope, gone.id, kept.id)
    serving = {each.username for each in served.get(kept.id, ())}
    gaining = [each for each in served.get(gone.id, ()) if each.username not in serving]
    return MergePreview(gone, kept, counts, tuple(gaining))


def merge_partners(desk: Desk, person: Person, ask: MergeAsk) -> Merged:
    """Move everything of one partner to another; its reference leads there from now on."""
    require(person, "partner.write")
    scope = scope_of(person)
    with desk.store.write(Draft(person.username, "partner.merge", ask.from_ref)) as write:
        gone = rows.entry(write.connection, scope, ask.from_ref)
        kept = rows.entry(write.connection, scope, ask.into_ref)
        _refuse_merge(person, gone, kept)
        for entry, version in ((gone, ask.from_version), (kept, ask.into_version)):
            if version and entry.version != version:
                raise _changed_since(entry)
        merge_id, counts = merge_rows(write, gone.id, kept.id)
        _note(write, gone, kept)
        write.details |= {"into": kept.ref, **{k: n for k, n in counts.items() if n}}
        return Merged(merge_id, gone, kept)


def undo_preview(desk: Desk, person: Person, merge_id: int) -> TakenApart:
    """What taking a merge back would do; nothing is changed."""
    require(person, "partner.write")
    scope = scope_of(person)
    with desk.store.read() as connection:
        merge = _seen(merge_of(connection, merge_id), scope, merge_id)
        both = rows.named_entries(connection, [merge.from_id, merge.into_id])
        kept = rows.entry(connection, scope, both[merge.into_id].ref)
        _refuse_undo(person, merge, kept)
        return TakenApart(both[merge.from_id], kept, apart(connection, merge, scope))


def undo_merge(desk: Desk, person: Person, merge_id: int) -> TakenApart:
    """Give a merged partner back what came from it; what was edited since keeps its edits."""
    require(person, "partner.write")
    scope = scope_of(person)
    with desk.store.write(Draft(person.username, "partner.unmerge", "")) as write:
        merge = _seen(merge_of(write.connection, merge_id), scope, merge_id)
        both = rows.named_entries(write.connection, [merge.from_id, merge.into_id])
        kept = rows.entry(write.connection, scope, both[merge.into_id].ref)
        _refuse_undo(person, merge, kept)
        done = take_apart(write, merge, scope)
        _note(write, both[merge.from_id], kept)
        write.subject = both[merge.from_id].ref
        write.details |= {
            "from": kept.ref,
            "cases": done.back,
            "changed_since": len(done.changed),
            "left_where_they_are": len(done.elsewhere),
        }
        return TakenApart(both[merge.from_id], kept, done)


def _note(write: Write, gone: DirectoryEntry, kept: DirectoryEntry) -> None:
    for entry in (gone, kept):
        rows.next_version(write, entry.id)


def _refuse_merge(person: Person, gone: DirectoryEntry, kept: DirectoryEntry) -> None:
    for refusal in (
        why_not_merge(gone.ref, kept.ref),
        why_not_manage(person, gone.id),
        why_not_manage(person, kept.id),
    ):
        if refusal:
            raise refusal


def _refuse_undo(person: Person, merge: Merge, kept: DirectoryEntry) -> None:
    if merge.undone_at is not None:
        raise Refused("This merge was taken back already.")
    if kept.id != merge.into_id:
        raise Refused(
            f"The partner was merged into {kept.ref} in the meantime.",
            hint="Take that merge back first.",
        )
    refusal = why_not_manage(person, kept.id)
    if refusal:
        raise refusal


def _seen(merge: Merge | None, scope: Scope, merge_id: int) -> Merge:
    if merge is None or (scope.partner_ids is not None and merge.into_id not in scope.partner_ids):
        raise NotFound("Merge", str(merge_id))
    return merge


def _changed_since(entry: DirectoryEntry) -> Conflict:
    who = entry.changed_by or "Somebody"
    return Conflict(
        f"{who} changed {entry.ref} since the preview, so nothing was merged.",
        hint="Look at the preview again.",
    )
