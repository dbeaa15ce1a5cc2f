"""Assesses surges, groups of cases, partners and risks by the framework, and reads who said what.

What names a partner or a case outside of the reader's scope is not found, like what does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.access.model import Person
from core.access.rules import require, scope_of
from core.audit.model import Draft
from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.errors import BadInput, Conflict, DeskError, NotFound
from core.risk.framework import (
    Assessment,
    Evidence,
    Judgement,
    Outcome,
    Override,
    assess,
    judge,
    override,
    replay,
)
from core.risk.framework_files import current_table, read_tables
from core.risk.framework_record import outcome_text
from core.risk.framework_words import history_sentence
from core.risk.register import register_rules
from core.risk.subjects import Sight, Subject, lasting
from core.storage.assessments import (
    StoredAssessment,
    add_assessment,
    add_override,
    assessment_ref,
    assessments_before,
    assessments_over,
)
from core.storage.risk_sight import of_subject, posed, seen_assessment, sight_of

LONGEST_EVIDENCE, LONGEST_SOURCE, LONGEST_REASON = 2000, 500, 2000
PIECE = 200  # rows of one look further back


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says about one point: its level, None for unknown, why, and where that stands."""

    level: str | None = None
    text: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentLine:
    """One assessment as its reader may see it; what they may not read is empty."""

    ref: str
    subject: Subject
    assessment: Assessment
    outcome: Outcome
    overrides: tuple[Override, ...]
    change: str  # what is different from the assessment before, '' for the first
    fault: str  # why judging it again does not give the same; '' when it does
    is_newest: bool
    is_erased: bool
    reads_text: bool


def subject_for(
    desk: Desk, person: Person, kind: str, key: str, title: str, filter_: CaseFilter
) -> Subject:
    """What an address asks to be assessed, as far as the person may see it; else not found."""
    require(person, "risk.read")
    with desk.store.read() as connection:
        return posed(connection, scope_of(person), kind, key, title, filter_)


def record_assessment(
    desk: Desk, person: Person, subject: Subject, said: Mapping[str, Said]
) -> str:
    """Keep an assessment by the newest table; gives its reference."""
    require(person, "risk.write")
    table = current_table()
    at = desk.clock.now()
    judgements = {key: _judgement(key, one, person, desk) for key, one in said.items()}
    made = assess(table, subject.ref, judgements, by=person.username, at=at)
    outcome = judge(table, made)
    draft = Draft(person.username, "assessment.record", "assessment", _codes(subject, outcome))
    with desk.store.write(draft) as write:
        parts = (subject.kind.value, subject.key, subject.title, subject.filter)
        subject = posed(write.connection, scope_of(person), *parts)
        ref = assessment_ref(add_assessment(write, subject, made, outcome))
        write.subject = ref
        return ref


def override_verdict(desk: Desk, person: Person, ref: str, verdict: str, reason: str) -> None:
    """Put a person's verdict in place of what the table says about the newest assessment."""
    require(person, "risk.write")
    if len(reason) > LONGEST_REASON:
        raise BadInput("That is too long", at="reason", hint=f"at most {LONGEST_REASON} characters")
    with desk.store.write(Draft(person.username, "assessment.override", ref)) as write:
        found = seen_assessment(write.connection, scope_of(person), ref)
        newest = of_subject(write.connection, found.subject)[0]
        if newest.id != found.id:
            raise Conflict(
                f"{newest.assessment.by} assessed it again as {newest.ref}.",
                hint="Read the newer assessment first; the history shows it.",
            )
        table = read_tables().get(found.assessment.version)
        if table is None:
            raise NotFound("Framework version", found.assessment.version)
        at = desk.clock.now()
        made = override(table, found.assessment, verdict, reason, by=person.username, at=at)
        outcome = judge(table, replace(found.assessment, override=made))
        add_override(write, found.id, made, outcome)
        write.details |= {"verdict": verdict, "verdict_before": found.outcome.verdict}


def history_of(desk: Desk, person: Person, subject: Subject) -> tuple[AssessmentLine, ...]:
    """All assessments of a subject that the person may see, the newest first."""
    require(person, "risk.read")
    with desk.store.read() as connection:
        found = of_subject(connection, subject)
        sight = sight_of(connection, scope_of(person), [one.subject for one in found])
    return lines_for(found, sight, together=True)


