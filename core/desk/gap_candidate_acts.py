"""Files a candidate as a gap, merges it into one, dismisses it, or takes that back."""

from __future__ import annotations

from core.access.model import Person
from core.access.rules import require, scope_of
from core.audit.model import Detail, Draft
from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.gap_candidates import (
    CandidatesView,
    SeenCandidate,
    candidates_view,
    evidence_filter,
    reach_of,
)
from core.desk.gap_links import link_cases
from core.desk.gap_writes import PROPOSE, WRITE, Seen
from core.desk.gaps import propose_gap, set_matching
from core.desk.queue import look_of
from core.errors import BadInput, NotFound, Refused
from core.gaps.candidate_words import new_gap, why_words
from core.gaps.candidates import Act, CandidateAct, covers_all, matching_filter, why_not_act
from core.gaps.mining_rules import mining_rules
from core.gaps.model import Gap, NewGap
from core.storage.gap_candidates import NewAct, add_act, end_act, standing_acts
from core.storage.gap_reads import gap_by_ref, refs_in_scope
from core.storage.mined_cases import newest_ids
from core.storage.queue import with_grants


def suggested_gap(view: CandidatesView, seen: SeenCandidate) -> NewGap:
    """What the form of a gap filed from a candidate begins with."""
    return new_gap(seen.candidate, view.clause_titles, view.rules)


def accept_candidate(desk: Desk, person: Person, key: str, new: NewGap, zone: str = "") -> str:
    """File it as a gap that matches its cases, with the newest overturned ones; gives the reference."""
    view, seen = _open(desk, person, key, Act.ACCEPT, zone)
    refs = _evidence(desk, person, view, seen)
    filing = mining_rules().filing
    matching = new.matching or matching_filter(seen.candidate.where)
    told = NewGap(**{**{n: getattr(new, n) for n in NewGap.__slots__}, "matching": matching})
    why = why_words(seen.candidate)
    ref = propose_gap(
        desk, person, told, refs, filing.strength if refs else "", why if refs else ""
    )
    _record(desk, person, seen, Act.ACCEPT, ref)
    return ref


def merge_candidate(desk: Desk, person: Person, key: str, ref: str, zone: str = "") -> int:
    """Make it part of a gap: link its newest overturned cases; gives how many are new.

    The gap matches the slice from then on, where its filter can say both; else the link of the
    candidate alone says that it is filed.
    """
    if not ref:
        raise BadInput("No gap is chosen.", at="gap", hint="choose an open gap")
    view, seen = _open(desk, person, key, Act.MERGE, zone)
    gap = _gap(desk, ref)
    if not gap.is_open:
        raise Refused(f"{ref} is closed.", hint="Open it again first, or file a new gap.")
    refs = _evidence(desk, person, view, seen)
    why = why_words(seen.candidate)
    strength = mining_rules().filing.strength
    linked = link_cases(desk, person, ref, refs, strength, why) if refs else 0
    wider = _wider(gap.matching, matching_filter(seen.candidate.where))
    if wider is not None and wider != gap.matching:
        set_matching(desk, person, Seen(ref, _gap(desk, ref).version), wider)
    _record(desk, person, seen, Act.MERGE, ref)
    return linked


def dismiss_candidate(desk: Desk, person: Person, key: str, reason: str, zone: str = "") -> None:
    """Say why it is no gap; it stays away until enough new cases speak for it."""
    require(person, WRITE)
    _, seen = _open(desk, person, key, Act.DISMISS, zone, reason)
    _record(desk, person, seen, Act.DISMISS, reason=reason.strip())


def take_back(desk: Desk, person: Person, key: str) -> None:
    """Undo what stands about a candidate; a gap that was filed from it stays."""
    require(person, WRITE)
    with desk.store.write(Draft(person.username, "gap.candidate_take_back", key)) as write:
        standing = standing_acts(write.connection).get(key)
        if standing is None:
            raise Refused("There is nothing to take back.", hint="Somebody did so before.")
        write.details["act"] = standing.act.value
        end_act(write, standing.id)


def _open(
    desk: Desk, person: Person, key: str, act: Act, zone: str, reason: str = ""
) -> tuple[CandidatesView, SeenCandidate]:
    """The candidate, when the person's own reads have it and nobody acted on it."""
    require(person, PROPOSE)
    view = candidates_view(desk, person, zone)
    seen = view.find(key)
    if seen is None:
        raise NotFound("Candidate", key)
    refusal = why_not_act(act, reason, _standing(seen), mining_rules())
    if refusal:
        raise refusal
    return view, seen


def _standing(seen: SeenCandidate) -> CandidateAct | None:
    """What stands about it; a dismissal that new evidence has overtaken does not."""
    return None if seen.is_back else seen.act


def _record(
    desk: Desk, person: Person, seen: SeenCandidate, act: Act, ref: str = "", reason: str = ""
) -> None:
    where: dict[str, Detail] = dict(seen.candidate.where)
    draft = Draft(person.username, f"gap.candidate_{act}", seen.key, {"slice": where})
    with desk.store.write(draft) as write:
        before = standing_acts(write.connection).get(seen.key)
        if before is not None and (before.id != (seen.act.id if seen.act else 0)):
            raise why_not_act(act, reason, before, mining_rules()) or Refused("Done before.")
        if before is not None:
            end_act(write, before.id)
        gap = gap_by_ref(write.connection, ref) if ref else None
        if ref:
            write.details["gap"] = ref
        add_act(
            write,
            NewAct(
                key=seen.key,
                kind="slice",
                place=dict(seen.candidate.where),
                scope=reach_of(person),
                act=act,
                count_then=seen.candidate.main.reviewed,
                gap_id=gap.id if gap else None,
                reason=reason,
            ),
        )


def _evidence(
    desk: Desk, person: Person, view: CandidatesView, seen: SeenCandidate
) -> tuple[str, ...]:
    """References of the newest cases that show it."""
    filter_ = evidence_filter(view, seen)
    look, _ = look_of(desk, person, filter_)
    with desk.snapshot.reading() as reading:
        ids = newest_ids(reading, filter_, with_grants(reading, look), view.rules.evidence_cases)
    with desk.store.read() as connection:
        return tuple(refs_in_scope(connection, scope_of(person), ids, desk.store.dialect))


def _wider(matching: CaseFilter | None, own: CaseFilter) -> CaseFilter | None:
    """A filter that has the cases of both; None where one filter cannot say that."""
    if matching is None or covers_all(own, matching):
        return own
    if covers_all(matching, own):
        return matching
    first, second = matching.chosen(), own.chosen()
    differ = [n for n in {*first, *second} if first.get(n) != second.get(n)]
    if len(differ) != 1 or not (first.get(differ[0]) and second.get(differ[0])):
        return None
    name = differ[0]
    one, other = matching.chosen()[name], own.chosen()[name]
    if not (isinstance(one, tuple) and isinstance(other, tuple)):
        return None
    return matching.but(**{name: (*one, *other)})


def _gap(desk: Desk, ref: str) -> Gap:
    with desk.store.read() as connection:
        gap = gap_by_ref(connection, ref)
    if gap is None:
        raise NotFound("Gap", ref)
    return gap
