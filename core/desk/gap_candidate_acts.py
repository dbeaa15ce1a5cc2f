"""Files a candidate as a gap, merges it into one, dismisses it, or takes that back."""

from __future__ import annotations

from dataclasses import replace

from core.access.model import Person
from core.access.rules import require, scope_of
from core.audit.model import Detail, Draft
from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.gap_candidates import SeenCandidate, candidates_view, reach_of
from core.desk.gap_ground import MiningGround, mining_ground
from core.desk.gap_links import link_cases
from core.desk.gap_people import people_view
from core.desk.gap_texts import cluster_filter, texts_view
from core.desk.gap_writes import PROPOSE, WRITE, Seen
from core.desk.gaps import propose_gap, set_matching
from core.desk.queue import look_of
from core.errors import BadInput, NotFound, Refused
from core.gaps.candidate_words import new_gap, why_words
from core.gaps.candidates import (
    Act,
    CandidateAct,
    covers_all,
    matching_filter,
    why_not_act,
)
from core.gaps.mining_rules import mining_rules
from core.gaps.model import Gap, NewGap
from core.storage.engine import Write
from core.storage.gap_candidates import NewAct, add_act, end_act, standing_acts
from core.storage.gap_reads import gap_by_ref, refs_in_scope
from core.storage.mined_cases import newest_ids
from core.storage.queue import with_grants


def suggested_gap(ground: MiningGround, seen: SeenCandidate) -> NewGap:
    """What the form of a gap filed from a candidate begins with."""
    new = new_gap(seen.candidate, ground.titles, ground.rules)
    areas = tuple(area for area in map(ground.type_of.get, new.clauses) if area)
    return replace(new, abuse_types=new.abuse_types or areas)


def find_candidate(desk: Desk, person: Person, key: str, zone: str = "") -> SeenCandidate | None:
    """The candidate of that key, however it was found, when the person's own reads have it."""
    for view in (candidates_view, people_view, texts_view):
        seen = view(desk, person, zone).find(key)
        if seen is not None:
            return seen
    return None


def accept_candidate(desk: Desk, person: Person, key: str, new: NewGap, zone: str = "") -> str:
    """File it as a gap that matches its cases, with the newest overturned ones; gives the reference."""
    ground, seen = _open(desk, person, key, Act.ACCEPT, zone)
    refs = _evidence(desk, person, ground, seen)
    filing = mining_rules().filing
    own = matching_filter(seen.candidate.where) if seen.candidate.where else None
    matching = new.matching or own
    told = replace(new, matching=matching)
    why = why_words(seen.candidate, ground.titles, ground.rules)
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
    ground, seen = _open(desk, person, key, Act.MERGE, zone)
    gap = _gap(desk, ref)
    if not gap.is_open:
        raise Refused(f"{ref} is closed.", hint="Open it again first, or file a new gap.")
    refs = _evidence(desk, person, ground, seen)
    why = why_words(seen.candidate, ground.titles, ground.rules)
    strength = mining_rules().filing.strength
    linked = link_cases(desk, person, ref, refs, strength, why) if refs else 0
    where = seen.candidate.where
    wider = _wider(gap.matching, matching_filter(where)) if where else None
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
    """Undo what stands under the key of an act; a gap that was filed from it stays."""
    require(person, WRITE)
    with desk.store.write(Draft(person.username, "gap.candidate_take_back", key)) as write:
        standing = standing_acts(write.connection).get(key)
        if standing is None:
            raise Refused("There is nothing to take back.", hint="Somebody did so before.")
        write.details["act"] = standing.act.value
        end_act(write, standing.id)


def _open(
    desk: Desk, person: Person, key: str, act: Act, zone: str, reason: str = ""
) -> tuple[MiningGround, SeenCandidate]:
    """The candidate, when the person's own reads have it and nobody acted on it."""
    require(person, PROPOSE)
    seen = find_candidate(desk, person, key, zone)
    if seen is None:
        raise NotFound("Candidate", key)
    refusal = why_not_act(act, reason, _standing(seen), mining_rules())
    if refusal:
        raise refusal
    return mining_ground(desk, person, zone), seen


def _standing(seen: SeenCandidate) -> CandidateAct | None:
    """What stands about it; a dismissal that new evidence has overtaken does not."""
    return None if seen.is_back else seen.act


def _record(
    desk: Desk, person: Person, seen: SeenCandidate, act: Act, ref: str = "", reason: str = ""
) -> None:
    one = seen.candidate
    where: dict[str, Detail] = dict(one.where)
    details: dict[str, Detail] = {"kind": one.kind, "number": one.size, "slice": where}
    draft = Draft(person.username, f"gap.candidate_{act}", seen.key, details)
    with desk.store.write(draft) as write:
        _end_before(write, seen, act, reason)
        gap = gap_by_ref(write.connection, ref) if ref else None
        if ref:
            write.details["gap"] = ref
        new = NewAct(
            key=seen.key,
            kind=one.kind,
            place=dict(one.where),
            scope=reach_of(person),
            act=act,
            count_then=one.size,
            gap_id=gap.id if gap else None,
            reason=reason,
            case_ids=one.texts.case_ids if one.texts else (),
        )
        add_act(write, new)


def _end_before(write: Write, seen: SeenCandidate, act: Act, reason: str) -> None:
    """What new evidence has overtaken ends; what somebody did meanwhile is a conflict."""
    standing = standing_acts(write.connection)
    known = seen.act.key if seen.act else seen.key
    before = standing.get(known) or standing.get(seen.key)
    if before is None:
        return
    if seen.act is None or before.id != seen.act.id:
        raise why_not_act(act, reason, before, mining_rules()) or Refused("Done before.")
    end_act(write, before.id)


def _evidence(
    desk: Desk, person: Person, ground: MiningGround, seen: SeenCandidate
) -> tuple[str, ...]:
    """References of the newest cases that show it."""
    filter_ = evidence_filter(ground, seen)
    look, _ = look_of(desk, person, filter_)
    with desk.snapshot.reading() as reading:
        look, most = with_grants(reading, look), ground.rules.evidence_cases
        ids = newest_ids(reading, filter_, look, max(most, len(filter_.cases)))
    with desk.store.read() as connection:
        return tuple(refs_in_scope(connection, scope_of(person), ids, desk.store.dialect))


def evidence_filter(ground: MiningGround, seen: SeenCandidate) -> CaseFilter:
    """The cases that show a candidate best: those of its strongest signal, or all of a cluster."""
    candidate = seen.candidate
    if candidate.texts is not None:
        return cluster_filter(candidate.texts)
    if candidate.people is not None:
        return ground.reviewed_cases(candidate.where)
    if candidate.main is candidate.unclear:
        return ground.unclear_cases(candidate.main.where)
    return ground.overturned_cases(candidate.main.where)


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
