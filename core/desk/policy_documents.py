"""Brings fetched versions of policy documents in and takes imports back; each act is an audit entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.access.model import Person
from core.access.rules import require
from core.audit.model import Draft
from core.desk.boot import Desk
from core.desk.policy_plan import Batch, Planner, twins_after
from core.errors import BadInput
from core.intake.policy_names import DocumentName
from core.intake.policy_sources import ARCHIVE, FOLDER, Item, PassedOver, open_policy_source
from core.intake.policy_texts import FetchedFault, FetchedText
from core.policy.model import Kind
from core.policy.rules import PolicyRules, policy_rules
from core.storage import policy_documents as reads
from core.storage import policy_versions as book
from core.storage.policy_documents import (
    PolicyCount,
    PolicyDocument,
    PolicyImport,
    PolicyReject,
)
from core.storage.policy_versions import DocumentPlan, ImportFacts

Progress = Callable[[float, str], None]
READING, JUDGING = 0.3, 0.95  # shares of the time, as measured
SHOWN_NAMES = 3


@dataclass(frozen=True, slots=True)
class PolicyImportResult:
    """What became of an input: versions by outcome, and what was refused."""

    ref: str  # '' when nothing in it was new
    source: str
    count: PolicyCount
    documents: tuple[str, ...]  # with new versions
    rejects: tuple[PolicyReject, ...]
    notes: tuple[str, ...]


def import_policy(
    desk: Desk,
    person: Person,
    path: Path,
    *,
    service: str = "",
    document: str = "",
    progress: Progress | None = None,
) -> PolicyImportResult:
    """Keep the versions in a folder, archive or git repository; the same again changes nothing.

    In a repository ``service`` and ``document`` narrow to one of many; elsewhere they name it.
    """
    require(person, "policy.write")
    tell = progress or _silent
    given = DocumentName(service.strip(), document.strip())
    source = open_policy_source(path, given, desk.settings, policy_rules(), desk.clock.now())
    return _take(desk, person, source.items(), Origin(source.kind, path.name), tell)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where versions came from, for the history."""

    source: str
    name: str


def keep_versions(
    desk: Desk, person: Person, versions: Iterable[FetchedText], origin: Origin
) -> PolicyImportResult:
    """Keep versions that are at hand already, as an import does."""
    require(person, "policy.write")
    return _take(desk, person, versions, origin, _silent)


def _take(
    desk: Desk, person: Person, items: Iterable[Item], origin: Origin, tell: Progress
) -> PolicyImportResult:
    rules = policy_rules()
    batch, faults, passed = _read(items, tell)
    if not (batch.read or faults):
        raise _nothing(origin.name, passed)
    plans = _plans(desk, rules, batch, origin, tell)
    found = _outcome(batch, plans, faults)
    ref = ""
    if any(plan.new for plan in plans):
        facts = ImportFacts(origin.source, origin.name, person.username)
        ref = _keep(desk, facts, batch, plans, found, rules)
    tell(1.0, "done")
    names = tuple(str(plan.document) for plan in plans if plan.new)
    return PolicyImportResult(ref, origin.source, found.count, names, found.rejects, _notes(passed))


def undo_policy_import(desk: Desk, person: Person, ref: str) -> int:
    """Take an import back; later versions are judged anew without it. Gives how many versions went."""
    require(person, "policy.write")
    rules = policy_rules()
    with desk.store.read() as connection:
        found = reads.policy_import_by_ref(connection, ref)
        documents = book.documents_of(connection, found.id)
        lines = [book.line_of(connection, document) for document in documents]
        planner = Planner(desk, rules, book.clause_texts(connection), {}, _no_step)
    gone = frozenset(row.id for line in lines for row in line if row.import_id == found.id)
    plans = [planner.plan(document, gone=gone) for document in documents]
    groups = twins_after(desk, plans, rules)
    with desk.store.write(Draft(person.username, "policy.undo", ref)) as write:
        for plan in plans:
            book.write_document(write, found.id, plan)
        book.write_twins(write, groups)
        book.end_import(write, ref)
        write.details["versions"] = len(gone)
    return len(gone)


def list_policy_imports(desk: Desk, person: Person) -> tuple[PolicyImport, ...]:
    """The imports so far, the last first."""
    require(person, "policy.read")
    with desk.store.read() as connection:
        return reads.policy_imports(connection)