def newest_over(desk: Desk, person: Person, filter_: CaseFilter) -> AssessmentLine | None:
    """The last assessment of anything with these cases as its scope that the person may see."""
    require(person, "risk.read")
    with desk.store.read() as connection:
        found = assessments_over(connection, lasting(filter_))
        sight = sight_of(connection, scope_of(person), [one.subject for one in found])
    return next(iter(lines_for(found, sight)), None)


def recent_assessments(desk: Desk, person: Person) -> tuple[AssessmentLine, ...]:
    """The newest assessments of anything that the person may see."""
    require(person, "risk.read")
    wanted = register_rules().recent_assessments
    lines: list[AssessmentLine] = []
    before: int | None = None
    with desk.store.read() as connection:
        while len(lines) < wanted:
            piece = assessments_before(connection, before, PIECE)
            sight = sight_of(connection, scope_of(person), [one.subject for one in piece])
            lines += lines_for(piece, sight)
            if len(piece) < PIECE:
                break
            before = piece[-1].id
    return tuple(lines[:wanted])


def lines_for(
    found: Sequence[StoredAssessment], sight: Sight, *, together: bool = False
) -> tuple[AssessmentLine, ...]:
    """Those that are seen, the newest first, each against the one before it of the same subject.

    ``together`` takes all of them for the same subject, which had another name before.
    """
    seen = [one for one in found if sight.sees(one.subject)]
    earlier: dict[str, StoredAssessment] = {}
    before: dict[int, StoredAssessment | None] = {}
    for one in reversed(seen):
        name = "" if together else one.subject.ref
        before[one.id] = earlier.get(name)
        earlier[name] = one
    newest = {one.id for one in earlier.values()}
    return tuple(_line(one, before[one.id], sight, is_newest=one.id in newest) for one in seen)


def _judgement(key: str, said: Said, person: Person, desk: Desk) -> Judgement:
    text, source = said.text.strip(), said.source.strip()
    if len(text) > LONGEST_EVIDENCE or len(source) > LONGEST_SOURCE:
        hint = f"at most {LONGEST_EVIDENCE} characters, a link {LONGEST_SOURCE}"
        raise BadInput("That is too long", at=key.replace("_", " "), hint=hint)
    if source and not text:
        hint = "write what stands there and why it counts"
        raise BadInput("A link alone is no evidence", at=key.replace("_", " "), hint=hint)
    kept = (Evidence(text, source, person.username, desk.clock.now()),) if text else ()
    return Judgement(said.level, kept)


def _codes(subject: Subject, outcome: Outcome) -> dict[str, str]:
    """What the audit record keeps of an assessment: codes, no words of anybody."""
    return {
        "about": subject.kind.value,
        "verdict": outcome.verdict,
        "range": outcome.by_table.words,
        "vector": outcome.vector,
    }


def _line(
    one: StoredAssessment, before: StoredAssessment | None, sight: Sight, *, is_newest: bool
) -> AssessmentLine:
    subject, made, outcome, overrides = one.subject, one.assessment, one.outcome, one.overrides
    reads_text = sight.sees_text(subject)
    if not sight.sees_title(subject):
        subject = replace(subject, title="")
    if not reads_text:
        levels = {key: Judgement(judged.level) for key, judged in made.judgements.items()}
        overrides = tuple(replace(each, reason="") for each in overrides)
        last = overrides[-1] if overrides else None
        made = replace(made, judgements=levels, override=last)
        outcome = replace(outcome, override=last)
    return AssessmentLine(
        ref=one.ref,
        subject=subject,
        assessment=made,
        outcome=outcome,
        overrides=overrides,
        change=_change(before, one),
        fault=_fault(one),
        is_newest=is_newest,
        is_erased=one.is_erased,
        reads_text=reads_text,
    )


def _change(before: StoredAssessment | None, after: StoredAssessment) -> str:
    if before is None:
        return ""
    try:
        return history_sentence(read_tables(), before.assessment, after.assessment)
    except DeskError:
        return "The two cannot be compared, because a table of theirs is not here any more."


def _fault(one: StoredAssessment) -> str:
    """Judges it again by the table that it names; the stored text must come out, bit for bit."""
    try:
        again = outcome_text(replay(read_tables(), one.assessment))
    except DeskError as refusal:
        return refusal.message
    return "" if again == one.outcome_text else "Judged again, it comes to something else."