def list_policy_documents(desk: Desk, person: Person) -> tuple[PolicyDocument, ...]:
    """The documents of which versions are kept."""
    require(person, "policy.read")
    with desk.store.read() as connection:
        return reads.policy_documents(connection)


def policy_import_rejects(desk: Desk, person: Person, ref: str) -> tuple[PolicyReject, ...]:
    """What an import could not take as a version."""
    require(person, "policy.read")
    with desk.store.read() as connection:
        return reads.policy_rejects(connection, reads.policy_import_by_ref(connection, ref).id)


@dataclass(frozen=True, slots=True)
class _Outcome:
    count: PolicyCount
    rejects: tuple[PolicyReject, ...]


def _silent(_share: float, _what: str) -> None:
    """Nobody watches."""


def _no_step() -> None:
    """Nobody counts."""


def _read(items: Iterable[Item], tell: Progress) -> tuple[Batch, list[PolicyReject], list[str]]:
    batch = Batch()
    faults: list[PolicyReject] = []
    passed: list[str] = []
    for item in items:
        match item:
            case FetchedText():
                batch.add(item)
            case FetchedFault():
                faults.append(PolicyReject(item.name, item.reason, item.hint))
            case PassedOver():
                passed.append(item.name)
        # How many there are is only known at the end; the bar comes nearer and nearer to its share.
        tell(READING * batch.read / (batch.read + 100), f"{batch.read:,} versions read")
    return batch, faults, passed


def _plans(
    desk: Desk, rules: PolicyRules, batch: Batch, origin: Origin, tell: Progress
) -> list[DocumentPlan]:
    total = max(1, sum(map(len, batch.new.values())))
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        share = READING + (JUDGING - READING) * min(1.0, done / total)
        tell(share, f"{done:,} of {total:,} versions compared")

    with desk.store.read() as connection:
        clauses = book.clause_texts(connection)
    planner = Planner(desk, rules, clauses, batch.packed, step)
    ordered = origin.source != FOLDER and (origin.source != ARCHIVE or batch.is_packed_in_order)
    return [
        planner.plan(document, incoming, keeps_order=ordered)
        for document, incoming in batch.new.items()
    ]


def _outcome(
    batch: Batch, plans: Sequence[DocumentPlan], faults: Sequence[PolicyReject]
) -> _Outcome:
    verdicts = {one.verdict.key: one.verdict for plan in plans for one in plan.judged}
    new = [(v.name, verdicts[v.key]) for plan in plans for v in plan.new]
    kinds = Counter(verdict.kind for _, verdict in new)
    refused = [PolicyReject(n, v.reason, _HINT) for n, v in new if v.kind is Kind.REJECTED]
    count = PolicyCount(
        read=batch.read + len(faults),
        first=kinds[Kind.FIRST],
        change=kinds[Kind.CHANGE],
        noise=kinds[Kind.NOISE],
        revert=kinds[Kind.REVERT],
        duplicate=kinds[Kind.DUPLICATE],
        rejected=len(faults) + kinds[Kind.REJECTED],
        known=batch.read - len(new),
    )
    return _Outcome(count, (*faults, *refused))


def _keep(
    desk: Desk,
    facts: ImportFacts,
    batch: Batch,
    plans: Sequence[DocumentPlan],
    found: _Outcome,
    rules: PolicyRules,
) -> str:
    groups = twins_after(desk, plans, rules)
    needed = {one.text_hash for plan in plans for one in plan.new}
    with desk.store.write(Draft(facts.by, "policy.import", "policy")) as write:
        import_id, ref = book.add_import(write, facts, found.count)
        book.add_texts(write, {h: p for h, p in batch.packed.items() if h in needed})
        for plan in plans:
            book.write_document(write, import_id, plan)
        book.add_rejects(write, import_id, found.rejects)
        book.write_twins(write, groups)
    return ref


_HINT = "if the next version is as short, both are taken"


def _notes(passed: Sequence[str]) -> tuple[str, ...]:
    if not passed:
        return ()
    named = ", ".join(passed[:SHOWN_NAMES])
    more = f" and {len(passed) - SHOWN_NAMES} more" if len(passed) > SHOWN_NAMES else ""
    return (f"Passed over as no version of a document: {named}{more}.",)


def _nothing(name: str, passed: Sequence[str]) -> BadInput:
    seen = f"{len(passed)} other files" if passed else "nothing"
    return BadInput(
        f"No version of a policy document was found, only {seen}.",
        at=name,
        hint="texts named like 2026-03-14_terms.md, or Service/Document.md in a repository",
    )
